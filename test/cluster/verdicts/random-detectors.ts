// Random detectors of every kind and version: good ones made from the schema, and the same with something done to them that a
// tired author, a template or another program would do. Everything follows from the seed.

import { ALGORITHMS, methodField } from '#detect/index.ts';
import { type KindOfObject, kindSchemas } from '#resource/kinds.ts';
import { isList, isObject, type JsonObject, type JsonValue } from '#resource/schema/json-value.ts';
import type { Schema } from '#resource/schema/schema.ts';
import type { Rng } from '#stats/rng.ts';

export interface RandomDetector {
  readonly of: KindOfObject;
  readonly object: JsonObject;
  /** What was done to it; '' where it is as it was made. */
  readonly done: string;
}

const GROUP = 'monitoring.my.company';
const KINDS = kindSchemas(ALGORITHMS, GROUP);

export function randomDetector(rng: Rng): RandomDetector {
  const of = pick(rng, KINDS);
  const good = goodDetector(of, rng);
  const times = pick(rng, [0, 0, 1, 1, 1, 2, 3]);
  let object: JsonValue = good;
  const done: string[] = [];
  for (let time = 0; time < times; time++) {
    const [next, what] = changed(object, rng);
    object = next;
    done.push(what);
  }
  return { of, object: isObject(object) ? object : good, done: done.join(', ') };
}

/** One that ought to be accepted, with random fields. */
export function goodDetector(of: KindOfObject, rng: Rng): JsonObject {
  const spec = of.schema.properties?.spec ?? {};
  return {
    apiVersion: of.apiVersion,
    kind: of.kind,
    metadata: { name: `d${Math.floor(rng.uniform() * 1e9)}`, ...(of.isNamespaced && { namespace: 'default' }) },
    spec: of.version.name === 'v1' ? specOfV1(spec, rng) : specOfV2(spec, rng),
  };
}

function specOfV1(spec: Schema, rng: Rng): JsonObject {
  return {
    ...some(spec, ['threshold', 'guards'], rng),
    selector: labels(rng),
    metricName: metricName(rng),
    ...(rng.uniform() < 0.7 && { algorithm: pick(rng, Object.keys(ALGORITHMS)) }),
    ...(rng.uniform() < 0.3 && { parameters: { windowMs: 60_000, text: 'x', isOn: true, none: null } }),
  };
}

function specOfV2(spec: Schema, rng: Rng): JsonObject {
  const names = ['threshold', 'guards', 'calendar', 'execution', 'budget', 'findings', 'suspend', 'namespaces'];
  const isShort = rng.uniform() < 0.3;
  return {
    ...some(spec, names, rng),
    ...(rng.uniform() < 0.5 && {
      schedule: { interval: '1m', step: '30s', history: pick(rng, ['1h', '6h30m', '5m']) },
    }),
    ...(rng.uniform() < 0.2 && {
      extension: { apiVersion: 'a/v1', big: 9007199254740993n, deep: { b: [1, null, 'x'] } },
    }),
    ...(isShort ? { selector: labels(rng) } : { targets: targets(rng) }),
    ...(rng.uniform() < 0.3 ? { metricName: metricName(rng) } : { metrics: metrics(rng) }),
    ...pick(rng, [() => ({}), () => ({ method: method(spec, rng) }), () => ({ algorithm: 'ema', parameters: {} })])(),
  };
}

/** Some of the named fields, as their schema makes them. */
function some({ properties = {} }: Schema, names: readonly string[], rng: Rng): JsonObject {
  const chosen = names.filter((name) => properties[name] !== undefined && rng.uniform() < 0.4);
  return Object.fromEntries(chosen.map((name) => [name, made(properties[name] ?? {}, rng)]));
}

/** A value that fits the schema, rules aside. */
function made(schema: Schema, rng: Rng): JsonValue {
  const { properties = {}, required = [], enum: names, items } = schema;
  if (names !== undefined) return pick(rng, names) as JsonValue;
  switch (schema.type) {
    case 'object': {
      const chosen = Object.keys(properties).filter((name) => required.includes(name) || rng.uniform() < 0.4);
      return Object.fromEntries(chosen.map((name) => [name, made(properties[name] ?? {}, rng)]));
    }
    case 'array':
      return items === undefined ? [] : Array.from({ length: Math.floor(rng.uniform() * 3) }, () => made(items, rng));
    case 'integer':
      return Math.floor(within(schema, rng));
    case 'number':
      return within(schema, rng);
    case 'boolean':
      return rng.uniform() < 0.5;
    default:
      return textFor(schema, rng);
  }
}

function within({ minimum = -1000, maximum = 1000 }: Schema, rng: Rng): number {
  const [low, high] = [Math.max(minimum, -1000), Math.min(maximum, 1000)];
  return low + rng.uniform() * (high - low);
}

function textFor({ format, pattern, default: byDefault }: Schema, rng: Rng): string {
  if (format === 'date') return pick(rng, ['2026-12-25', '2026-01-01', '2027-02-28']);
  if (typeof byDefault === 'string') return byDefault;
  if (pattern?.includes('h)?') === true) return pick(rng, ['24h', '168h', '90m']);
  return pick(rng, ['default', 'shop', 'checkout']);
}

