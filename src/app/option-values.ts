// Values of options that several commands take.
import { InvalidArgumentError } from 'commander';
import { DEFAULT_GROUP } from '#model/api-group.ts';

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a whole number from 0 to 65535; 0 takes any free one.');
  return port;
}

/** Whether it is an address of HTTP that holds no secret. */
export function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The name of a namespace. */
export function parseNamespace(text: string): string {
  if (NAMESPACE.test(text)) return text;
  throw new InvalidArgumentError('the name of a namespace: small letters, digits and "-", 63 at most.');
}

const DOMAIN = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$/;
const MOST_DOMAIN = 200;

/** The group of an API. */
export function parseGroup(text: string): string {
  if (DOMAIN.test(text) && text.length <= MOST_DOMAIN) return text;
  throw new InvalidArgumentError(`a domain, such as ${DEFAULT_GROUP}.`);
}

const UNITS: Record<string, number> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes, as Kubernetes writes them. */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (!(bytes >= 2 ** 20)) throw new InvalidArgumentError('a size of at least 1Mi, such as 500Mi or 2Gi.');
  return bytes;
}
