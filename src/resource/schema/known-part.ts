// A value without some of its fields.
import type { Path } from '../problem.ts';
import { isList, isObject, type JsonValue } from './json-value.ts';

/** A copy of `value` without what stands at the paths. */
export function without(value: JsonValue, paths: readonly Path[]): JsonValue {
  if (paths.length === 0) return value;
  if (isList(value)) {
    const under = byFirst(paths);
    return value.map((item, index) => without(item, under.get(index) ?? []));
  }
  if (!isObject(value)) return value;
  const under = byFirst(paths);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => {
      const rests = under.get(key) ?? [];
      return rests.some((rest) => rest.length === 0) ? [] : [[key, without(part, rests)]];
    }),
  );
}

/** What follows, by what each path begins with: whoever sends an object chooses how many there are. */
function byFirst(paths: readonly Path[]): ReadonlyMap<string | number, readonly Path[]> {
  const grouped = new Map<string | number, Path[]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined) continue;
    const rests = grouped.get(first);
    if (rests === undefined) grouped.set(first, [rest]);
    else rests.push(rest);
  }
  return grouped;
}
