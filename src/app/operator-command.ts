// `tidewatch operator`: acts on AnomalyDetectors and observes the cluster, as the one of several that leads.
import { Command, Option } from 'commander';
import type { LogLevel } from '#kit/log.ts';
import { groupOption, logLevelOption, scrapeIntervalOption, scrapeOption } from './common-options.ts';
import { parsePort, parseSize } from './option-values.ts';
import { workersOption } from './workers-option.ts';

export interface OperatorOptions {
  readonly keeper: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly prometheus?: string;
  readonly prometheusTokenFile?: string;
  readonly scrape: boolean;
  /** Milliseconds. */
  readonly scrapeInterval: number;
  readonly analysers?: string;
  readonly fallback: boolean;
  readonly group: string;
  readonly spool?: string;
  readonly spoolSize: number;
  readonly tls?: string;
  readonly healthPort?: number;
  readonly healthHost?: string;
  readonly workers: number;
  readonly logLevel: LogLevel;
}

const SPOOL_BYTES = 768 * 2 ** 20;

export function operatorCommand(): Command {
  const command = new Command('operator')
    .summary('act on AnomalyDetectors, as the one that leads')
    .description(
      'Watches the cluster, scores what is declared and what every cluster has, and appends it to a keeper. Run two: one leads, the other takes over within half a minute.',
    )
    .addOption(
      new Option('--keeper <url>', 'https://name:8443; http:// on this machine only')
        .makeOptionMandatory()
        .env('TIDEWATCH_KEEPER_URL'),
    )
    .option('--namespace <name>', "of the lease that says who leads (default: the account's)")
    .addOption(new Option('--kubeconfig <file>', 'outside of a pod: as kubectl takes it').env('KUBECONFIG'))
    .option('--context <name>', 'another context than the current one');
  addSources(command);
  return command
    .addOption(
      new Option('--spool <folder>', 'where appends wait while the keeper is away; without it observing waits').env(
        'TIDEWATCH_SPOOL',
      ),
    )
    .addOption(
      new Option('--spool-size <size>', 'it does not grow beyond this')
        .default(SPOOL_BYTES, '768Mi')
        .argParser(parseSize),
    )
    .addOption(
      new Option('--tls <folder>', 'with tls.crt, tls.key and ca.crt, for keeper and analysers').env('TIDEWATCH_TLS'),
    )
    .addOption(new Option('--health-port <n>', 'port of /healthz, /readyz and /metrics').argParser(parsePort))
    .addOption(new Option('--health-host <address>', 'address of that port (default: all)'))
    .addOption(workersOption())
    .addOption(logLevelOption())
    .action(async (options: OperatorOptions) => (await import('./operator.ts')).operate(options));
}

function addSources(command: Command): void {
  command
    .addOption(
      new Option('--prometheus <url>', 'when it is not found by itself in the cluster').env('TIDEWATCH_PROMETHEUS'),
    )
    .addOption(
      new Option('--prometheus-token-file <file>', 'a bearer token for it').env('TIDEWATCH_PROMETHEUS_TOKEN_FILE'),
    )
    .addOption(scrapeOption())
    .addOption(scrapeIntervalOption())
    .addOption(
      new Option(
        '--analysers <addresses>',
        'dns:///name:50051, or ip:port,ip:port; without it this process scores',
      ).env('TIDEWATCH_ANALYSERS'),
    )
    .option('--no-fallback', 'do not score in this process when no analyser answers')
    .addOption(groupOption());
}
