// Options of those who have a store: who is told what detectors alert on. They follow from the list of notifiers; nobody is told
// unless one is given, and nothing is sent anywhere else. Secrets come in files, never in arguments.
import { InvalidArgumentError, Option } from 'commander';
import { NOTIFIERS, type NotifierName } from '#act/index.ts';
import { isPlainUrl } from './option-values.ts';

export type NotifyFlags = {
  /** Addresses. */
  readonly [Name in NotifierName]?: readonly string[];
} & {
  readonly [Name in NotifierName as `${Name}TokenFile`]?: string;
} & {
  readonly pageUrl?: string;
  /** Milliseconds. */
  readonly alertHold: number;
};

const MINUTE_MS = 60_000;
/** Of whoever says nothing. */
export const ALERT_HOLD_MS = 10 * MINUTE_MS;

export function notifyOptions(): Option[] {
  const own = Object.values(NOTIFIERS).flatMap(({ name, summary }) => {
    const env = `TIDEWATCH_${name.toUpperCase()}`;
    return [
      new Option(`--${name} <url>`, `${summary}; may be repeated`).argParser(parseUrls).env(env),
      new Option(`--${name}-token-file <file>`, 'a bearer token for it').env(`${env}_TOKEN_FILE`),
    ];
  });
  return [
    ...own,
    new Option('--page-url <url>', 'where who is told finds the page (default: its address on this machine)')
      .argParser(parseUrl)
      .env('TIDEWATCH_PAGE_URL'),
    new Option('--alert-hold <time>', 'an alert is over when it was quiet for this long, as 90s or 10m')
      .default(ALERT_HOLD_MS, '10m')
      .argParser(parseHold)
      .env('TIDEWATCH_ALERT_HOLD'),
  ];
}

/** In a variable of the environment they are parted by spaces. */
function parseUrls(text: string, before: readonly string[] = []): readonly string[] {
  const urls = text.split(/\s+/).filter((one) => one !== '');
  if (urls.length === 0) throw new InvalidArgumentError('an address, such as http://alertmanager:9093.');
  return [...new Set([...before, ...urls.map(parseUrl)])];
}

function parseUrl(text: string): string {
  if (isPlainUrl(text)) return text;
  throw new InvalidArgumentError('an http or https address, without user and password.');
}

/** Milliseconds. */
function parseHold(text: string): number {
  const [, digits, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * (unit === 'h' ? 60 * MINUTE_MS : unit === 'm' ? MINUTE_MS : 1000);
  if (!(ms >= 0 && ms <= 24 * 60 * MINUTE_MS)) throw new InvalidArgumentError('a time from 0s to 24h, as 90s or 10m.');
  return ms;
}
