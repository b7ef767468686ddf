// Options of the commands that look at a cluster for a while: which cluster, which Prometheus, for how long.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { groupOption } from './common-options.ts';

export interface ClusterChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly prometheus?: string;
  readonly prometheusTokenFile?: string;
  /** Of AnomalyDetector. */
  readonly group: string;
}

export function addClusterOptions(command: Command): Command {
  return command
    .addOption(new Option('--kubeconfig <file>', 'as kubectl takes it').env('KUBECONFIG'))
    .option('--context <name>', 'another context than the current one')
    .addOption(
      new Option('--prometheus <url>', 'when it is not found by itself in the cluster').env('TIDEWATCH_PROMETHEUS'),
    )
    .addOption(
      new Option('--prometheus-token-file <file>', 'a bearer token for it').env('TIDEWATCH_PROMETHEUS_TOKEN_FILE'),
    )
    .addOption(groupOption());
}

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** Milliseconds of `1h30m`. */
export function parseDuration(text: string): number {
  const whole = /^(?:\d+[dhms])+$/.test(text);
  const parts = whole ? [...text.matchAll(/(\d+)([dhms])/g)] : [];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN), 0);
  if (ms > 0 && Number.isSafeInteger(ms)) return ms;
  throw new InvalidArgumentError('a time such as 1h, 90m or 1h30m.');
}

/** `1 h 30 min`; seconds only below five minutes. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 300 && seconds % 60 !== 0) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter(Boolean).join(' ');
}

/** `a,b` and again `c`. */
export function parseNames(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('names with commas between them, such as path,method.');
  return [...before, ...names];
}
