// JSON without loss. JavaScript's numbers are doubles: a whole number beyond 2^53 is kept as a bigint, as the API server keeps
// it as a 64-bit integer. All other numbers are doubles there as well, so `1e3` is 1000 on both sides.

export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type JsonObject = { readonly [key: string]: JsonValue };

const LEAST_INT64 = -(2n ** 63n);
const MOST_INT64 = 2n ** 63n - 1n;

/** Every whole number of fewer digits is a double as well, and looking at each value costs ten times the reading. */
const MANY_DIGITS = /\d{16}/;

/** Reads JSON. Throws a SyntaxError on anything else; of a doubled key the last one counts. */
export function parseJson(text: string): JsonValue {
  if (!MANY_DIGITS.test(text)) return JSON.parse(text) as JsonValue;
  return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? exactNumber(value, context?.source ?? '') : value,
  ) as JsonValue;
}

/** Writes what `parseJson` read: big integers digit by digit. */
export function jsonText(value: JsonValue, indent?: number): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? rawJson(String(part)) : part), indent);
}

/** A number for `source`: a bigint where a double would not be the same whole number, and where 64 bits hold it. */
function exactNumber(value: number, source: string): number | bigint {
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(source)) return value;
  return wholeNumber(BigInt(source));
}

/** The number that stands for a whole number: safe ones are numbers, 64 bits are bigints, and beyond it is a double. */
export function wholeNumber(value: bigint): number | bigint {
  const near = Number(value);
  if (Number.isSafeInteger(near)) return near;
  return value >= LEAST_INT64 && value <= MOST_INT64 ? value : near;
}

/** The value with the nearest double in place of each bigint, for what knows no other numbers. It must not be nested deeply. */
export function withDoubles(value: JsonValue): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(withDoubles);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withDoubles(part)]));
}

function rawJson(text: string): unknown {
  // Of ES2025, which the type library does not know yet.
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether two values are the same; the order of keys does not count, and 1 is the same number as 1.0. */
export function sameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, index) => sameJson(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key]))
  );
}

/** A text that is the same for two values where `sameJson` says so: of many values each is compared once. */
export function sameText(value: JsonValue): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return rawJson(String(part));
    if (!isObject(part as JsonValue)) return part;
    return Object.fromEntries(Object.entries(part as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** What `path` leads to; undefined where it leads nowhere. */
export function valueAt(value: JsonValue | undefined, path: readonly (string | number)[]): JsonValue | undefined {
  let here = value;
  for (const part of path) {
    if (isList(here)) here = here[Number(part)];
    else here = isObject(here) && Object.hasOwn(here, part) ? here[part] : undefined;
  }
  return here;
}
