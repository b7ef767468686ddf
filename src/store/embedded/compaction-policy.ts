// When the tail is compacted. After an append, groups with two hours or more are worked off at the pace at which points come
// in, so that the tail stays bounded and no append waits long; when nothing comes, sooner.

import { BLOCK_POINTS } from './blocks.ts';
import type { Compactor } from './compact.ts';
import type { TailGroup, TailWriter } from './tail.ts';

/** A group is due with that many points (two hours of 256 tracks) or rows (what reading one track has to look through). */
const DUE_POINTS = 256 * BLOCK_POINTS;
const DUE_ROWS = 2 * BLOCK_POINTS;
/** When a group could not be compacted (a full disk), it is tried again after so many more rows. */
const RETRY_ROWS = 60;

export interface CompactionPolicy {
  /** Compacts about as many points as were appended, if that many are due. */
  afterAppend(points: number): void;
  /** Compacts one piece; returns whether there is more to do. */
  whenIdle(): boolean;
}

export function createCompactionPolicy(tail: TailWriter, compactor: Compactor): CompactionPolicy {
  const failedAt = new Map<number, number>();

  const find = (points: number, rows: number): number | undefined => {
    for (const [group, waiting] of tail.groups) {
      if ((waiting.points >= points || waiting.rows >= rows) && !isBlocked(group, waiting)) return group;
    }
    return undefined;
  };
  const isBlocked = (group: number, waiting: TailGroup): boolean =>
    waiting.rows < (failedAt.get(group) ?? Number.NEGATIVE_INFINITY) + RETRY_ROWS;
  /** Points compacted; a failure is not the append's: the points stay where they are, and are served from there. */
  const compact = (group: number): number => {
    const rows = tail.groups.get(group)?.rows ?? 0;
    failedAt.delete(group);
    try {
      return compactor.compact(group);
    } catch {
      failedAt.set(group, rows);
      return 0;
    }
  };

  return {
    afterAppend: (points) => {
      for (let done = 0; done < points; ) {
        const group = find(DUE_POINTS, DUE_ROWS);
        if (group === undefined) return;
        done += compact(group);
      }
    },
    whenIdle: () => {
      const group = find(DUE_POINTS / 2, DUE_ROWS / 2);
      if (group === undefined) return false;
      compact(group);
      return find(DUE_POINTS / 2, DUE_ROWS / 2) !== undefined;
    },
  };
}
