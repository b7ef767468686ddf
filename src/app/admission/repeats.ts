// Who makes the same patch of the same object again and again is being fought by somebody: another webhook that takes it back,
// or a controller that writes what it finds in its file. After a few times it is left as the other one wants it, which
// means the same: what is written out is what its absence says. Bounded, and gone with the process: nothing depends on it.
import { createHash } from 'node:crypto';
import type { AdmissionReview } from '#operator/admission/review.ts';
import { isObject, jsonText } from '#resource/schema/json-value.ts';

export interface Repeats {
  /** Whether this patch of the review's object has been made too often lately. A dry run asks, and leaves no trace. */
  isFight(review: AdmissionReview): boolean;
}

const MOST_OBJECTS = 1000;
/** Reinvocation makes two of one write. */
const MOST_TIMES = 3;
const WINDOW_MS = 600_000;

export function createRepeats(nowMs: () => number): Repeats {
  /** The one that was seen last at the end. */
  const seen = new Map<string, { readonly sinceMs: number; times: number }>();
  return {
    isFight(review) {
      const key = keyOf(review);
      if (key === undefined) return false;
      const known = seen.get(key);
      const isFresh = known === undefined || nowMs() - known.sinceMs > WINDOW_MS;
      const { sinceMs, times } = isFresh ? { sinceMs: nowMs(), times: 0 } : known;
      if (!review.dryRun) {
        seen.delete(key);
        seen.set(key, { sinceMs, times: times + 1 });
        const [oldest] = seen.keys();
        if (seen.size > MOST_OBJECTS && oldest !== undefined) seen.delete(oldest);
      }
      return times >= MOST_TIMES;
    },
  };
}

/**
 * By its name: whoever makes it anew makes it with another uid. Undefined for one that has no name yet, and for one that is
 * nested too deeply to be written.
 */
function keyOf({ object }: AdmissionReview): string | undefined {
  if (!isObject(object) || !isObject(object.metadata)) return undefined;
  const { name, namespace = '' } = object.metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  try {
    const what = jsonText([object.kind ?? '', namespace, name, object.spec ?? null]);
    return createHash('sha256').update(what).digest('base64');
  } catch {
    return undefined;
  }
}
