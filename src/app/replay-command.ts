// `tidewatch replay`: a tape through the pipeline in the terminal, with an export that is the same byte for byte
// however it was played. What it does is in replay.ts, loaded when it is asked for.
import { Command } from 'commander';
import type { Speed } from '#pipeline/playhead.ts';
import { SHIPPED } from './shipped.ts';
import { parseSpeed, workersOption } from './workers-option.ts';

export interface ReplayOptions {
  readonly detectors: string;
  readonly speed: Speed;
  readonly export?: string;
  readonly workers: number;
}

export function replayCommand(): Command {
  return new Command('replay')
    .summary('play a tape in the terminal and say what was found')
    .description('Plays a tape through the very pipeline that runs in production and prints what was found.')
    .argument('<tape>', 'the tape to play')
    .option(
      '-f, --detectors <file>',
      'detectors: a file, or "observed" for what run watches a cluster with',
      SHIPPED.detectors,
    )
    .option('--speed <speed>', 'max, or times faster than it happened', parseSpeed, 'max' as Speed)
    .option('--export <file>', 'write scores and findings as NDJSON, sorted by time and series (- for standard output)')
    .addOption(workersOption())
    .addHelpText(
      'after',
      `
Examples:
  tidewatch replay tapes/online-boutique.tape
  tidewatch replay my.tape -f detectors.yaml --export scores.ndjson
  tidewatch replay my.tape --export - | jq 'select(.type == "finding")'`,
    )
    .action(async (path: string, options: ReplayOptions) => (await import('./replay.ts')).replay(path, options));
}
