// Runs the benchmarks: one file each, one line here each.
import { fileURLToPath } from 'node:url';
import { AppError, exitCodeOf } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';
import { bench as accuracy } from './accuracy.ts';
import { bench as admission } from './admission.ts';
import { bench as checks } from './checks.ts';
import { bench as grpc } from './grpc.ts';
import { bench as page } from './page.ts';
import { bench as pipeline } from './pipeline.ts';
import { bench as queryRange } from './query-range.ts';
import { bench as scale } from './scale.ts';
import { bench as speed } from './speed.ts';
import { bench as store } from './store.ts';

export interface Bench {
  readonly name: string;
  /** What it measures, and after a colon what it takes. */
  readonly summary: string;
  run(args: readonly string[]): Promise<void>;
}

const BENCHES: readonly Bench[] = [accuracy, admission, checks, grpc, page, pipeline, queryRange, scale, speed, store];
/** What there is to run. */
export const NAMES: readonly string[] = BENCHES.map((bench) => bench.name);
const HELP = ['--help', '-h'];

/** Runs the named benchmark, or all of them; asked for help, it says what there is and measures nothing. */
export async function runBench(name: string | undefined, args: readonly string[]): Promise<void> {
  if (name !== undefined && HELP.includes(name)) return sayWhatThereIs(BENCHES);
  const chosen = name === undefined ? BENCHES : BENCHES.filter((bench) => bench.name === name);
  if (name !== undefined && chosen.length === 0) throw noSuch(name);
  if (args.some((arg) => HELP.includes(arg))) return sayWhatThereIs(chosen);
  for (const bench of chosen) {
    process.stdout.write(`\n── ${bench.name}: ${bench.summary}\n`);
    await runOne(bench, args);
  }
}

function sayWhatThereIs(benches: readonly Bench[]): void {
  const width = Math.max(...benches.map(({ name }) => name.length));
  const lines = benches.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  process.stdout.write(`Usage: ./tidewatch bench [name] [options of it]\n\n${lines.join('\n')}\n`);
}

function noSuch(name: string): AppError {
  const near = nearest(name, NAMES);
  const hint = near === undefined ? '' : `, did you mean "${near}"`;
  return new AppError('bad-usage', `there is no benchmark "${name}"${hint}; there are ${NAMES.join(', ')}`);
}

/** What Node's `parseArgs` refuses is the caller's mistake, not ours. */
async function runOne(bench: Bench, args: readonly string[]): Promise<void> {
  try {
    await bench.run(args);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS_') !== true) throw cause;
    const [sentence = ''] = message.split('. ');
    throw new AppError('bad-usage', `${bench.name}: ${sentence}; it is ${bench.summary}`, { cause });
  }
}

/** As `npm run bench` starts it: what can be expected to go wrong is a sentence and an exit code. */
async function runFromShell([name, ...args]: readonly string[]): Promise<void> {
  try {
    await runBench(name, args);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runFromShell(process.argv.slice(2));
