// `tidewatch admission`: what the API server asks before a detector is stored, and for its other version.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LogLevel } from '#kit/log.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { logLevelOption } from './common-options.ts';
import { parsePort } from './option-values.ts';

export interface AdmissionOptions {
  readonly host?: string;
  readonly port: number;
  readonly tls: string;
  readonly group: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Milliseconds. */
  readonly settle: number;
  readonly healthPort?: number;
  readonly healthHost?: string;
  readonly logLevel: LogLevel;
}

export function admissionCommand(): Command {
  return new Command('admission')
    .summary('answer the API server’s webhooks')
    .description(
      'Judges detectors before they are stored, writes out what a schema cannot, and converts between their versions. It needs nothing else to answer. A new certificate is served only when the API server trusts who signed it: the bundles of both webhook configurations and of the resource are filled first.',
    )
    .addOption(
      new Option('--tls <folder>', 'with tls.crt, tls.key and ca.crt, which is who the API server is to trust')
        .env('TIDEWATCH_TLS')
        .makeOptionMandatory(),
    )
    .addOption(new Option('--port <n>', 'port of HTTPS').default(9443).argParser(parsePort))
    .addOption(new Option('--host <address>', 'address to listen on (default: everywhere)'))
    .addOption(new Option('--group <name>', 'API group of our kinds').default(DEFAULT_GROUP))
    .addOption(new Option('--kubeconfig <file>', 'outside of a pod: as kubectl takes it').env('KUBECONFIG'))
    .option('--context <name>', 'another context than the current one')
    .addOption(
      new Option('--settle <time>', 'from a changed bundle until every API server goes by it')
        .default(5000, '5s')
        .argParser(parseSeconds),
    )
    .addOption(new Option('--health-port <n>', 'port of /healthz, /readyz and /metrics').argParser(parsePort))
    .addOption(new Option('--health-host <address>', 'address of that port (default: all)'))
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
The installation runs it (deploy/manifests/install.yaml). What it would say of a file, without a cluster:
  tidewatch validate -f detectors.yaml`,
    )
    .action(async (options: AdmissionOptions) => (await import('./admission.ts')).admit(options));
}

function parseSeconds(text: string): number {
  const [, digits] = /^(\d+)s$/.exec(text) ?? [];
  const ms = Number(digits) * 1000;
  if (!(ms >= 1000 && ms <= 60_000)) throw new InvalidArgumentError('a time from 1s to 60s, as 5s.');
  return ms;
}
