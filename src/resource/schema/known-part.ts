// A value without some of its fields.
import type { Path } from '../problem.ts';
import { isList, isObject, type JsonValue } from './json-value.ts';

/** A copy of `value` without what stands at the paths. */
export function without(value: JsonValue, paths: readonly Path[]): JsonValue {
  if (paths.length === 0) return value;
  const under = (key: string | number) => paths.filter(([first]) => first === key).map(([, ...rest]) => rest);
  if (isList(value)) return value.map((item, index) => without(item, under(index)));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !under(key).some((rest) => rest.length === 0));
  return Object.fromEntries(kept.map(([key, part]) => [key, without(part, under(key))]));
}
