// The score of the Numenta Anomaly Benchmark (Lavin & Ahmad, "Evaluating real-time anomaly detection algorithms", 2015), after
// its specification and the results it published: the first detection in a window earns more the earlier it is, a missed window
// costs 1, each row detected outside costs by how far it is past the last window. One threshold for all series, the best there is;
// 0 is a detector that never fires, 100 a perfect one. The threshold is chosen with the truth at hand: NAB does so for everyone.
import type { Run } from './runs.ts';

export interface NabSeries {
  /** As long as the series; larger is more anomalous. NaN is never a detection. */
  readonly scores: Float64Array;
  readonly windows: readonly Run[];
}

export interface NabProfile {
  readonly name: string;
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

/** The weights of NAB's config/profiles.json. */
export const NAB_PROFILES = {
  standard: { name: 'standard', truePositive: 1, falsePositive: 0.11, falseNegative: 1 },
  lowFalsePositives: { name: 'reward_low_FP_rate', truePositive: 1, falsePositive: 0.22, falseNegative: 1 },
} as const satisfies Record<string, NabProfile>;

export interface NabScore {
  /** 0 to 100, below 0 for what had better never fired. NaN without windows. */
  readonly score: number;
  readonly threshold: number;
}

/** The first 15 % of a series, at most of 5000 rows, are for learning and do not count. */
const PROBATION = 0.15;
const MOST_PROBATION = 0.15 * 5000;
const OUTSIDE = -1;

/** What each row is worth when it is detected, and which window of all series it is in (OUTSIDE for none). */
interface Worth {
  readonly scores: Float64Array;
  readonly worth: Float64Array;
  readonly windows: Int32Array;
  readonly windowCount: number;
}

/** The score at the threshold that is best for all series together. */
export function nabScore(series: readonly NabSeries[], profile: NabProfile): NabScore {
  const rows = worthOfRows(series, profile);
  const order = Uint32Array.from(rows.scores, (_, row) => row).sort(
    (a, b) => (rows.scores[b] as number) - (rows.scores[a] as number),
  );
  const earned = new Float64Array(rows.windowCount).fill(-profile.falseNegative);
  let raw = -profile.falseNegative * rows.windowCount;
  let best = { raw, threshold: Number.POSITIVE_INFINITY };
  for (let at = 0; at < order.length; ) {
    const threshold = rows.scores[order[at] as number] as number;
    for (; at < order.length && rows.scores[order[at] as number] === threshold; at++) {
      raw += detect(rows, order[at] as number, earned);
    }
    if (raw > best.raw) best = { raw, threshold };
  }
  return { score: normalised(best.raw, rows.windowCount, profile), threshold: best.threshold };
}

/** The score at a threshold that is given. */
export function nabScoreAt(series: readonly NabSeries[], threshold: number, profile: NabProfile): number {
  return normalised(nabRawAt(series, threshold, profile), worthOfRows(series, profile).windowCount, profile);
}

/** What the series together earn when rows that score `threshold` or more are detections; not normalised. */
export function nabRawAt(series: readonly NabSeries[], threshold: number, profile: NabProfile): number {
  const rows = worthOfRows(series, profile);
  const earned = new Float64Array(rows.windowCount).fill(-profile.falseNegative);
  let raw = -profile.falseNegative * rows.windowCount;
  rows.scores.forEach((score, row) => {
    if (score >= threshold) raw += detect(rows, row, earned);
  });
  return raw;
}

/** The place of a raw score between a detector that never fires (0) and a perfect one (100). */
export function normalised(raw: number, windows: number, profile: NabProfile): number {
  const never = -profile.falseNegative * windows;
  return (100 * (raw - never)) / (profile.truePositive * windows - never);
}

/** Row `row` is detected: the difference to the raw score. Only the best row of a window counts. */
function detect({ worth, windows }: Worth, row: number, earned: Float64Array): number {
  const worthOfRow = worth[row] as number;
  const window = windows[row] as number;
  if (window === OUTSIDE) return worthOfRow;
  const before = earned[window] as number;
  if (worthOfRow <= before) return 0;
  earned[window] = worthOfRow;
  return worthOfRow - before;
}

/** The rows that count, of all series; windows that lie wholly in the probation are nobody's miss. */
function worthOfRows(all: readonly NabSeries[], profile: NabProfile): Worth {
  const scores: number[] = [];
  const worth: number[] = [];
  const windowOf: number[] = [];
  let windowCount = 0;
  for (const series of all) {
    const from = Math.min(Math.floor(PROBATION * series.scores.length), MOST_PROBATION);
    const first = series.windows.findIndex(({ last }) => last >= from);
    let next = Math.max(first, 0);
    const numberedFrom = windowCount - next;
    for (let row = from; row < series.scores.length; row++) {
      while (next < series.windows.length && (series.windows[next] as Run).last < row) next++;
      const window = series.windows[next];
      if (Number.isNaN(series.scores[row])) continue;
      scores.push(series.scores[row] as number);
      if (window !== undefined && row >= window.first) {
        windowOf.push(numberedFrom + next);
        worth.push((worthInside(row, window) / worthInside(window.first, window)) * profile.truePositive);
      } else {
        windowOf.push(OUTSIDE);
        worth.push(worthOutside(row, series.windows[next - 1]) * profile.falsePositive);
      }
    }
    if (first >= 0) windowCount += series.windows.length - first;
  }
  return {
    scores: Float64Array.from(scores),
    worth: Float64Array.from(worth),
    windows: Int32Array.from(windowOf),
    windowCount,
  };
}

function worthInside(row: number, { first, last }: Run): number {
  return scaledSigmoid(-(last - row + 1) / (last - first + 1));
}

/** Nearly nothing just behind a window, and the whole weight three windows later or before the first. */
function worthOutside(row: number, before: Run | undefined): number {
  return before === undefined ? -1 : scaledSigmoid((row - before.last) / (before.last - before.first));
}

function scaledSigmoid(position: number): number {
  return position >= 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}
