// Runs the benchmarks: one file each, one line here each.
import { fileURLToPath } from 'node:url';
import { AppError } from '#kit/errors.ts';
import { bench as accuracy } from './accuracy.ts';
import { bench as page } from './page.ts';
import { bench as pipeline } from './pipeline.ts';
import { bench as rolling } from './rolling.ts';
import { bench as store } from './store.ts';

export interface Bench {
  readonly name: string;
  readonly summary: string;
  run(args: readonly string[]): Promise<void>;
}

const BENCHES: readonly Bench[] = [accuracy, page, pipeline, rolling, store];

/** Runs the named benchmark, or all of them. */
export async function runBench(name: string | undefined, args: readonly string[]): Promise<void> {
  const chosen = name === undefined ? BENCHES : BENCHES.filter((bench) => bench.name === name);
  if (chosen.length === 0) {
    throw new AppError(
      'bad-usage',
      `there is no benchmark "${name}"; there are ${BENCHES.map((bench) => bench.name).join(', ')}`,
    );
  }
  for (const bench of chosen) {
    process.stdout.write(`\n── ${bench.name}: ${bench.summary}\n`);
    await bench.run(args);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...args] = process.argv.slice(2);
  await runBench(name, args);
}
