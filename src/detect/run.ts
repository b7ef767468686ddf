// The last few points of one watched series, as persistence looks at them: what the guards said of each, and the figures
// it was said from, kept flat so that a finding can show the points that led to it. Nothing is allocated after the start.
import type { Score } from '#model/score.ts';

/** Fields of a point, from `place * POINT_SIZE` on. */
export const POINT = {
  timeMs: 0,
  seenMs: 1,
  value: 2,
  score: 3,
  expected: 4,
  lower: 5,
  upper: 6,
  baselineCount: 7,
  baselineFromMs: 8,
  baselineToMs: 9,
} as const;
export const POINT_SIZE = 10;

/** 1: anomalous above, −1: anomalous below, 0: normal. */
export type Verdict = 1 | -1 | 0;

export interface Run {
  readonly of: number;
  readonly verdicts: Int8Array;
  readonly points: Float64Array;
  /** Where the newest point is. */
  place: number;
  /** Points in a row with the newest one's verdict; may exceed `of`. */
  streak: number;
}

export function createRun(of: number): Run {
  return { of, verdicts: new Int8Array(of), points: new Float64Array(of * POINT_SIZE), place: 0, streak: 0 };
}

/** Forgets the points: after a silence, or when an episode is over for this series. */
export function clearRun(run: Run): void {
  run.verdicts.fill(0);
  run.streak = 0;
}

/** Takes a point in; the oldest of the last `of` goes. */
export function pushPoint(
  run: Run,
  verdict: Verdict,
  timeMs: number,
  seenMs: number,
  value: number,
  score: Score,
): void {
  run.streak = run.verdicts[run.place] === verdict ? run.streak + 1 : 1;
  run.place = run.place + 1 === run.of ? 0 : run.place + 1;
  run.verdicts[run.place] = verdict;
  if (verdict === 0) return;
  const { points } = run;
  const at = run.place * POINT_SIZE;
  points[at + POINT.timeMs] = timeMs;
  points[at + POINT.seenMs] = seenMs;
  points[at + POINT.value] = value;
  points[at + POINT.score] = score.score;
  points[at + POINT.expected] = score.expected;
  points[at + POINT.lower] = score.lower;
  points[at + POINT.upper] = score.upper;
  points[at + POINT.baselineCount] = score.baselineCount;
  points[at + POINT.baselineFromMs] = score.baselineFromMs;
  points[at + POINT.baselineToMs] = score.baselineToMs;
}

/** How many of the last `of` points have this verdict. */
export function countVerdict(run: Run, verdict: Verdict): number {
  let count = 0;
  for (const seen of run.verdicts) if (seen === verdict) count++;
  return count;
}

/** Places of the points with this verdict, oldest first. */
export function placesOf(run: Run, verdict: Verdict): number[] {
  const places: number[] = [];
  for (let back = run.of - 1; back >= 0; back--) {
    const place = (run.place - back + run.of) % run.of;
    if (run.verdicts[place] === verdict) places.push(place);
  }
  return places;
}

/** One field of the point at `place`. */
export function fieldOf(run: Run, place: number, field: keyof typeof POINT): number {
  return run.points[place * POINT_SIZE + POINT[field]] as number;
}
