// The last few points of one watched series, as persistence looks at them: what the guards said of each, and the figures
// it was said from, kept flat so that a finding can show the points that led to it. Nearly all series are normal nearly
// always: as long as all its points are, a run holds none of them.
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
  denominator: 10,
} as const;
export const POINT_SIZE = 11;

/** 1: anomalous above, −1: anomalous below, 0: normal. */
export type Verdict = 1 | -1 | 0;

interface Points {
  readonly verdicts: Int8Array;
  readonly figures: Float64Array;
}

export interface Run {
  readonly of: number;
  /** Absent while all are normal. */
  points: Points | undefined;
  /** Where the newest point is. */
  place: number;
  /** Points in a row with the newest one's verdict; may exceed `of`. */
  streak: number;
}

export function createRun(of: number): Run {
  return { of, points: undefined, place: 0, streak: 0 };
}

/** Forgets the points: after a silence, or when an episode is over for this series. */
export function clearRun(run: Run): void {
  run.points = undefined;
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
  denominator: number,
): void {
  run.streak = newestVerdict(run) === verdict ? run.streak + 1 : 1;
  run.place = run.place + 1 === run.of ? 0 : run.place + 1;
  if (verdict === 0) {
    if (run.streak >= run.of) run.points = undefined;
    else if (run.points !== undefined) run.points.verdicts[run.place] = 0;
    return;
  }
  run.points ??= { verdicts: new Int8Array(run.of), figures: new Float64Array(run.of * POINT_SIZE) };
  run.points.verdicts[run.place] = verdict;
  const { figures: points } = run.points;
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
  points[at + POINT.denominator] = denominator;
}

/** Of the newest point; a run that holds none had normal ones. */
export function newestVerdict({ points, place }: Run): Verdict {
  return (points === undefined ? 0 : points.verdicts[place]) as Verdict;
}

/** How many of the last `of` points have this verdict. */
export function countVerdict(run: Run, verdict: Verdict): number {
  if (run.points === undefined) return verdict === 0 ? run.of : 0;
  let count = 0;
  for (const seen of run.points.verdicts) if (seen === verdict) count++;
  return count;
}

/** Places of the points with this verdict, oldest first. */
export function placesOf(run: Run, verdict: Verdict): number[] {
  const places: number[] = [];
  for (let back = run.of - 1; back >= 0; back--) {
    const place = (run.place - back + run.of) % run.of;
    if ((run.points?.verdicts[place] ?? 0) === verdict) places.push(place);
  }
  return places;
}

/** One field of the point at `place`. */
export function fieldOf(run: Run, place: number, field: keyof typeof POINT): number {
  return run.points?.figures[place * POINT_SIZE + POINT[field]] ?? Number.NaN;
}
