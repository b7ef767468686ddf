// Options that several commands take, each declared once.
import { InvalidArgumentError, Option } from 'commander';
import { parsePort } from './option-values.ts';

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