function labels(rng: Rng): JsonObject {
  const all = { app: 'frontend', tier: 'web', 'app.kubernetes.io/name': 'shop', version: '1.2.3', empty: '' };
  const names = Object.entries(all).filter(() => rng.uniform() < 0.4);
  return Object.fromEntries(names.length === 0 ? [['app', 'x']] : names);
}

function targets(rng: Rng): JsonObject {
  const expressions = [
    { key: 'app', operator: 'In', values: ['a', 'b'] },
    { key: 'canary', operator: 'DoesNotExist' },
    { key: 'tier', operator: 'Exists', values: [] },
  ];
  return pick(rng, [
    { matchLabels: labels(rng) },
    { matchExpressions: expressions.slice(0, 1 + Math.floor(rng.uniform() * 3)) },
    { matchLabels: labels(rng), matchExpressions: expressions.slice(1) },
    { owner: { kind: 'Deployment', name: 'frontend' } },
  ]);
}

function metricName(rng: Rng): string {
  return pick(rng, ['container_cpu_usage_seconds_total', 'latency_seconds', 'job:rate5m', 'up']);
}

function metrics(rng: Rng): JsonValue {
  const all = [
    { name: 'up' },
    { name: 'errors', query: 'sum by (pod) (rate(errors_total[5m]))' },
    { name: 'requests_total', kind: 'Counter' },
  ];
  const chosen = all.filter(() => rng.uniform() < 0.6);
  return chosen.length === 0 ? [{ name: 'x' }] : chosen;
}

function method({ properties = {} }: Schema, rng: Rng): JsonObject {
  const name = pick(rng, Object.keys(ALGORITHMS));
  const field = methodField(name);
  const own = properties.method?.properties?.[field] ?? {};
  if (name === 'static-threshold')
    return { name, [field]: pick(rng, [{ above: 1 }, { below: 0 }, { below: 1, above: 2.5 }]) };
  return rng.uniform() < 0.4 ? { name } : { name, [field]: made(own, rng) };
}

const STRANGE: readonly JsonValue[] = [
  ...[
    null,
    '',
    0,
    -1,
    1,
    1.5,
    1e3,
    1e21,
    -1e-7,
    true,
    false,
    [],
    {},
    [null],
    [1, 2],
    { a: 1 },
    'x',
    '123',
    'true',
    '1e3',
  ],
  ...[
    9007199254740993n,
    9223372036854775807n,
    'ü',
    '💥',
    'a b',
    'A',
    'z-score',
    'ema',
    '1h',
    '0s',
    '25h',
    '2026-02-30',
  ],
  ...['-', 'a'.repeat(64), 'a'.repeat(254), 'a'.repeat(600), '__proto__', 'constructor', '\n', '{{ x }}'],
];

/** The value with one thing done to it, and what that was. */
function changed(value: JsonValue, rng: Rng): [JsonValue, string] {
  const paths = [...pathsOf(value)].filter((path) => path.length > 0 && !isFixed(path));
  if (paths.length === 0) return [value, 'nothing left'];
  const path = pick(rng, paths);
  const where = path.join('.');
  const strange = pick(rng, STRANGE);
  const told = typeof strange === 'bigint' ? String(strange) : JSON.stringify(strange);
  const kind = Math.floor(rng.uniform() * 4);
  if (kind === 0) return [edited(value, path, () => undefined), `${where} removed`];
  if (kind === 1) {
    const name = pick(rng, ['unknown', 'Spec', 'min', 'above', 'a-b', '__proto__', 'selector', 'values', 'name']);
    const add = (part: JsonValue): JsonValue => (isObject(part) ? { ...part, [name]: strange } : strange);
    return [edited(value, path, add), `${where} given ${name}: ${told}`];
  }
  if (kind === 2) {
    const twice = (part: JsonValue): JsonValue => (isList(part) ? [...part, ...part] : [part, part]);
    return [edited(value, path, twice), `${where} doubled`];
  }
  return [edited(value, path, () => strange), `${where} set to ${told}`];
}

/** What the test needs to find the object again. */
function isFixed([first, second]: readonly (string | number)[]): boolean {
  return (
    first === 'apiVersion' ||
    first === 'kind' ||
    (first === 'metadata' && (second === undefined || second === 'namespace'))
  );
}

function* pathsOf(value: JsonValue, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  yield path;
  if (isList(value)) for (const [index, item] of value.entries()) yield* pathsOf(item, [...path, index]);
  else if (isObject(value)) for (const [key, part] of Object.entries(value)) yield* pathsOf(part, [...path, key]);
}

function edited(
  value: JsonValue,
  [first, ...rest]: readonly (string | number)[],
  edit: (part: JsonValue) => JsonValue | undefined,
): JsonValue {
  const next = (part: JsonValue) => (rest.length === 0 ? edit(part) : edited(part, rest, edit));
  if (isList(value)) {
    return value.flatMap((item, index) => {
      const part = index === first ? next(item) : item;
      return part === undefined ? [] : [part];
    });
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, part]): [string, JsonValue][] => {
    const after = key === first ? next(part) : part;
    return after === undefined ? [] : [[key, after]];
  });
  return Object.fromEntries(entries);
}

function pick<T>(rng: Rng, from: readonly T[]): T {
  const chosen = from[Math.floor(rng.uniform() * from.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}
