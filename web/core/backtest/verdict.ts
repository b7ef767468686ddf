// What a back-test says in figures: its findings beside those of the setting that runs, how many a day, and for how long the
// series was red. Counted within the range that is shown; the engine had seen all that was before.
import { endOf, type Finding } from '#model/finding.ts';
import { FLAG } from '#model/score.ts';
import { GAP_STEPS } from '../chart-data.ts';
import { openStretches } from '../open-stretches.ts';
import type { Span } from '../time-scale.ts';

/** One line of the list. `gone`: the setting that runs had it, and this one has not. */
export interface Found {
  readonly state: 'new' | 'same' | 'gone';
  readonly startMs: number;
  /** Undefined while it is open. */
  readonly endMs: number | undefined;
  readonly score: number;
  readonly value: number;
  readonly expected: number;
}

/** Columns of one length. */
export interface Scored {
  readonly stepMs: number;
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number | null>;
  readonly expected: ArrayLike<number | null>;
  readonly scores: ArrayLike<number | null>;
  readonly flags: ArrayLike<number>;
}

/** A stretch in which a finding of the setting that runs was open. */
export interface FoundBefore extends Span, Pick<Found, 'score' | 'value' | 'expected'> {}

export interface Verdict {
  readonly found: readonly Found[];
  /** Of this setting: gone ones are not counted. */
  readonly count: number;
  readonly fresh: number;
  readonly gone: number;
  /** Undefined where less than an hour was measured: a day's worth of it says nothing. */
  readonly perDay: number | undefined;
  readonly redMs: number;
}

const HOUR = 3_600_000;

/** `before` is undefined where nobody watches the series: then nothing is new. */
export function verdictOf(
  findings: readonly Finding[],
  now: Scored,
  before: readonly FoundBefore[] | undefined,
  range: Span,
): Verdict {
  const mine = findings.map((finding) => foundOf(finding, before));
  const gone = (before ?? []).filter((one) => !findings.some((finding) => meets(finding, one)));
  const shown = [...mine, ...gone.map(goneOf)]
    .filter(({ startMs, endMs }) => startMs <= range.toMs && (endMs ?? Number.POSITIVE_INFINITY) >= range.fromMs)
    .sort((a, b) => a.startMs - b.startMs);
  const counted = (state: Found['state']): number => shown.filter((one) => one.state === state).length;
  const { measuredMs, redMs } = lengths(now, range);
  const count = shown.length - counted('gone');
  return {
    ...{ found: shown, count, redMs },
    fresh: counted('new'),
    gone: counted('gone'),
    perDay: measuredMs < HOUR ? undefined : (count * 24 * HOUR) / measuredMs,
  };
}

/** What the setting that runs has found, as its flags tell: each stretch by its strongest point. */
export function foundBefore({ timesMs, scores, values, expected, flags }: Scored): FoundBefore[] {
  return openStretches(flags).map(({ from, to }) => {
    let peak = from;
    for (let row = from; row <= to; row++) {
      if (Math.abs(scores[row] ?? 0) > Math.abs(scores[peak] ?? 0)) peak = row;
    }
    return {
      ...{ fromMs: timesMs[from] ?? Number.NaN, toMs: timesMs[to] ?? Number.NaN },
      ...{ score: scores[peak] ?? Number.NaN, value: values[peak] ?? Number.NaN },
      expected: expected[peak] ?? Number.NaN,
    };
  });
}

function meets({ startMs, closedMs }: Finding, { fromMs, toMs }: Span): boolean {
  return startMs <= toMs && (closedMs ?? Number.POSITIVE_INFINITY) >= fromMs;
}

function foundOf(finding: Finding, before: readonly Span[] | undefined): Found {
  const { score, value, expected } = finding.peak;
  const isSame = before === undefined || before.some((stretch) => meets(finding, stretch));
  return {
    ...{ state: isSame ? 'same' : 'new', startMs: finding.startMs, endMs: endOf(finding) },
    ...{ score, value, expected },
  };
}

function goneOf({ fromMs, toMs, ...peak }: FoundBefore): Found {
  return { ...{ state: 'gone', startMs: fromMs, endMs: toMs }, ...peak };
}

function lengths({ timesMs, flags, stepMs }: Scored, { fromMs, toMs }: Span): { measuredMs: number; redMs: number } {
  let [measuredMs, redMs] = [0, 0];
  for (let row = 0; row < flags.length; row++) {
    const timeMs = timesMs[row] ?? Number.NaN;
    if (timeMs < fromMs || timeMs > toMs) continue;
    const sinceMs = row === 0 ? stepMs : timeMs - (timesMs[row - 1] ?? timeMs);
    const coveredMs = sinceMs > GAP_STEPS * stepMs ? stepMs : sinceMs;
    measuredMs += coveredMs;
    if (((flags[row] ?? 0) & FLAG.findingOpen) !== 0) redMs += coveredMs;
  }
  return { measuredMs, redMs };
}
