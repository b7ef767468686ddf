// A value against the conditions of its schema, as the API server judges it (kube-openapi, pkg/validation/validate). Rules in
// CEL, unknown fields and metadata are looked at elsewhere. Patterns run on a linear-time engine, as in Go.
import { RE2JS } from '@bufbuild/re2';
import { nearest } from '#kit/nearest.ts';
import { type Path, type Problem, pathText, shown } from '../problem.ts';
import { expectation } from './expectation.ts';
import { isFormat, isKnownFormat } from './formats.ts';
import { isList, isObject, type JsonObject, type JsonValue, sameJson, sameText } from './json-value.ts';
import { type Schema, type SchemaType, valuesOf } from './schema.ts';

/** All that is wrong with `value`; `at` is where it stands. */
export function checkValue(value: JsonValue, schema: Schema, at: Path = []): readonly Problem[] {
  if (value === null) return isNullAllowed(schema) ? [] : [unexpected(value, schema, at)];
  if (!isOfType(value, schema)) return [unexpected(value, schema, at)];
  return [...conditionsOf(value, schema, at), ...partsOf(value, schema, at), ...branchesOf(value, schema, at)];
}

function isNullAllowed({ nullable, type, ...schema }: Schema): boolean {
  return nullable === true || (type === undefined && schema['x-kubernetes-int-or-string'] !== true);
}

function unexpected(value: JsonValue, schema: Schema, path: Path): Problem {
  return { path, message: `${expectation(schema)}, got ${shown(value)}${hint(value, schema)}` };
}

/** For a name that is nearly right. */
function hint(value: JsonValue, { enum: names = [] }: Schema): string {
  const known = names.filter((name) => typeof name === 'string');
  const close = typeof value === 'string' ? nearest(value, known) : undefined;
  return close === undefined ? '' : `; did you mean "${close}"?`;
}

export function isOfType(value: JsonValue, schema: Schema): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' || isWhole(value);
  if (schema.type === undefined || isType(value, schema.type)) return true;
  // The API server's type check lets a list through where a text has a format, and so has the cluster.
  return schema.type === 'string' && isList(value) && schema.format !== undefined && isKnownFormat(schema.format);
}

function isType(value: JsonValue, type: SchemaType): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return isList(value);
    case 'integer':
      return isWhole(value);
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'string':
    case 'boolean':
      return typeof value === type;
  }
}

function isWhole(value: JsonValue): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** What the value itself must be, whatever it is made of. */
function conditionsOf(value: JsonValue, schema: Schema, at: Path): readonly Problem[] {
  const isGood =
    (schema.enum === undefined || schema.enum.some((one) => sameJson(one as JsonValue, value))) &&
    (typeof value !== 'number' && typeof value !== 'bigint' ? true : isGoodNumber(value, schema)) &&
    (typeof value !== 'string' || isGoodText(value, schema)) &&
    (!isList(value) || isGoodList(value, schema)) &&
    (!isObject(value) || isWithin(Object.keys(value).length, schema.minProperties, schema.maxProperties));
  return isGood ? [] : [unexpected(value, schema, at)];
}

function isGoodNumber(value: number | bigint, schema: Schema): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (exclusiveMinimum === true ? value <= minimum : value < minimum) return false;
  if (exclusiveMaximum === true ? value >= maximum : value > maximum) return false;
  if (multipleOf !== undefined && !Number.isInteger(Number(value) / multipleOf)) return false;
  return isFormat(value, schema.format);
}

function isGoodText(value: string, { minLength, maxLength, pattern, format }: Schema): boolean {
  if (minLength !== undefined || maxLength !== undefined) {
    // Characters are code points, not JavaScript's halves of them. Counting is needed only where it may matter.
    const isSurelyWithin = value.length / 2 >= (minLength ?? 0) && value.length <= (maxLength ?? Infinity);
    if (!isSurelyWithin && !isWithin([...value].length, minLength, maxLength)) return false;
  }
  return (pattern === undefined || matcher(pattern).test(value)) && isFormat(value, format);
}

function isGoodList(value: readonly JsonValue[], { minItems, maxItems, uniqueItems }: Schema): boolean {
  return isWithin(value.length, minItems, maxItems) && (uniqueItems !== true || isDistinct(value));
}

