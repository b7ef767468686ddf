// Keys with the time at which each is due, the earliest first. A key is in it once: an earlier time
// replaces a later one, and the entry that it leaves behind is passed over.
import { createHeap } from '#kit/heap.ts';
import type { ObjectKey } from './contract.ts';

export interface DueHeap {
  readonly size: number;
  /** Keeps the earlier of the two times when the key is there already. */
  add(key: ObjectKey, dueMs: number): void;
  /** When the first key is due; undefined when there is none. */
  earliestMs(): number | undefined;
  /** Takes out a key that is due by then. */
  takeDue(nowMs: number): ObjectKey | undefined;
}

interface Entry {
  readonly key: ObjectKey;
  readonly dueMs: number;
}

export function createDueHeap(): DueHeap {
  const due = new Map<ObjectKey, number>();
  const heap = createHeap<Entry>((a, b) => a.dueMs - b.dueMs);
  const first = (): Entry | undefined => {
    for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
      if (due.get(entry.key) === entry.dueMs) return entry;
      heap.pop();
    }
    return undefined;
  };
  return {
    get size() {
      return due.size;
    },
    add: (key, dueMs) => {
      const before = due.get(key);
      if (before !== undefined && before <= dueMs) return;
      due.set(key, dueMs);
      heap.push({ key, dueMs });
    },
    earliestMs: () => first()?.dueMs,
    takeDue: (nowMs) => {
      const entry = first();
      if (entry === undefined || entry.dueMs > nowMs) return undefined;
      heap.pop();
      due.delete(entry.key);
      return entry.key;
    },
  };
}
