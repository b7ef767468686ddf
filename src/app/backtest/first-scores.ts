// When each track had its first score: before that its detector was warming up, and nothing can be held against it.
import { isMeasured } from '#detect/measured.ts';
import type { TickOutput } from '#pipeline/records.ts';
import { eachRow } from './play.ts';

export interface FirstScores {
  look(tick: TickOutput): void;
  readonly timesMs: ReadonlyMap<string, number>;
  /** Values up to then, missing ones not counted. */
  readonly values: ReadonlyMap<string, number>;
}

export function createFirstScores(): FirstScores {
  const timesMs = new Map<string, number>();
  const values = new Map<string, number>();
  return {
    timesMs,
    values,
    look(tick) {
      eachRow(tick, ({ key }, row) => {
        if (timesMs.has(key)) return;
        const { scores } = tick;
        if (isMeasured(scores.values[row] ?? Number.NaN)) values.set(key, (values.get(key) ?? 0) + 1);
        if (!Number.isNaN(scores.scores[row])) timesMs.set(key, scores.timesMs[row] ?? 0);
      });
    },
  };
}
