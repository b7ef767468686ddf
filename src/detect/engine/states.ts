// The states of scorers, many of one size in one piece of memory: a small piece for each would cost more than it holds.
import { roomFor } from './column.ts';

export interface States {
  /** A state with these figures. */
  take(figures: Float64Array): Float64Array;
  /** It is not used any more. */
  give(state: Float64Array): void;
}

/** Of one that is scored elsewhere, or not at all. */
export const STATELESS = new Float64Array(0);

/** Bytes of a piece at most: what it has too many is little beside what it holds. */
const MOST_BYTES = 65_536;

interface Pool {
  readonly free: Float64Array[];
  /** States made so far. */
  count: number;
}

export function createStates(): States {
  const pools = new Map<number, Pool>();

  function poolOf(size: number): Pool {
    const pool = pools.get(size) ?? { free: [], count: 0 };
    pools.set(size, pool);
    return pool;
  }

  function extend(pool: Pool, size: number): void {
    const most = Math.max(1, Math.floor(MOST_BYTES / (size * Float64Array.BYTES_PER_ELEMENT)));
    const count = Math.min(most, roomFor(pool.count, 0) - pool.count);
    const { buffer } = new Float64Array(count * size);
    // The first is given first.
    for (let at = count - 1; at >= 0; at--) {
      pool.free.push(new Float64Array(buffer, at * size * Float64Array.BYTES_PER_ELEMENT, size));
    }
    pool.count += count;
  }

  return {
    take(figures) {
      const size = figures.length;
      if (size === 0) return STATELESS;
      const pool = poolOf(size);
      if (pool.free.length === 0) extend(pool, size);
      const state = pool.free.pop() as Float64Array;
      state.set(figures);
      return state;
    },
    give(state) {
      if (state.length > 0) poolOf(state.length).free.push(state);
    },
  };
}
