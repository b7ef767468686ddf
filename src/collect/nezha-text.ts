// The two texts of a Nezha recording that need care: a time as Go prints it, and a number in another unit.
import { AppError } from '#kit/errors.ts';
import type { Unit } from './nezha-metrics.ts';

const GO_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?: \+0000 UTC(?: m=[+-]\d+\.\d+)?)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?$/;
const NOT_FINITE: Readonly<Record<string, number>> = {
  '': Number.NaN,
  NaN: Number.NaN,
  Inf: Number.POSITIVE_INFINITY,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/** Epoch milliseconds of `2022-08-22 03:51:19.607158889 +0000 UTC m=+0.11` (UTC; what is below a millisecond is cut). */
export function parseNezhaTime(text: string, where: string): number {
  const [, date, clock, fraction = ''] = GO_TIME.exec(text) ?? [];
  if (date !== undefined) {
    const timeMs = Date.parse(`${date}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
    // The 31st of February would be taken for the 3rd of March.
    if (!Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(date)) return timeMs;
  }
  throw new AppError('bad-input', `${where}: "${text}" is not a time like 2022-08-22 03:51:19.607 +0000 UTC.`);
}

/** The double nearest to the decimal in `text` × 10^exponent (× a power of two). An empty cell and NaN are NaN. */
export function parseNezhaValue(text: string, unit: Unit, where: string): number {
  const special = Object.hasOwn(NOT_FINITE, text) ? NOT_FINITE[text] : undefined;
  if (special !== undefined) return special;
  const match = NUMBER.exec(text);
  if (match === null) throw new AppError('bad-input', `${where}: "${text}" is not a number.`);
  const exponent = Number(match[1] ?? 0) + unit.exponent;
  const mantissa = match[1] === undefined ? text : text.slice(0, text.search(/[eE]/));
  return Number(`${mantissa}e${exponent}`) * (unit.factor ?? 1);
}
