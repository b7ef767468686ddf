// A value as CEL sees it, by its schema: whole numbers are `int`, other numbers `double`, formatted texts times and durations,
// and fields have names that CEL can write (apiserver, pkg/cel/common/valuesunstructured.go).
import type { CelInput } from '@bufbuild/cel';
import { create } from '@bufbuild/protobuf';
import { DurationSchema, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { goDurationMs } from './go-duration.ts';
import { isList, isObject, type JsonObject, type JsonValue } from './json-value.ts';
import { type Schema, valuesOf } from './schema.ts';

/** The value; undefined for what rules cannot look at. The value fits its schema. */
export function celValue(value: JsonValue, schema: Schema): CelInput | undefined {
  if (value === null) return null;
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' ? value : BigInt(value as number);
  switch (schema.type) {
    case 'object':
      return isObject(value) ? celMap(value, schema) : undefined;
    case 'array':
      return isList(value) ? celList(value, schema.items) : undefined;
    case 'integer':
      return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : undefined;
    case 'number':
      return Number(value);
    case 'string':
      return typeof value === 'string' ? celText(value, schema.format) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    default:
      return undefined;
  }
}

function celList(items: readonly JsonValue[], schema: Schema = {}): CelInput[] {
  return items.flatMap((item) => {
    const seen = celValue(item, schema);
    return seen === undefined ? [] : [seen];
  });
}

function celMap(value: JsonObject, schema: Schema): Map<string, CelInput> {
  const { properties } = schema;
  const isResource = schema['x-kubernetes-embedded-resource'] === true;
  const seen = new Map<string, CelInput>();
  for (const [key, part] of Object.entries(value)) {
    const of = isResource ? (RESOURCE[key] ?? properties?.[key]) : (properties?.[key] ?? valuesOf(schema));
    const under = of === undefined ? undefined : celValue(part, of);
    const name = properties === undefined ? key : celName(key);
    if (under !== undefined && name !== undefined) seen.set(name, under);
  }
  return seen;
}

const TEXT: Schema = { type: 'string' };
/** All that rules may see of what every resource has. */
const RESOURCE: Readonly<Record<string, Schema>> = {
  apiVersion: TEXT,
  kind: TEXT,
  metadata: { type: 'object', properties: { name: TEXT, generateName: TEXT } },
};

function celText(value: string, format: string | undefined): CelInput | undefined {
  switch (format?.replaceAll('-', '')) {
    case 'date':
      return timestampFromMs(Date.parse(`${value}T00:00:00Z`));
    case 'datetime':
      return timestampFromMs(Date.parse(value));
    case 'duration': {
      const durationMs = goDurationMs(value);
      if (durationMs === undefined) return undefined;
      const seconds = Math.trunc(durationMs / 1000);
      return create(DurationSchema, {
        seconds: BigInt(seconds),
        nanos: Math.round((durationMs - seconds * 1000) * 1e6),
      });
    }
    case 'byte':
      return Buffer.from(value, 'base64');
    default:
      return value;
  }
}

const RESERVED = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import'],
  ...['let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
]);
const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** What a field is called in a rule: `a-b` is `a__dash__b`; undefined when no rule can name it. */
export function celName(key: string): string | undefined {
  // As nearly all are called.
  if (/^[a-z]+[A-Z][A-Za-z]*$/.test(key)) return key;
  if (RESERVED.has(key)) return `__${key}__`;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(key)) return undefined;
  return key.replaceAll(/__|[./-]/g, (part) => ESCAPES[part] ?? part);
}
