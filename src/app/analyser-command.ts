// `tidewatch analyser`: scores whole windows over gRPC, for an operator elsewhere or for anybody who knows the contract.
import { Command, Option } from 'commander';
import type { LogLevel } from '#kit/log.ts';
import { logLevelOption } from './common-options.ts';
import { parsePort } from './option-values.ts';

export interface AnalyserOptions {
  readonly host?: string;
  readonly healthPort?: number;
  readonly healthHost?: string;
  readonly port: number;
  readonly tls?: string;
  readonly logLevel: LogLevel;
}

export function analyserCommand(): Command {
  return new Command('analyser')
    .summary('score windows over gRPC')
    .description(
      'Serves analysis.AnomalyAnalysis/DetectAnomalies and our own calls (proto/), with health and reflection. It holds nothing: run as many as you like.',
    )
    .addOption(
      new Option('--host <address>', 'address to listen on (default: everywhere with --tls, else 127.0.0.1)').env(
        'TIDEWATCH_ANALYSER_HOST',
      ),
    )
    .addOption(
      new Option('--port <n>', 'port of gRPC')
        .default(50_051)
        .argParser(parsePort)
        .env('TIDEWATCH_ANALYSIS_LISTEN_PORT'),
    )
    .addOption(new Option('--health-port <n>', 'port of /healthz, /readyz and /metrics').argParser(parsePort))
    .addOption(new Option('--health-host <address>', 'address of that port (default: all)'))
    .addOption(
      new Option('--tls <folder>', 'with tls.crt, tls.key and ca.crt: every caller must show a certificate').env(
        'TIDEWATCH_TLS',
      ),
    )
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
Examples:
  tidewatch analyser                                   on 127.0.0.1:50051
  tidewatch run --install --analysers 127.0.0.1:50051  … and an operator that uses it`,
    )
    .action(async (options: AnalyserOptions) => (await import('./analyser.ts')).analyse(options));
}
