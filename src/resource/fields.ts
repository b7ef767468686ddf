// The kinds of fields that resources are made of. Each carries what Kubernetes' schema must say of it (`meta`), a maximum
// above all, so that rules in CEL stay cheap; `expected` is the words for who got it wrong.
import { z } from 'zod';
import { DAY_PATTERN } from '#model/holidays.ts';
import { rule, rules } from './schema/structural-schema.ts';

export function wholeNumber(min: number, max: number) {
  return z.number().int().min(min).max(max);
}

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names);
}

export function text(maxLength: number, pattern?: RegExp, expected?: string) {
  const plain = z.string().max(maxLength);
  const shaped = pattern === undefined ? plain : plain.regex(pattern);
  return expected === undefined ? shaped : shaped.meta({ expected });
}

export function list<Item extends z.ZodType>(item: Item, max: number, min = 0) {
  return z.array(item).min(min).max(max);
}

// Grammar of Kubernetes labels: selectors will select pods by them.
const LABEL_KEY =
  'expected a label name (letters, digits, "-", "_", "."; no more than 63, after an optional "domain/")';
const labelKeyPattern = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?[/])?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = 'expected a text of at most 63 letters, digits, "-", "_", "." (put quotes round numbers and true)';
const MOST_LABELS = 32;

export const labelKey = text(317, labelKeyPattern, LABEL_KEY);
export const labelValue = text(63, /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, LABEL_VALUE);
export const labels = z.record(z.string(), labelValue).meta({
  ...{ minProperties: 1, maxProperties: MOST_LABELS },
  expected: `expected 1 to ${MOST_LABELS} labels, e.g. {app: frontend}`,
  ...rules(rule(`self.all(name, name.matches('${labelKeyPattern.source}'))`, LABEL_KEY)),
});

const DNS_LABEL = 'expected a DNS label: lower-case letters, digits and "-", at most 63';
export const dnsLabel = text(63, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, DNS_LABEL);
export const objectName = text(
  253,
  /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
  'expected the name of an object: lower-case letters, digits, "-" and ".", at most 253',
);

export const metricName = text(
  500,
  /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  'expected a Prometheus metric name, e.g. container_cpu_usage_seconds_total',
);

/** CEL and people read them alike: `90s`, `1h30m`. No days: not every day has 24 hours. */
export function duration(least: string, most: string) {
  return text(
    16,
    /^([1-9][0-9]{0,3}h)?([1-9][0-9]{0,5}m)?([1-9][0-9]{0,7}s)?$/,
    `expected a duration from ${least} to ${most}, e.g. 90s or 1h30m (write 24h for a day)`,
  )
    .min(2)
    .meta(
      rules(
        rule(`duration(self) >= duration('${least}') && duration(self) <= duration('${most}')`, bounds(least, most)),
      ),
    );
}

function bounds(least: string, most: string): string {
  return `expected a duration from ${least} to ${most}`;
}

const DAY = 'expected a day, e.g. 2026-12-25, or --12-25 of every year';
// By a rule and not by a format: where a text has one, the API server takes lists for texts.
export const day = text(10, new RegExp(`^${DAY_PATTERN}$`), DAY).meta(
  rules(rule("self.startsWith('--') || timestamp(self + 'T00:00:00Z').getFullYear() >= 0", DAY)),
);
