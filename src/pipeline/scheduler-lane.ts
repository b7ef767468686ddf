// The plans of one lane, in the order in which they are due.
import { createHeap } from '#kit/heap.ts';

export interface Entry<P> {
  plan: P;
  lane: Lane<P>;
  dueMs: number;
  /** Names its place in the heap; older ones of the same plan are void. */
  ticket: number;
  running: boolean;
  /** It was replaced or hastened while it ran, and is due again. */
  again: 'at once' | 'soon' | undefined;
}

export interface Lane<P> {
  readonly name: string;
  /** Of its plans. */
  readonly keys: Set<string>;
  /** Groups under way. */
  running: number;
  /** Takes the entry with its new time. */
  push(entry: Entry<P>): void;
  /** The entry that is due first and does not run. */
  first(): Entry<P> | undefined;
}

interface Place {
  readonly key: string;
  readonly dueMs: number;
  readonly ticket: number;
}

const SLACK = 100;

export function createLane<P extends { readonly key: string }>(
  name: string,
  entryOf: (key: string) => Entry<P> | undefined,
): Lane<P> {
  const heap = createHeap<Place>((a, b) => a.dueMs - b.dueMs || a.ticket - b.ticket);
  const keys = new Set<string>();
  let tickets = 0;
  const lane: Lane<P> = {
    name,
    keys,
    running: 0,
    push(entry) {
      entry.ticket = tickets++;
      heap.push({ key: entry.plan.key, dueMs: entry.dueMs, ticket: entry.ticket });
      // A plan that changes all the time leaves its old times behind.
      if (heap.size > 2 * keys.size + SLACK) heap.keep((place) => isValid(place));
    },
    first() {
      for (let top = heap.peek(); top !== undefined; top = heap.peek()) {
        const entry = entryOf(top.key);
        if (entry !== undefined && isValid(top) && !entry.running) return entry;
        heap.pop();
      }
      return undefined;
    },
  };
  /** What was removed, or given another time or lane, is passed over. */
  function isValid({ key, ticket }: Place): boolean {
    const entry = entryOf(key);
    return entry?.lane === lane && entry.ticket === ticket;
  }
  return lane;
}
