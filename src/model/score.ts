// One scored point. A score is in sigmas: on roughly normal data ±3 is as rare, on the series' own history, as 3σ of a
// normal (0.27 %). On skewed data and on counts of rare things more lies beyond though nothing is wrong: up to 9 %, by
// method and shape (docs/algorithms.md). Persistence and the other guards are for that. The sign is the direction.
// NaN means that there is no score (missing value, or still warming up).
import type { Labels } from './series.ts';

/** Filled in place by `step`, so that the hot path allocates nothing. */
export interface Score {
  score: number;
  expected: number;
  /** The band of ±3σ as the method understands it. */
  lower: number;
  upper: number;
  /** How many points the baseline held, and when its oldest and newest were measured (NaN without one). */
  baselineCount: number;
  baselineFromMs: number;
  baselineToMs: number;
}

export function emptyScore(): Score {
  return {
    score: Number.NaN,
    expected: Number.NaN,
    lower: Number.NaN,
    upper: Number.NaN,
    baselineCount: 0,
    baselineFromMs: Number.NaN,
    baselineToMs: Number.NaN,
  };
}

/** What was decided about a point, as bits: stored beside the score, so that a page can say which guard held it back. */
export const FLAG = {
  /** |score| > threshold. The bits of guards are set only on such points. */
  beyondThreshold: 1,
  failedDirection: 2,
  failedAbsolute: 4,
  failedRelative: 8,
  failedRange: 16,
  failedPersistence: 32,
  /** A finding that this series takes part in is open after this point. */
  findingOpen: 64,
  missing: 128,
  failedCalendar: 256,
  failedDenominator: 512,
} as const;

/** The bits of guards that hold a single point back; persistence is of several. */
export const HELD_BACK =
  FLAG.failedDirection |
  FLAG.failedAbsolute |
  FLAG.failedRelative |
  FLAG.failedRange |
  FLAG.failedCalendar |
  FLAG.failedDenominator;

/** A series as one detector watches it. The key is `detector|seriesKey`. */
export interface Track {
  readonly key: string;
  readonly detector: string;
  readonly series: string;
  readonly labels: Labels;
  readonly stepMs: number;
  readonly threshold: number;
}
