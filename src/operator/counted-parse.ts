// Counts the detectors that the operator reads and cannot give their type. A watch brings an object again with every write of
// its status: what is wrong is counted once for each generation.
import type { ParsedObject } from '#resource/anomaly-detector/parse-object.ts';
import { isObject, type JsonValue } from '#resource/schema/json-value.ts';
import { type SpecFailures, specFailureOf } from '#resource/spec-failure.ts';

type Parse = (object: unknown) => ParsedObject;

/** Of so many is known which generation was counted; of more the oldest are counted again. */
const MOST_KNOWN = 10_000;

/** Parses as `parse` does. */
export function countedParse(parse: Parse, failures: Pick<SpecFailures, 'add'>): Parse {
  const known = new Map<string, number>();
  return (object) => {
    const parsed = parse(object);
    const [first] = parsed.problems;
    if (first === undefined) return parsed;
    const value = object as JsonValue;
    const { uid, generation } = identityOf(value);
    if (uid !== undefined && known.get(uid) === generation) return parsed;
    if (uid !== undefined) {
      const [oldest] = known.keys();
      if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest);
      known.set(uid, generation);
    }
    failures.add(isObject(value) ? value.kind : undefined, specFailureOf(value, first.path));
    return parsed;
  };
}

function identityOf(object: JsonValue): { readonly uid: string | undefined; readonly generation: number } {
  const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {};
  const { uid, generation } = metadata;
  return { uid: typeof uid === 'string' ? uid : undefined, generation: Number(generation ?? 0) };
}
