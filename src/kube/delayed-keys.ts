// Keys that are wanted later. One sleeper waits for the earliest of them, however many there are, and is woken when an
// earlier one comes.
import type { Clock } from '#kit/clock.ts';
import type { ObjectKey } from './contract.ts';
import { createDueHeap } from './due-heap.ts';

export interface DelayedKeys {
  readonly size: number;
  /** The earliest of several times holds. */
  add(key: ObjectKey, delayMs: number): void;
  /** Resolves when stopped. */
  run(): Promise<void>;
  stop(): void;
}

/** Nobody waits for anything; a timer could not be much longer. */
const LONG_MS = 3_600_000;

export function createDelayedKeys(clock: Clock, onDue: (key: ObjectKey) => void): DelayedKeys {
  const heap = createDueHeap();
  let alarm = new AbortController();
  let isStopped = false;
  return {
    get size() {
      return heap.size;
    },
    add: (key, delayMs) => {
      const before = heap.earliestMs();
      heap.add(key, clock.nowMs() + delayMs);
      // Who sleeps until the earliest time sleeps too long now.
      if (heap.earliestMs() !== before) alarm.abort();
    },
    run: async () => {
      while (!isStopped) {
        alarm = new AbortController();
        const waitMs = Math.min(LONG_MS, (heap.earliestMs() ?? Number.POSITIVE_INFINITY) - clock.nowMs());
        if (waitMs > 0) await clock.sleep(waitMs, alarm.signal);
        for (let key = heap.takeDue(clock.nowMs()); key !== undefined; key = heap.takeDue(clock.nowMs())) onDue(key);
      }
    },
    stop: () => {
      isStopped = true;
      alarm.abort();
    },
  };
}
