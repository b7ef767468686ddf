// `tidewatch backtest`: what detectors would have flagged in a history, and gates for somebody's CI. What it does is in
// backtest/, loaded when it is asked for.
import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_KINDS, type FaultKind } from '#stats/fault.ts';
import type { HistoryChoice } from './backtest/open-history.ts';
import { parseNamespace } from './option-values.ts';
import { parseDuration } from './record-options.ts';
import { workersOption } from './workers-option.ts';

export interface BacktestOptions extends HistoryChoice {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly maxFindingsPerDay?: number;
  readonly minCaught?: number;
  readonly inject?: readonly FaultKind[];
  readonly seed: number;
  /** Files to write. */
  readonly html?: string;
  readonly junit?: string;
  readonly workers: number;
}

export function backtestCommand(): Command {
  const command = new Command('backtest')
    .summary('what detectors would have flagged in a history')
    .description(
      'Plays a history through detectors, forwards in time as in production, and says what they would have flagged, how often, and how late. With --inject it plays it again with faults in it, and says what would have been caught.',
    )
    .argument('<history>', 'a tape, a CSV file, or the address of a Prometheus')
    .option(
      '-f, --detectors <file>',
      'detectors: a file, or "observed" for what run watches a cluster with (default: the shipped ones; of a Prometheus, observed)',
    )
    .option(
      '--method <name>',
      'in place of detectors: this method with the defaults of a detector, for each metric of a tape or a CSV file; the report says them, and what the shipped detectors have',
    );
  addPrometheusOptions(command);
  addFaultOptions(command);
  return addReportOptions(command)
    .addHelpText('after', HELP)
    .action(async (history: string, options: BacktestOptions) =>
      (await import('./backtest/backtest.ts')).backtest(history, options),
    );
}

function addPrometheusOptions(command: Command): Command {
  return command
    .optionsGroup('Of a Prometheus:')
    .option('--days <n>', 'how much of the past is asked for (default: 7)', parseDays)
    .option('--from <time>', 'where it begins, as 2026-01-31 or 2026-01-31T08:00Z')
    .option('--to <time>', 'where it ends (default: now)')
    .option('--step <time>', 'from one point to the next (default: as the detectors say)', parseDuration)
    .option('-n, --namespace <name>', 'of detectors that say none (default: all namespaces)', parseNamespace)
    .addOption(
      new Option('--prometheus-token-file <file>', 'a bearer token for it').env('TIDEWATCH_PROMETHEUS_TOKEN_FILE'),
    );
}

function addFaultOptions(command: Command): Command {
  return command
    .optionsGroup('Faults:')
    .option('--inject <kinds>', `play it again with such faults in it: ${FAULT_KINDS.join(', ')}, or all`, parseKinds)
    .option('--seed <n>', 'the same seed injects the same faults', parseSeed, 1);
}

function addReportOptions(command: Command): Command {
  return command
    .optionsGroup('Report and gates:')
    .option('--json', 'print the report as JSON', false)
    .option('--html <file>', 'write the report as a page with pictures')
    .option('--junit <file>', "write the gates of each detector as JUnit's XML")
    .option('--verbose', 'print each finding as well, with what its method was then', false)
    .option('--max-findings-per-day <n>', 'end with exit code 1 when there are more (for CI)', parseLimit)
    .option(
      '--min-caught <ratio>',
      'end with exit code 1 when a smaller share of the injected faults is caught',
      parseRatio,
    )
    .addOption(workersOption());
}

const HELP = `
A CSV file has a column "timestamp" (ISO 8601, or seconds or milliseconds of 1970) and one of each series: timestamp,value or
timestamp,latency_seconds,"cpu{pod=""a""}". A column that says which rows are anomalies is never read.

Ends with 0 when the gates hold, 1 when one does not, and as every command does (64 and above) when it cannot do its work.

Examples:
  tidewatch backtest tapes/online-boutique.tape -f detectors.yaml
  tidewatch backtest http://127.0.0.1:9090 -f detectors.yaml -n shop --days 14
  tidewatch backtest latency.csv --method auto
  tidewatch backtest my.tape -f detectors.yaml --json | jq .total
  tidewatch backtest my.tape -f detectors.yaml --inject all --seed 7 --html report.html
  tidewatch backtest my.tape -f detectors.yaml --max-findings-per-day 20 --junit gates.xml    # a gate in CI`;

/** Parses a number that is good; `expected` says what would be. */
function numberParser(expected: string, isGood: (figure: number) => boolean): (text: string) => number {
  return (text) => {
    const figure = Number(text);
    if (text.trim() === '' || !isGood(figure)) throw new InvalidArgumentError(expected);
    return figure;
  };
}

const parseLimit = numberParser('a number of findings a day, 0 or more.', (limit) => limit >= 0);
const parseRatio = numberParser(
  'a number from 0 to 1; 0.5 is half of the faults.',
  (ratio) => ratio >= 0 && ratio <= 1,
);
const parseDays = numberParser('a number of days above zero.', (days) => days > 0 && days <= 3650);

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 1e6) throw new InvalidArgumentError('a whole number from 0 to 1000000.');
  return seed;
}

function parseKinds(text: string): readonly FaultKind[] {
  if (text === 'all') return FAULT_KINDS;
  const names = text.split(',').map((name) => name.trim());
  const kinds = FAULT_KINDS.filter((kind) => names.includes(kind));
  const unknown = names.find((name) => !kinds.some((kind) => kind === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${FAULT_KINDS.join(', ')}, all.`);
  return kinds;
}
