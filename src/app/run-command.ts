// `tidewatch run`: watches the cluster of a kubeconfig. Without --install nothing is written to the cluster.
import { Command, Option } from 'commander';
import type { LogLevel } from '#kit/log.ts';
import {
  groupOption,
  hostOption,
  logLevelOption,
  portOption,
  retentionOption,
  scrapeIntervalOption,
  scrapeOption,
} from './common-options.ts';
import { type NotifyFlags, notifyOptions } from './notify-options.ts';
import { parseSize } from './option-values.ts';
import { type RemoteWriteFlags, remoteWriteOptions } from './remote-write-options.ts';
import { workersOption } from './workers-option.ts';

export interface RunOptions extends RemoteWriteFlags, NotifyFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly prometheus?: string;
  readonly prometheusTokenFile?: string;
  readonly group: string;
  readonly install: boolean;
  readonly scrape: boolean;
  /** Milliseconds. */
  readonly scrapeInterval: number;
  readonly namespace?: string;
  readonly analysers?: string;
  readonly fallback: boolean;
  readonly data?: string;
  readonly fresh: boolean;
  readonly maxSize?: number;
  /** Milliseconds. */
  readonly retention: number;
  readonly port: number;
  readonly host: string;
  readonly workers: number;
  readonly logLevel: LogLevel;
}

export function runCommand(): Command {
  const command = new Command('run')
    .summary('watch your cluster')
    .description(
      'Watches the cluster of your kubeconfig: CPU, memory and its limit, restarts, throttling and latency of every pod, warmed from history. Nothing is written to the cluster unless --install is given.',
    )
    .addOption(new Option('--kubeconfig <file>', 'as kubectl takes it').env('KUBECONFIG'))
    .option('--context <name>', 'another context than the current one')
    .addOption(
      new Option('--prometheus <url>', 'when it is not found by itself in the cluster').env('TIDEWATCH_PROMETHEUS'),
    )
    .addOption(
      new Option('--prometheus-token-file <file>', 'a bearer token for it').env('TIDEWATCH_PROMETHEUS_TOKEN_FILE'),
    )
    .option('--install', 'add the resource AnomalyDetector to the cluster, and act on the ones there are', false)
    .addOption(groupOption())
    .addOption(scrapeOption())
    .addOption(scrapeIntervalOption())
    .option('--namespace <name>', "of the lease that says who acts (default: the context's)")
    .addOption(
      new Option(
        '--analysers <addresses>',
        'score declared detectors there instead of in this process: dns:///name:50051, or ip:port,ip:port',
      ).env('TIDEWATCH_ANALYSERS'),
    )
    .option('--no-fallback', 'do not score in this process when no analyser answers')
    .addOption(
      new Option('--data <folder>', 'where its data lies (default: a folder of the cluster in your data home)').env(
        'TIDEWATCH_DATA',
      ),
    )
    .option('--fresh', 'begin anew instead of going on with what is there', false)
    .addOption(
      new Option('--max-size <size>', 'the data does not grow beyond this, as 500Mi or 2Gi')
        .argParser(parseSize)
        .env('TIDEWATCH_MAX_SIZE'),
    )
    .addOption(retentionOption());
  for (const option of [...remoteWriteOptions(), ...notifyOptions()]) command.addOption(option);
  return command
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(workersOption())
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
Examples:
  tidewatch run                                      observe the cluster of your current context
  tidewatch run --prometheus http://127.0.0.1:9090   … with a Prometheus that is not in it
  tidewatch run --install                            … and act on the AnomalyDetectors that you apply
  tidewatch run --install --scrape                   … whose pods are scraped, where there is no Prometheus
  tidewatch run --install --alertmanager http://127.0.0.1:9093
                                                     … and tell an Alertmanager what detectors alert on`,
    )
    .action(async (options: RunOptions) => (await import('./run.ts')).run(options));
}
