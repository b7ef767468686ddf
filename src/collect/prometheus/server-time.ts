// What a Prometheus answers to `time()`: a number of seconds, by itself or, from others that speak its API, as a vector.
import { AppError } from '#kit/errors.ts';
import { parseJson } from './answer-text.ts';

/** Of the last date that there is. */
const LAST_SECONDS = 8.64e12;

/** Epoch milliseconds. Throws `bad-input` where the answer tells no time. */
export function timeIn(text: string, address: string): number {
  const data = fieldOf(parseJson(text), 'data');
  const result = fieldOf(data, 'result');
  const sample =
    fieldOf(data, 'resultType') === 'vector' && Array.isArray(result) ? fieldOf(result[0], 'value') : result;
  const seconds = Array.isArray(sample) ? Number(sample[1]) : Number.NaN;
  if (seconds > 0 && seconds <= LAST_SECONDS) return seconds * 1000;
  throw new AppError('bad-input', `${address} does not tell what time it is: is this a Prometheus?`);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
