// Values of options that several commands take.
import { InvalidArgumentError } from 'commander';

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a whole number from 0 to 65535; 0 takes any free one.');
  return port;
}

const UNITS: Record<string, number> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes, as Kubernetes writes them. */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (!(bytes >= 2 ** 20)) throw new InvalidArgumentError('a size of at least 1Mi, such as 500Mi or 2Gi.');
  return bytes;
}
