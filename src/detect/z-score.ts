// The plain z-score of the old contract: signed distance from the window's mean in population standard deviations. The
// point is part of its own baseline, so that no score of n points can exceed √(n − 1); kept because users ask for it.
import type { Series } from '#model/series.ts';
import type { Algorithm, Scores } from './contract.ts';
import { isMeasured } from './measured.ts';
import { zScoreRules } from './promql/z-score.ts';
import { scoreOf } from './sigma.ts';
import { windowPoints } from './windowed.ts';

const LEAST_POINTS = 10;

export const zScore: Algorithm = {
  name: 'z-score',
  summary: 'Signed distance from the mean of the window that the point is part of, in standard deviations.',
  source: 'Textbook standard score, population standard deviation',
  shines: 'Short spikes, and detectors of old that must go on as they are.',
  fails: 'What comes slowly or lasts is part of its own baseline. Few points allow no high score at all.',
  params: {
    windowMs: {
      kind: 'number',
      summary:
        'The stretch of recorded time that is looked at together when points come one by one. No score of n points exceeds √(n − 1).',
      default: 3_600_000,
      min: 60_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
  },
  create: () => ({ score: scoreWindow }),
  promql: {
    rules: (values, recorded) =>
      zScoreRules({ points: windowPoints(values, recorded.stepMs), leastPoints: LEAST_POINTS }, recorded),
  },
};

function scoreWindow(series: Series): Scores {
  const { values } = series;
  const filled = () => new Float64Array(values.length).fill(Number.NaN);
  const result = { scores: filled(), expected: filled(), lower: filled(), upper: filled() };
  const { count, mean, deviation } = momentsOf(values);
  if (count < LEAST_POINTS) return result;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!isMeasured(value)) continue;
    result.scores[index] = deviation === 0 ? 0 : scoreOf(value, mean, deviation);
    result.expected[index] = mean;
    result.lower[index] = mean - 3 * deviation;
    result.upper[index] = mean + 3 * deviation;
  }
  return result;
}

/** Count, mean and population standard deviation of the finite values; two passes, so that an offset costs no digits. */
function momentsOf(values: Float64Array): { count: number; mean: number; deviation: number } {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (!isMeasured(value)) continue;
    count++;
    sum += value;
  }
  const mean = sum / count;
  let squares = 0;
  let rest = 0;
  for (const value of values) {
    if (!isMeasured(value)) continue;
    squares += (value - mean) ** 2;
    rest += value - mean;
  }
  return { count, mean: mean + rest / count, deviation: Math.sqrt(squares / count) };
}
