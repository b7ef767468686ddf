// Options that several commands take, each declared once.
import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { parseGroup, parsePort } from './option-values.ts';

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'structured logs on stderr')
    .choices(['silent', 'debug', 'info', 'warn', 'error'])
    .default('warn')
    .env('TIDEWATCH_LOG_LEVEL');
}

export function portOption(): Option {
  return new Option('--port <n>', 'port of the page; the next free one when it is busy')
    .default(8080)
    .argParser(parsePort)
    .env('TIDEWATCH_PORT');
}

export function hostOption(): Option {
  return new Option('--host <address>', 'address to listen on; loopback only')
    .default('127.0.0.1')
    .env('TIDEWATCH_HOST');
}

/** As `manifests` takes it. */
export function groupOption(): Option {
  return new Option('--group <domain>', 'API group of AnomalyDetector').default(DEFAULT_GROUP).argParser(parseGroup);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** In milliseconds. */
export function retentionOption(): Option {
  return new Option('--retention <time>', 'what ended longer ago is removed, as 14d or 36h')
    .default(14 * DAY_MS, '14d')
    .argParser(parseTime)
    .env('TIDEWATCH_RETENTION');
}

/** At least an hour: a detector's baseline must be there. */
function parseTime(text: string): number {
  const [, digits, unit] = /^(\d+)(h|d)$/.exec(text) ?? [];
  const ms = Number(digits) * (unit === 'd' ? DAY_MS : HOUR_MS);
  if (!(ms >= HOUR_MS && ms <= 3650 * DAY_MS))
    throw new InvalidArgumentError('a time from 1h to 3650d, as 14d or 36h.');
  return ms;
}

export function scrapeOption(): Option {
  return new Option('--scrape', 'scrape the pods of declared detectors, where no Prometheus does')
    .default(false)
    .env('TIDEWATCH_SCRAPE');
}

const SECOND_MS = 1000;

/** In milliseconds. */
export function scrapeIntervalOption(): Option {
  return new Option('--scrape-interval <time>', 'from one scrape of a pod to the next, and between two points')
    .default(30 * SECOND_MS, '30s')
    .argParser(parseInterval)
    .env('TIDEWATCH_SCRAPE_INTERVAL');
}

function parseInterval(text: string): number {
  const [, digits] = /^(\d+)s$/.exec(text) ?? [];
  const ms = Number(digits) * SECOND_MS;
  if (!(ms >= SECOND_MS && ms <= 60 * SECOND_MS)) throw new InvalidArgumentError('a time from 1s to 60s, as 15s.');
  return ms;
}
