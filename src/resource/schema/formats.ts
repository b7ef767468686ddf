// The formats of texts that Kubernetes judges in a CRD. It knows some more (ISBN, credit cards …): these are not judged here,
// and who asks is told so. Formats of numbers (`int32`) are hints that the API server does not judge either.
import { isIPv4, isIPv6 } from 'node:net';
import { goDurationMs } from './go-duration.ts';

const HEX = '[0-9a-f]';
const uuid = (third = `${HEX}{4}`, fourth = `${HEX}{4}`) =>
  new RegExp(`^${HEX}{8}-?${HEX}{4}-?${third}-?${fourth}-?${HEX}{12}$`, 'i');
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  byte: (text) => /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) && text !== '',
  cidr: isCidr,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text),
  datetime: (text) => DATE_TIME.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
  duration: (text) => goDurationMs(text) !== undefined || hasWordedDuration(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  'k8s-long-name': (text) => text.length <= 253 && text.split('.').every((label) => LABEL.test(label)),
  'k8s-short-name': (text) => text.length <= 63 && LABEL.test(text),
  mac: (text) => /^([0-9a-f]{2}([:-][0-9a-f]{2}){5,7}|[0-9a-f]{4}(\.[0-9a-f]{4}){2,3})$/i.test(text),
  password: () => true,
  uri: (text) => text.startsWith('/') || (/^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text)),
  uuid: (text) => uuid().test(text),
  uuid3: (text) => uuid(`3${HEX}{3}`).test(text),
  uuid4: (text) => uuid(`4${HEX}{3}`, `[89ab]${HEX}{3}`).test(text),
  uuid5: (text) => uuid(`5${HEX}{3}`, `[89ab]${HEX}{3}`).test(text),
};

/** Judged by Kubernetes and not by us. */
const UNJUDGED = [
  ...['bsonobjectid', 'creditcard', 'email', 'hexcolor', 'hostname', 'isbn', 'isbn10', 'isbn13', 'rgbcolor', 'ssn'],
];

export function isFormat(value: unknown, format: string | undefined): boolean {
  if (format === undefined || typeof value !== 'string') return true;
  const name = nameOf(format);
  return Object.hasOwn(CHECKS, name) ? CHECKS[name]?.(value) === true : true;
}

/** Whether Kubernetes judges it; all others say nothing. */
export function isKnownFormat(format: string): boolean {
  return Object.hasOwn(CHECKS, nameOf(format)) || isUnjudged(format);
}

/** Whether a text that has this format may be refused by Kubernetes without our seeing it. */
export function isUnjudged(format: string): boolean {
  return UNJUDGED.includes(nameOf(format));
}

/** `date-time` and `datetime` are one. */
function nameOf(format: string): string {
  return format.startsWith('k8s-') ? format : format.replaceAll('-', '');
}

/** A day that the calendar has. */
function isDay(text: string): boolean {
  const timeMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text);
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

/** The API server takes `2 weeks` too, and anything that has such a part. */
function hasWordedDuration(text: string): boolean {
  const units = /^(ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/i;
  return [...text.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, unit = '']) => units.test(unit));
}
