// A part as a child process: its log in a file, ready when a probe says so, and stopped, killed, paused and started
// again as a test wants it. It never outlives the test process.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dieTogether } from './orphans.ts';
import { waitUntil } from './wait-until.ts';

const PATIENCE_MS = 5000;
const TAIL_LINES = 25;

export interface ProcessOptions {
  /** What it is called in sentences. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether it does its work; asked again and again, and may throw as long as it does not. */
  ready(): Promise<boolean>;
  /** 60 s unless told: a machine may be busy. */
  readonly readyTimeoutMs?: number;
}

export interface PartProcess {
  readonly name: string;
  readonly logFile: string;
  /** Undefined when it does not run. */
  readonly pid: number | undefined;
  /** Asks it to end, and kills it when it has not after 5 s. Does nothing when it does not run. */
  stop(): Promise<void>;
  /** Ends it by this signal (SIGKILL unless told); resolves when it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  /** Freezes it: its connections stay open and nobody answers. */
  pause(): void;
  resume(): void;
  /** Starts it with the same arguments, after stopping it when it runs; resolves when it is ready. */
  restart(): Promise<void>;
}

/** Resolves when it is ready; rejects, with the tail of its log, when it ends before or takes too long. */
export async function startProcess(options: ProcessOptions): Promise<PartProcess> {
  let child = await launch(options);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!isRunning()) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    // One that is paused gets no other signal than SIGKILL until it runs again.
    child.kill('SIGCONT');
    await ended;
  };
  const part: PartProcess = {
    name: options.name,
    logFile: options.logFile,
    get pid() {
      return isRunning() ? child.pid : undefined;
    },
    kill: (signal = 'SIGKILL') => end(signal),
    stop: async () => {
      const stubborn = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await end('SIGTERM').finally(() => clearTimeout(stubborn));
    },
    signal: (signal) => void child.kill(signal),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    restart: async () => {
      await part.stop();
      child = await launch(options);
      await untilReady(child, options);
    },
  };
  await untilReady(child, options);
  return part;
}

async function launch({ command, args, logFile, env = {}, cwd }: ProcessOptions): Promise<ChildProcess> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
    dieTogether(child);
    await once(child, 'spawn');
    return child;
  } finally {
    closeSync(log);
  }
}

async function untilReady(child: ChildProcess, options: ProcessOptions): Promise<void> {
  const { name, readyTimeoutMs: timeoutMs = 60_000 } = options;
  const ended = new AbortController();
  const giveUp = () => ended.abort(new Error(`${name} ended with ${child.exitCode ?? child.signalCode} at its start`));
  child.once('exit', giveUp);
  if (child.exitCode !== null || child.signalCode !== null) giveUp();
  try {
    await waitUntil(`${name} to be ready`, () => options.ready(), { timeoutMs, signal: ended.signal });
  } catch (error) {
    child.kill('SIGKILL');
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}. The end of its log, ${options.logFile}:\n${tailOf(options.logFile)}`);
  } finally {
    child.off('exit', giveUp);
  }
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