function isWithin(count: number, least = 0, most = Infinity): boolean {
  return count >= least && count <= most;
}

function isDistinct(items: readonly JsonValue[]): boolean {
  return new Set(items.map(sameText)).size === items.length;
}

const MOST_PATTERNS = 500;
const matchers = new Map<string, RE2JS>();

/** Compiled once; of many, as a stranger's file may bring, the oldest go. */
export function matcher(pattern: string): RE2JS {
  const known = matchers.get(pattern);
  if (known !== undefined) return known;
  const [oldest] = matchers.keys();
  if (oldest !== undefined && matchers.size >= MOST_PATTERNS) matchers.delete(oldest);
  const compiled = new RE2JS(pattern);
  matchers.set(pattern, compiled);
  return compiled;
}

function partsOf(value: JsonValue, schema: Schema, at: Path): readonly Problem[] {
  if (isList(value)) {
    const { items } = schema;
    const own = items === undefined ? [] : value.flatMap((item, index) => checkValue(item, items, [...at, index]));
    return [...own, ...checkListType(value, schema, at)];
  }
  return isObject(value) ? fieldsOf(value, schema, at) : [];
}

function fieldsOf(value: JsonObject, schema: Schema, at: Path): readonly Problem[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => {
      const of = Object.hasOwn(properties, key) ? properties[key] : undefined;
      return { path: [...at, key], message: of === undefined ? 'is missing' : `is missing; ${expectation(of)}` };
    });
  const under = Object.entries(value).flatMap(([key, part]) => {
    const of = Object.hasOwn(properties, key) ? properties[key] : valuesOf(schema);
    if (of !== undefined) return checkValue(part, of, [...at, key]);
    return additionalProperties === false ? [{ path: [...at, key], atKey: true, message: 'is not allowed here' }] : [];
  });
  return [...missing, ...under];
}

/** A list that stands for a set or a map holds nothing twice. */
function checkListType(items: readonly JsonValue[], schema: Schema, at: Path): readonly Problem[] {
  const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] } = schema;
  if (type !== 'set' && type !== 'map') return [];
  const firsts = new Map<string, number>();
  return items.flatMap((item, index) => {
    const name = sameText(type === 'set' ? item : keysOf(item, keys, schema.items));
    const first = firsts.get(name);
    if (first === undefined) firsts.set(name, index);
    return first === undefined ? [] : [{ path: [...at, index], message: `is there already, as item ${first}` }];
  });
}

function keysOf(item: JsonValue, keys: readonly string[], of: Schema | undefined): JsonValue {
  if (!isObject(item)) return item;
  return keys.map((key) => item[key] ?? (of?.properties?.[key]?.default as JsonValue | undefined) ?? null);
}

function branchesOf(value: JsonValue, schema: Schema, at: Path): readonly Problem[] {
  const { allOf = [], anyOf, oneOf, not } = schema;
  const problems = allOf.flatMap((branch) => checkValue(value, branch, at));
  const count = (branches: readonly Schema[]) =>
    branches.filter((branch) => checkValue(value, branch, at).length === 0).length;
  if (anyOf !== undefined && count(anyOf) === 0) problems.push(noneOf(value, anyOf, at));
  if (oneOf !== undefined) {
    const met = count(oneOf);
    if (met === 0) problems.push(noneOf(value, oneOf, at));
    else if (met > 1) problems.push({ path: at, message: `expected one of ${oneOf.length} forms, and it is ${met}` });
  }
  if (not !== undefined && checkValue(value, not, at).length === 0) {
    problems.push({ path: at, message: `is what it must not be: not ${expectation(not).replace(/^expected /, '')}` });
  }
  return problems;
}

/** Nearly right is told as what is missing to the nearest form, else what forms there are. */
function noneOf(value: JsonValue, branches: readonly Schema[], at: Path): Problem {
  const [nearest] = branches
    .map((branch) => checkValue(value, branch, at))
    .toSorted((one, other) => one.length - other.length);
  const [first] = nearest ?? [];
  const where = pathText(first?.path.slice(at.length) ?? []);
  return {
    path: at,
    message: `is none of the ${branches.length} forms it may have; nearest: ${where} ${first?.message}`,
  };
}
