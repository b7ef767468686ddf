// `tidewatch start`: the shipped day on a page, with nothing beside it.
import { Command, Option } from 'commander';
import type { LogLevel } from '#kit/log.ts';
import type { Speed } from '#pipeline/playhead.ts';
import { hostOption, logLevelOption, portOption } from './common-options.ts';
import { parseSize } from './option-values.ts';
import { SHIPPED } from './shipped.ts';
import { parseSpeed, workersOption } from './workers-option.ts';

export interface StartOptions {
  readonly tape: string;
  readonly detectors: string;
  readonly data?: string;
  readonly fresh: boolean;
  readonly maxSize?: number;
  readonly port: number;
  readonly host: string;
  readonly speed: Speed;
  readonly workers: number;
  readonly logLevel: LogLevel;
}

export function startCommand(): Command {
  return new Command('start')
    .summary('play a real day on a page')
    .description(
      'Plays a tape on a page: quiet hours at full speed to warm the detectors, then at the speed you choose.',
    )
    .addOption(
      new Option('--tape <file>', 'the tape to play')
        .default(SHIPPED.tape, 'the shipped day of Online Boutique')
        .env('TIDEWATCH_TAPE'),
    )
    .addOption(
      new Option('-f, --detectors <file>', 'detectors: a file, or "observed" for what run watches a cluster with')
        .default(SHIPPED.detectors, 'the shipped ones')
        .env('TIDEWATCH_DETECTORS'),
    )
    .addOption(
      new Option('--data <folder>', 'where its data lies (default: a folder of the tape in your data home)').env(
        'TIDEWATCH_DATA',
      ),
    )
    .option('--fresh', 'begin anew instead of going on with what is there', false)
    .addOption(
      new Option(
        '--max-size <size>',
        'the data does not grow beyond this, as 500Mi or 2Gi; the replay stops there and says so',
      )
        .argParser(parseSize)
        .env('TIDEWATCH_MAX_SIZE'),
    )
    .addOption(portOption())
    .addOption(hostOption())
    .option('--speed <speed>', 'after the quiet hours: max, or times faster than it happened', parseSpeed, 60 as Speed)
    .addOption(workersOption())
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
Examples:
  tidewatch start                        the page on http://127.0.0.1:8080, at 60×
  tidewatch start --speed 600 --fresh    faster, from the beginning
  tidewatch start --tape my.tape -f detectors.yaml --data ./my-data`,
    )
    .action(async (options: StartOptions) => (await import('./start.ts')).start(options));
}
