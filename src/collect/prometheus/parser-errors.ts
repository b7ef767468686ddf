// What is said of an answer that cannot be used.
import { AppError } from '#kit/errors.ts';
import { ANOTHER } from './answer-error.ts';

export function isHtml(address: string): AppError {
  return new AppError(
    'bad-input',
    `${address} answered with HTML instead of JSON: is this a Prometheus? Else ${ANOTHER}`,
  );
}

export function isForeign(address: string, what: string): AppError {
  return new AppError(
    'bad-input',
    `${address} answered with something that is not the answer to a query (${what}): is this a Prometheus? Else ${ANOTHER}`,
  );
}

export function isCut(address: string, bytes: number): AppError {
  const message = `the answer of ${address} broke off after ${bytes} bytes, and nothing of it is used: does a proxy before it cut it? Else ${ANOTHER}`;
  return new AppError('unavailable', message, { retryable: true });
}

export function isTooLarge(address: string, maxBytes: number): AppError {
  return new AppError(
    'too-much',
    `the answer of ${address} is larger than ${maxBytes} bytes: ask for fewer series, a shorter range or a longer step`,
  );
}

export function hasTooManySeries(address: string, maxSeries: number): AppError {
  return new AppError(
    'too-much',
    `the query gives more than ${maxSeries} series at ${address}: narrow its labels, or sum over fewer of them`,
  );
}

export function isOfType(address: string, type: string, wanted: string): AppError {
  return new AppError(
    'bad-input',
    `${address} answered with a ${type} where a ${wanted} is needed: the query must give series`,
  );
}
