// A Python process that runs the peers of a benchmark, one at a time, when told to: the two sides alternate on one
// machine, and the start of the interpreter is in nobody's figures.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { AppError } from '#kit/errors.ts';
import type { Run } from '../measure.ts';

export interface PythonPeer {
  /** What runs: names and versions. */
  readonly versions: Readonly<Record<string, string>>;
  /** Runs the peer of this name; with `path` its result is written there. */
  run(name: string, path?: string): Promise<Run>;
  close(): Promise<void>;
}

/** Starts `script`, with the interpreter of TIDEWATCH_PYTHON or `python3` unless told. Rejects when that lacks a module. */
export async function startPython(
  script: string,
  args: readonly string[],
  python: string = process.env.TIDEWATCH_PYTHON || 'python3',
): Promise<PythonPeer> {
  const child = spawn(python, [script, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // One thread each: the figures are per core.
    env: {
      ...process.env,
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
      MKL_NUM_THREADS: '1',
      NUMBA_NUM_THREADS: '1',
    },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  // Without a listener a missing interpreter would end this process; the closed output tells it as well.
  child.on('error', (error) => {
    complaint += error.message;
  });
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').catch(() => undefined);

  async function answer(): Promise<string> {
    const line = await lines.next();
    if (line.done !== true) return line.value;
    await ended;
    throw new AppError(
      'unavailable',
      `the peers did NOT run: ${python} with NumPy and pandas is needed beside this benchmark, and it says: ` +
        `${complaint.trim().split('\n').at(-1) ?? 'nothing'}. Install both, or name an interpreter that has them in TIDEWATCH_PYTHON.`,
    );
  }

  const versions: Record<string, string> = JSON.parse(await answer());
  return {
    versions,
    async run(name, path) {
      child.stdin.write(path === undefined ? `${name}\n` : `${name} ${path}\n`);
      return JSON.parse(await answer());
    },
    close: () => stop(child, ended),
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.stdin?.end();
  await ended;
}
