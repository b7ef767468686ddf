// What waits, by namespace: each namespace has its turn, so that one with thousands keeps the others waiting for one only.

export interface Turns<V> {
  readonly size: number;
  get(key: string): V | undefined;
  /** One that waits already keeps its place. */
  set(key: string, value: V): void;
  delete(key: string): void;
  clear(): void;
  /** The first of the namespace whose turn it is. */
  take(): readonly [key: string, value: V] | undefined;
}

/** Keys are `namespace/name`. */
export function createTurns<V>(): Turns<V> {
  /** Maps keep the order in which they came; the namespace in front has its turn. */
  const lanes = new Map<string, Map<string, V>>();
  let size = 0;

  function remove(lane: string, key: string): V | undefined {
    const waiting = lanes.get(lane);
    const value = waiting?.get(key);
    if (waiting?.delete(key) === true) size--;
    if (waiting?.size === 0) lanes.delete(lane);
    return value;
  }

  return {
    get size() {
      return size;
    },
    get: (key) => lanes.get(laneOf(key))?.get(key),
    set(key, value) {
      const lane = laneOf(key);
      const waiting = lanes.get(lane) ?? new Map<string, V>();
      if (!waiting.has(key)) size++;
      waiting.set(key, value);
      lanes.set(lane, waiting);
    },
    delete: (key) => void remove(laneOf(key), key),
    clear() {
      lanes.clear();
      size = 0;
    },
    take() {
      const [front] = lanes;
      if (front === undefined) return undefined;
      const [lane, waiting] = front;
      const [first] = waiting;
      if (first === undefined) return undefined;
      remove(lane, first[0]);
      // Behind all others until its next turn.
      if (lanes.delete(lane)) lanes.set(lane, waiting);
      return first;
    },
  };
}

function laneOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}
