// Runs `append-forever` in a process of its own.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface Appending {
  readonly pid: number;
  /** Numbers that were acknowledged until now. */
  readonly acknowledged: readonly number[];
  /** Resolves when `count` batches were acknowledged; rejects when the program ends before. */
  reach(count: number): Promise<void>;
  /** kill -9; resolves when the program is gone and all that it printed has been read. */
  kill(): Promise<void>;
}

export function startAppending(folder: string): Appending {
  const program = fileURLToPath(new URL('./append-forever.ts', import.meta.url));
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, 'close');
  lines.on('line', (line) => acknowledged.push(Number(line)));
  return {
    pid: child.pid ?? 0,
    acknowledged,
    reach: (count) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (acknowledged.length >= count) resolve();
        };
        lines.on('line', look);
        lines.once('close', () => reject(new Error('the program has ended')));
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
