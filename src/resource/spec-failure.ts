// Why a spec could not be given its type, counted by whoever reads specs: by kind and by why, both of closed sets, so that no
// label is of anybody's choosing.
import { isObject, type JsonValue } from './schema/json-value.ts';

/** There are no others. */
export const SPEC_FAILURES = ['no-object', 'unknown-kind', 'unknown-version', 'no-spec', 'schema'] as const;
export type SpecFailure = (typeof SPEC_FAILURES)[number];
/** Of what is of no kind of ours. */
export const OTHER_KIND = 'other';

/** `path` is where the first problem is, as text. */
export function specFailureOf(object: JsonValue, path: string | undefined): SpecFailure {
  if (!isObject(object)) return 'no-object';
  if (path === 'kind') return 'unknown-kind';
  if (path === 'apiVersion') return 'unknown-version';
  return isObject(object.spec) ? 'schema' : 'no-spec';
}

export interface SpecFailureCount {
  readonly kind: string;
  readonly error: SpecFailure;
  readonly count: number;
}

export interface SpecFailures {
  /** A kind that is not ours is counted as `other`. */
  add(kind: unknown, error: SpecFailure): void;
  counts(): readonly SpecFailureCount[];
}

/** `kinds` are ours. */
export function createSpecFailures(kinds: readonly string[]): SpecFailures {
  const counted = new Map<string, SpecFailureCount>();
  return {
    add(kind, error) {
      const own = kinds.find((one) => one === kind) ?? OTHER_KIND;
      const key = `${own} ${error}`;
      counted.set(key, { kind: own, error, count: (counted.get(key)?.count ?? 0) + 1 });
    },
    counts: () => [...counted.values()],
  };
}
