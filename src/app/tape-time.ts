// A moment on the command line: ISO 8601 (UTC unless it says otherwise), or a time of day, which is the first such moment
// from a given one on, so that `--from 03:51` means what a look at the page suggests.
import { AppError } from '#kit/errors.ts';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:\d\d)?$/;
const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const DAY_MS = 86_400_000;

/** Epoch milliseconds of `text`; a time of day is looked for from `afterMs` on. Throws `bad-usage` that names `option`. */
export function parseMoment(text: string, option: string, afterMs?: number): number {
  const [, hours, minutes, seconds = '0'] = TIME_OF_DAY.exec(text) ?? [];
  if (hours !== undefined && afterMs !== undefined) {
    const ofDayMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    const midnightMs = Math.floor(afterMs / DAY_MS) * DAY_MS;
    return midnightMs + ofDayMs + (midnightMs + ofDayMs < afterMs ? DAY_MS : 0);
  }
  const [, date, clock = '00:00', zone = 'Z'] = ISO.exec(text) ?? [];
  // The 31st of February would be taken for the 3rd of March.
  const isDate = date !== undefined && !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date);
  const timeMs = isDate ? Date.parse(`${date}T${clock}${zone}`) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  const daily = afterMs === undefined ? '' : ' or a time of day like 03:51';
  throw new AppError('bad-usage', `${option} ${text} is not a time: give one like 2022-08-22T03:51Z${daily} (UTC).`);
}

/** `2022-08-22 03:51`, UTC. */
export function formatMinute(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}
