// When the tail is compacted. After an append, groups with two hours or more are worked off at the pace at which points come
// in, so that the tail stays bounded and no append waits long; when nothing comes, sooner.

import type { AppError } from '#kit/errors.ts';
import { BLOCK_POINTS } from './blocks.ts';
import type { Compactor } from './compact.ts';
import { toAppError } from './sqlite-error.ts';
import type { TailGroup, TailWriter } from './tail.ts';

/** A group is due with that many points (two hours of 256 tracks) or rows (what reading one track has to look through). */
const DUE_POINTS = 256 * BLOCK_POINTS;
const DUE_ROWS = 2 * BLOCK_POINTS;
/** When a group could not be compacted for lack of room, it is tried again after so many more rows. */
const RETRY_ROWS = 60;

export interface CompactionPolicy {
  /** Compacts about as many points as were appended, if that many are due. */
  afterAppend(points: number): void;
  /** Compacts one piece; returns whether there is more to do. */
  whenIdle(): boolean;
}

interface Failure {
  readonly rows: number;
  readonly retryable: boolean;
}

export interface CompactionPolicyDeps {
  readonly tail: Pick<TailWriter, 'groups'>;
  readonly compactor: Compactor;
  readonly file: string;
  /** Called for every compaction that failed, with how many have failed until now. */
  onFailure(error: AppError, failures: number): void;
}

export function createCompactionPolicy({ tail, compactor, file, onFailure }: CompactionPolicyDeps): CompactionPolicy {
  const failed = new Map<number, Failure>();
  let failures = 0;

  const find = (points: number, rows: number): number | undefined => {
    for (const [group, waiting] of tail.groups) {
      if ((waiting.points >= points || waiting.rows >= rows) && !isBlocked(group, waiting)) return group;
    }
    return undefined;
  };
  /** Trying again helps once there may be room; what is damaged stays so, until its rows are gone. */
  const isBlocked = (group: number, waiting: TailGroup): boolean => {
    const last = failed.get(group);
    if (last === undefined || waiting.rows < last.rows) return false;
    return !last.retryable || waiting.rows < last.rows + RETRY_ROWS;
  };
  /** Points compacted; a failure is not the append's: the points stay where they are, and are served from there. */
  const compact = (group: number): number => {
    const rows = tail.groups.get(group)?.rows ?? 0;
    failed.delete(group);
    try {
      return compactor.compact(group);
    } catch (thrown) {
      const error = toAppError(thrown, file);
      failed.set(group, { rows, retryable: error.retryable });
      onFailure(error, ++failures);
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
