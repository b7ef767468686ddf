// Runs the command line as a user does, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { SHIPPED } from '../../src/app/shipped.ts';

const MAIN = `${SHIPPED.repository}src/app/main.ts`;
const FLAGS = ['--disable-warning=ExperimentalWarning'];

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command run to its end. */
export async function tidewatch(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const running = start(args, env);
  const [code] = (await once(running.process, 'close')) as [number | null];
  return { code, stdout: running.stdout, stderr: running.stderr };
}

export interface Running {
  readonly process: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the first match in what it prints; rejects when it ends before. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
}

export function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [...FLAGS, MAIN, ...args], { env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const waiter of waiting) waiter();
  };
  child.stdout.on('data', (text) => {
    stdout += text;
    wake();
  });
  child.stderr.on('data', (text) => {
    stderr += text;
    wake();
  });
  child.on('close', wake);
  return {
    process: child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = stdout.match(pattern) ?? stderr.match(pattern);
          if (match === null && child.exitCode === null && child.signalCode === null) return;
          waiting.delete(look);
          if (match === null)
            reject(
              new Error(`ended with ${child.exitCode ?? child.signalCode} before it printed ${pattern}: ${stderr}`),
            );
          else resolve(match);
        };
        waiting.add(look);
        look();
      }),
  };
}
