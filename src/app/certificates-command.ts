// `tidewatch certificates`: makes and renews what the roles of an installation know each other by.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LogLevel } from '#kit/log.ts';
import { logLevelOption } from './common-options.ts';
import { parsePort } from './option-values.ts';

export interface CertificatesOptions {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly healthPort?: number;
  readonly healthHost?: string;
  /** Milliseconds. */
  readonly life: number;
  readonly authorityLife: number;
  readonly grace: number;
  readonly every: number;
  readonly logLevel: LogLevel;
}

const DAY_MS = 86_400_000;
const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS } as const;

export function certificatesCommand(): Command {
  const time = (flags: string, what: string, ms: number, text: string) =>
    new Option(flags, what).default(ms, text).argParser(parseTime);
  return new Command('certificates')
    .summary('make and renew what roles know each other by')
    .description(
      'Keeps an authority and a certificate for each role in the Secrets of an installation, and renews them: a new authority is trusted everywhere before it signs, and an old one for as long as anything that it signed.',
    )
    .option('--namespace <name>', "where Tidewatch is installed (default: the account's)")
    .addOption(new Option('--kubeconfig <file>', 'outside of a pod: as kubectl takes it').env('KUBECONFIG'))
    .option('--context <name>', 'another context than the current one')
    .addOption(time('--life <time>', "of a role's certificate; it is renewed after two thirds", 30 * DAY_MS, '30d'))
    .addOption(time('--authority-life <time>', 'of an authority; replaced after two thirds', 365 * DAY_MS, '365d'))
    .addOption(time('--grace <time>', 'from trusting a new authority to using it', 10 * 60_000, '10m'))
    .addOption(time('--every <time>', 'how often it looks', 30_000, '30s'))
    .addOption(new Option('--health-port <n>', 'port of /healthz, /readyz and /metrics').argParser(parsePort))
    .addOption(new Option('--health-host <address>', 'address of that port (default: all)'))
    .addOption(logLevelOption().default('info'))
    .addHelpText(
      'after',
      `
The installation runs it (deploy/manifests/install.yaml). Who brings certificates of their own leaves it out:
  tidewatch manifests --without-certificates | kubectl apply -f -`,
    )
    .action(async (options: CertificatesOptions) => (await import('./certificates.ts')).keepCertificates(options));
}

function parseTime(text: string): number {
  const [, digits, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const ms = Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS];
  if (!(ms >= 1000 && ms <= 3650 * DAY_MS)) throw new InvalidArgumentError('a time from 1s to 3650d, as 10m or 30d.');
  return ms;
}
