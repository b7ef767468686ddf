// `tidewatch record`: a tape of the cluster of a kubeconfig. What it does is in record.ts, loaded when it is asked for.
import { Command, InvalidArgumentError, Option } from 'commander';
import { addClusterOptions, type ClusterChoice, parseDuration, parseNames } from './record-options.ts';

export interface RecordOptions extends ClusterChoice {
  /** Milliseconds. */
  readonly for: number;
  readonly output: string;
  readonly warm: number;
  readonly name?: string;
  readonly keepLabels: readonly string[];
  readonly pseudonyms: boolean;
  readonly force: boolean;
}

const LEAST_FOR_MS = 120_000;
const HOUR_MS = 3_600_000;
/** Further back no query is caught up either. */
const LONGEST_WARM_MS = 12 * HOUR_MS;

export function recordCommand(): Command {
  const command = new Command('record')
    .summary('make a tape of your cluster')
    .description(
      'Records what "tidewatch run" watches of the cluster of your kubeconfig, and the metrics of its AnomalyDetectors, with the hours before, as a tape that replays and back-tests. Nothing is written to the cluster. Ctrl-C ends it early; the tape is whole then.',
    )
    .requiredOption('-o, --output <file>', 'the tape to write; only you may read it')
    .showHelpAfterError('For example: tidewatch record --for 1h -o my.tape')
    .addOption(new Option('--for <time>', 'how long, such as 90m or 1h30m').argParser(parseFor).default(HOUR_MS, '1h'))
    .addOption(
      new Option('--warm <time>', 'how much of the past comes before it, at most 12h')
        .argParser(parseWarm)
        .default(3 * HOUR_MS, '3h'),
    )
    .option('--name <text>', 'name of the tape (default: when it was recorded)');
  return addClusterOptions(command)
    .option(
      '--keep-labels <names>',
      "labels to keep beside Kubernetes' own; all others are left out",
      parseNames,
      [] as readonly string[],
    )
    .option('--pseudonyms', 'replace the names of namespaces, pods, services, containers and nodes', false)
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      `
Examples:
  tidewatch record --for 1h -o my.tape               an hour of the cluster of your current context
  tidewatch record --for 1h -o my.tape --pseudonyms  … to show to somebody else
  tidewatch replay my.tape --detectors observed      what "tidewatch run" would have found in it
  tidewatch backtest my.tape -f detectors.yaml       what AnomalyDetectors would have flagged`,
    )
    .action(async (options: RecordOptions) => (await import('./record.ts')).record(options));
}

/** A point comes once a minute, and a shorter tape may end before one has come. */
function parseFor(text: string): number {
  const ms = parseDuration(text);
  if (ms < LEAST_FOR_MS) throw new InvalidArgumentError('at least 2m: a point comes once a minute.');
  return ms;
}

function parseWarm(text: string): number {
  const ms = parseDuration(text);
  if (ms > LONGEST_WARM_MS) throw new InvalidArgumentError('at most 12h: the detectors look no further back.');
  return ms;
}
