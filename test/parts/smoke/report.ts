// How the smoke test tells what it does: a line a step with its time, and the memory of a process.
import type { PartProcess } from '../process.ts';
import { runCommand } from '../run-command.ts';

export interface Report {
  /** Runs a step and prints how it went; what the step rejects with is passed on. */
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  memory(parts: readonly PartProcess[]): Promise<void>;
  sum(): string;
}

export function makeReport(print: (line: string) => void): Report {
  let passed = 0;
  let failed = 0;
  return {
    step: async (name, run) => {
      const startMs = performance.now();
      const took = () => `${((performance.now() - startMs) / 1000).toFixed(2)} s`;
      try {
        const result = await run();
        passed++;
        print(`ok   ${name} (${took()})`);
        return result;
      } catch (error) {
        failed++;
        print(`FAIL ${name} (${took()})`);
        throw error;
      }
    },
    memory: async (parts) => {
      const sizes = await Promise.all(parts.map(async (part) => `${part.name} ${await residentMebibytes(part)}`));
      print(`     memory in MiB: ${sizes.join(', ')}`);
    },
    sum: () => `${passed} passed, ${failed} failed`,
  };
}

async function residentMebibytes({ pid }: PartProcess): Promise<number> {
  const kibibytes = Number(await runCommand('ps', ['-o', 'rss=', '-p', String(pid)]));
  return Math.round(kibibytes / 1024);
}

/** Throws the sentence unless it holds. */
export function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
