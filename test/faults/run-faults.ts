// Runs faults, each with every seed, says what was seen, and writes the table of docs/reliability.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '#stats/rng.ts';
import type { Fault, Outcome } from './contract.ts';

export interface FaultRun {
  readonly fault: Fault;
  readonly seed: number;
  readonly outcome?: Outcome;
  readonly error?: Error;
}

export interface RunFaultsOptions {
  readonly faults: readonly Fault[];
  readonly seeds: readonly number[];
  /** Absent: short. */
  readonly long?: boolean;
  say(line: string): void;
  report(name: string, error?: Error): void;
}

/** Most of a fault’s time is waiting, so some run side by side; what each says is kept together. */
const LANES = 3;

export async function runFaults({
  faults,
  seeds,
  long = false,
  say,
  report,
}: RunFaultsOptions): Promise<readonly FaultRun[]> {
  const waiting = faults.flatMap((fault) => seeds.map((seed) => ({ fault, seed })));
  const runs: FaultRun[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { fault, seed } = next;
      const beganMs = performance.now();
      const lines: string[] = [];
      const run = await runFault(fault, seed, long, (line) => lines.push(line));
      const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
      runs.push(run);
      report(`${fault.id}: ${fault.title} (seed ${seed}, ${seconds} s)`, run.error);
      for (const line of lines) say(`     ${line}`);
      if (run.outcome !== undefined) say(`     ${run.outcome.broken} → ${run.outcome.seen}`);
      if (run.error !== undefined)
        say(`     again: npm run e2e -- --faults --only ${fault.id} --seed ${seed}${long ? ' --long' : ''}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return runs;
}

/** Never rejects: what went wrong is in the run. */
async function runFault(fault: Fault, seed: number, long: boolean, say: (line: string) => void): Promise<FaultRun> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-fault-'));
  try {
    const outcome = await fault.run({ rng: createRng(seed), folder, long, say });
    const { lost, doubled } = outcome;
    const error = lost + doubled === 0 ? {} : { error: new Error(`lost ${lost}, doubled ${doubled}`) };
    return { fault, seed, outcome, ...error };
  } catch (error) {
    return { fault, seed, error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const PAGE = new URL('../../docs/reliability.md', import.meta.url);
const [BEGIN, END] = ['<!-- faults: begin -->', '<!-- faults: end -->'];

/** Puts the runs into the page's table, a row each; rows of faults that did not run stay. */
export async function writeTable(runs: readonly FaultRun[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [old = '', after = ''] = rest.split(END);
  const ids = new Set(runs.map(({ fault }) => fault.id));
  const kept = old.split('\n').filter((line) => /^\| F\d/.test(line) && !ids.has(line.split(' ')[1] ?? ''));
  const rows = [...kept, ...runs.map(rowOf)].sort((one, other) => numberOf(one) - numberOf(other));
  const head = ['| fault | seed | broken | seen | lost | doubled |', '|---|---|---|---|---|---|'];
  await writeFile(PAGE, `${before}${BEGIN}\n${[...head, ...rows].join('\n')}\n${END}${after}`);
}

function rowOf({ fault, seed, outcome, error }: FaultRun): string {
  const { broken = '', seen = `failed: ${error?.message ?? ''}`, lost = '?', doubled = '?' } = outcome ?? {};
  const cells = [`${fault.id} ${fault.title}`, seed, broken, seen, lost, doubled];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function numberOf(row: string): number {
  return Number(/^\| F(\d+)/.exec(row)?.[1] ?? 0);
}
