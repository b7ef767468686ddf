// `tidewatch backtest`: what detectors would have flagged on a tape, and a gate for somebody's CI. What it does is in
// backtest.ts, loaded when it is asked for.
import { Command, InvalidArgumentError } from 'commander';
import { SHIPPED } from './shipped.ts';
import { workersOption } from './workers-option.ts';

export interface BacktestOptions {
  readonly detectors: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly maxFindingsPerDay?: number;
  readonly workers: number;
}

export function backtestCommand(): Command {
  return new Command('backtest')
    .summary('what detectors would have flagged on a tape')
    .description('Replays a tape through detectors and says what they would have flagged, how often, and how late.')
    .argument('<tape>', 'the tape to play')
    .option(
      '-f, --detectors <file>',
      'detectors: a file, or "observed" for what run watches a cluster with',
      SHIPPED.detectors,
    )
    .option('--json', 'print the report as JSON', false)
    .option('--verbose', 'print each finding as well', false)
    .option('--max-findings-per-day <n>', 'end with exit code 1 when there are more (for CI)', parseLimit)
    .addOption(workersOption())
    .addHelpText(
      'after',
      `
Examples:
  tidewatch backtest tapes/online-boutique.tape -f detectors.yaml
  tidewatch backtest my.tape -f detectors.yaml --json | jq .total
  tidewatch backtest my.tape -f detectors.yaml --max-findings-per-day 20    # a gate in CI`,
    )
    .action(async (path: string, options: BacktestOptions) => (await import('./backtest.ts')).backtest(path, options));
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (text.trim() === '' || !(limit >= 0)) throw new InvalidArgumentError('a number of findings a day, 0 or more.');
  return limit;
}
