// Kills a process just before one of its writes to a file, and the next time before the next one, until a whole append was
// done without that write being reached. The product knows nothing of it: strace counts what the system is asked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { binaryOf } from '../parts/missing.ts';
import { dieTogether } from '../parts/orphans.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { waitedForCpuMs } from './process-use.ts';

/** What SQLite and the spool write with: at a place, and what makes it durable or cuts it. */
const CALLS = ['pwrite64', 'fsync', 'fdatasync', 'ftruncate'] as const;
type Call = (typeof CALLS)[number];
/** Longer than anything of an append waits for: to be sent on with what else comes, to be tidied up when nothing comes. */
const QUIET_MS = 1500;

export interface Trap {
  /** Resolves when nothing was written for a while. */
  quiet(): Promise<void>;
  /** Writes that were begun. */
  writes(): Promise<number>;
  release(): Promise<void>;
}

/** Before the call of a kind with this number, from 1, counted from now on and each thread for itself: only one may write. */
async function setTrap(pid: number, call: Call, number: number, logFile: string): Promise<Trap> {
  const args = ['-f', '-p', String(pid), '-o', logFile, '-e', `trace=${CALLS.join()}`];
  const tracer = spawn(binaryOf('strace'), [...args, '-e', `inject=${call}:signal=KILL:when=${number}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  dieTogether(tracer);
  const ended = once(tracer, 'exit');
  await untilAttached(tracer);
  const writes = async () => {
    const log = await readFile(logFile, 'utf8');
    return log.split('\n').filter((line) => /^\d+ +\w+\(/.test(line)).length;
  };
  return {
    writes,
    async quiet() {
      let [count, sinceMs] = [-1, performance.now()];
      await waitUntil('nothing to be written any more', async () => {
        const now = await writes();
        if (now !== count) [count, sinceMs] = [now, performance.now()];
        return performance.now() - sinceMs >= QUIET_MS;
      });
    },
    async release() {
      tracer.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilAttached(tracer: ChildProcess): Promise<void> {
  let last = '';
  if (tracer.stderr === null) throw new Error('strace has no standard error');
  for await (const line of createInterface(tracer.stderr)) {
    if (/ attached/.test(line)) {
      tracer.stderr.resume();
      return;
    }
    last = line;
  }
  throw new Error(`${last}: be root, or allow it with "sysctl kernel.yama.ptrace_scope=0"`);
}

export interface Target {
  /** Resolves when it takes appends. */
  start(): Promise<ChildProcess>;
  /** Rejects when it died meanwhile. */
  append(number: number): Promise<'stored' | 'duplicate'>;
  /** Resolves when all that follows from an append has been begun. */
  settle(): Promise<void>;
}

export interface Crashes {
  /** How often it was killed: before each write of one append. */
  readonly points: number;
  readonly batches: number;
  /** Batches that were there and not acknowledged when it died. */
  readonly duplicates: number;
  /** Without what it waited for a processor that others had. */
  readonly slowestStartMs: number;
}

/** What was not acknowledged is sent again after each start, as a writer does. Resolves when it has ended. */
export async function crashAtEachWrite(target: Target, folder: string): Promise<Crashes> {
  const seen = { points: 0, batches: 0, duplicates: 0, slowestStartMs: 0 };
  for (const call of CALLS) {
    for (let number = 1; await crashAt(target, seen, call, number, join(folder, `${call}-${number}`)); number++) {
      seen.points++;
    }
  }
  return seen;
}

type Counts = { -readonly [Key in keyof Crashes]: Crashes[Key] };

/** Whether there was such a write to be killed before. */
async function crashAt(target: Target, seen: Counts, call: Call, number: number, logFile: string): Promise<boolean> {
  const beganMs = performance.now();
  const child = await target.start();
  const closed = once(child, 'close');
  const startMs = performance.now() - beganMs - (await waitedForCpuMs(child.pid));
  seen.slowestStartMs = Math.max(seen.slowestStartMs, startMs);
  const trap = await setTrap(child.pid ?? 0, call, number, logFile);
  const work = async () => {
    for (let outcome = ''; outcome !== 'stored'; seen.batches++) {
      outcome = await target.append(seen.batches);
      if (outcome === 'duplicate') seen.duplicates++;
    }
    await target.settle();
    await trap.quiet();
    return false;
  };
  const wasKilled = await Promise.race([closed.then(() => true), work().catch((error) => failed(child, error))]);
  await trap.release();
  child.kill('SIGKILL');
  await closed;
  return wasKilled;
}

/** One that was killed hears nothing; whatever else went wrong is no crash. */
async function failed(child: ChildProcess, error: unknown): Promise<boolean> {
  const isDead = () => child.exitCode !== null || child.signalCode !== null;
  await waitUntil('it to be dead', isDead, { timeoutMs: 5000 }).catch(() => {
    throw error;
  });
  return true;
}
