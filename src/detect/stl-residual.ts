// What trend and season leave of a value: the window is decomposed by robust loess (STL), and a residual is measured in robust
// deviations of all. Points are gathered into parts of the period first, so that the cost is bounded by the number of parts,
// not of points; a point is compared with the decomposition between the middles of its neighbours. Needs two periods.
// Scores whole windows, each point with what came after it; in a stream a point is the last of its window.
// With the defaults a window of 4,320 points costs some 1 ms, one of 10,080 some 2.5 ms.

import type { Series } from '#model/series.ts';
import { madSorted, SIGMA_PER_MAD } from '#stats/mad.ts';
import { medianSorted } from '#stats/median.ts';
import { wideningOfMedian } from '#stats/small-sample.ts';
import { type Decomposition, stl } from '#stats/stl.ts';
import type { Algorithm, ParamValues, Scores } from './contract.ts';
import { fillScore } from './sigma.ts';
import { measuredIndices, noScores } from './window-scores.ts';

/** A longer window is cut to its end: parts that are mostly a gap cost as much as others. */
const MOST_PARTS = 5000;
const ROUNDS = { innerRounds: 2, outerRounds: 2 };

interface Parts {
  readonly fromMs: number;
  readonly widthMs: number;
  readonly period: number;
  readonly anchor: number;
  /** Means, less `anchor`; NaN where there was no point. */
  readonly means: Float64Array;
}

function gather({ timesMs, values }: Series, places: Int32Array, periodMs: number, period: number): Parts {
  const widthMs = periodMs / period;
  // About a value of its own a constant is nothing but zeros, and an offset costs no digits.
  const anchor = values[places[0] as number] as number;
  const last = timesMs[places[places.length - 1] as number] as number;
  const first = timesMs[places[0] as number] as number;
  const count = Math.min(MOST_PARTS, Math.floor((last - first) / widthMs) + 1);
  const fromMs = last - first < count * widthMs ? first : last - count * widthMs + 1;
  const means = new Float64Array(count);
  const counts = new Float64Array(count);
  for (const place of places) {
    const part = Math.floor(((timesMs[place] as number) - fromMs) / widthMs);
    if (part < 0) continue;
    counts[part] = (counts[part] as number) + 1;
    const mean = means[part] as number;
    means[part] = mean + ((values[place] as number) - anchor - mean) / (counts[part] as number);
  }
  for (let part = 0; part < count; part++) if (counts[part] === 0) means[part] = Number.NaN;
  return { fromMs, widthMs, period, anchor, means };
}

/** Trend and season at a time: on the straight line between the middles of two parts. */
function between({ trend, seasonal }: Decomposition, { fromMs, widthMs, period }: Parts, timeMs: number): number {
  const count = trend.length;
  // Beyond the ends the trend stays, and the season is that of a cycle before or after.
  const smoothAt = (part: number) =>
    (trend[Math.max(0, Math.min(count - 1, part))] as number) +
    (seasonal[part < 0 ? part + period : part >= count ? part - period : part] as number);
  const at = (timeMs - fromMs) / widthMs - 0.5;
  const left = Math.floor(at);
  const low = smoothAt(left);
  return low + (at - left) * (smoothAt(left + 1) - low);
}

function scoreWindow(series: Series, periodMs: number, parts: number): Scores {
  const { timesMs, values, stepMs } = series;
  const result = noScores(values.length);
  const places = measuredIndices(values);
  if (places.length === 0) return result;
  const period = Math.max(2, Math.min(parts, Math.floor(periodMs / stepMs)));
  const gathered = gather(series, places, periodMs, period);
  const jump = Math.max(1, Math.floor(period / 10));
  const found = stl(gathered.means, { period, ...ROUNDS, jumps: { seasonal: 1, trend: jump, lowPass: jump } });
  if (found === undefined) return result;
  const scored = places.filter((place) => (timesMs[place] as number) >= gathered.fromMs);
  const residuals = Float64Array.from(scored, (place) => {
    const expected = gathered.anchor + between(found, gathered, timesMs[place] as number);
    result.expected[place] = expected;
    return (values[place] as number) - expected;
  }).sort();
  const centre = medianSorted(residuals, 0, residuals.length);
  const sigma = SIGMA_PER_MAD * madSorted(residuals, 0, residuals.length, centre) * wideningOfMedian(residuals.length);
  const out = { score: 0, expected: 0, lower: 0, upper: 0, baselineCount: 0, baselineFromMs: 0, baselineToMs: 0 };
  for (const place of scored) {
    fillScore(out, values[place] as number, result.expected[place] as number, sigma);
    result.scores[place] = out.score;
    result.lower[place] = out.lower;
    result.upper[place] = out.upper;
  }
  return result;
}

function createStlResidual(values: ParamValues) {
  const periodMs = Number(values.periodMs);
  const parts = Number(values.parts);
  return { score: (series: Series) => scoreWindow(series, periodMs, parts) };
}

export const stlResidual: Algorithm = {
  name: 'stl-residual',
  summary: 'What trend and season by robust loess leave of a value, in robust deviations; for windows of whole days.',
  source:
    'Cleveland, Cleveland, McRae & Terpenning, STL: a seasonal-trend decomposition procedure based on loess (1990)',
  shines: 'The same day after day, also where some days of the history were bad.',
  fails: 'Weekends, and sharp edges of what is done by the clock. It is dear a point.',
  params: {
    periodMs: {
      kind: 'number',
      summary: 'After what time the series repeats. Two of them must be in the window.',
      default: 86_400_000,
      min: 600_000,
      max: 604_800_000,
      unit: 'ms',
    },
    parts: {
      kind: 'number',
      summary: 'Parts of a period whose means are decomposed; never narrower than the distance of the points.',
      default: 48,
      min: 4,
      max: 288,
      integer: true,
    },
    windowMs: {
      kind: 'number',
      summary:
        'The stretch of recorded time that is looked at together when points come one by one; 5000 points at most.',
      default: 259_200_000,
      min: 1_200_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
  },
  create: createStlResidual,
};
