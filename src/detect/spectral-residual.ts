// What the window's other frequencies do not lead to expect (see stats/spectral-residual.ts), in robust deviations of its own:
// points that break a rhythm, whatever the rhythm is. Scores whole windows; in a stream each point is the last of its window,
// which is carried on by a few estimated points as the paper has it. Nothing is expected in the metric's unit: "expected" is
// the window's median, and there is no band. A window of 1,440 points costs some 0.5 ms, one of 10,080 6 ms.

import type { Series } from '#model/series.ts';
import { madSorted, SIGMA_PER_MAD } from '#stats/mad.ts';
import { medianSorted } from '#stats/median.ts';
import { createRealFft, type RealFft } from '#stats/real-fft.ts';
import { wideningOfMedian } from '#stats/small-sample.ts';
import { spectralResidual as residualOf } from '#stats/spectral-residual.ts';
import type { Algorithm, Scores } from './contract.ts';
import { scoreOf } from './sigma.ts';
import { measuredIndices, noScores } from './window-scores.ts';

const LEAST_POINTS = 20;
/** Estimated points behind the last, and how many slopes go into the estimate: the paper's κ and m. */
const EXTENDED = 5;
const SLOPES = 5;

/**
 * Fills the places behind the values with the paper's estimate, but from the points before the last: carried on from a last
 * point that is off, it would be the beginning of a plateau and no spike.
 */
function extend(values: Float64Array, count: number): void {
  const newest = count - 2;
  const last = values[newest] as number;
  let slope = 0;
  for (let back = 1; back <= SLOPES; back++) slope += (last - (values[newest - back] as number)) / back / SLOPES;
  values.fill((values[newest - SLOPES + 1] as number) + slope * SLOPES, count, count + EXTENDED);
}

function scoreWindow(series: Series, planOf: (length: number) => RealFft): Scores {
  const result = noScores(series.values.length);
  const places = measuredIndices(series.values);
  const count = places.length;
  if (count < LEAST_POINTS) return result;
  const values = new Float64Array(count + EXTENDED);
  for (let index = 0; index < count; index++) values[index] = series.values[places[index] as number] as number;
  extend(values, count);
  const residual = new Float64Array(values.length);
  residualOf(planOf(values.length), values, residual);
  const sorted = residual.slice(0, count).sort();
  const centre = medianSorted(sorted, 0, count);
  const sigma = SIGMA_PER_MAD * madSorted(sorted, 0, count, centre) * wideningOfMedian(count);
  const expected = medianSorted(values.slice(0, count).sort(), 0, count);
  for (let index = 0; index < count; index++) {
    const place = places[index] as number;
    result.scores[place] = scoreOf((residual[index] as number) - centre, 0, sigma);
    result.expected[place] = expected;
  }
  return result;
}

export const spectralResidual: Algorithm = {
  name: 'spectral-residual',
  summary: 'What the other frequencies of a day do not lead to expect; finds breaks of a rhythm without knowing it.',
  source:
    'Ren et al., Time-series anomaly detection service at Microsoft (2019); Hou & Zhang, Saliency detection (2007)',
  shines: 'Short breaks of a rhythm that nobody described.',
  fails: 'What lasts or comes slowly. Its scores have a longer tail than others: it wants a higher threshold.',
  params: {
    windowMs: {
      kind: 'number',
      summary:
        'The stretch of recorded time that is looked at together when points come one by one; 5000 points at most.',
      default: 86_400_000,
      min: 1_200_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
  },
  create() {
    // In a stream all windows but the first few are of one length.
    let plan: RealFft | undefined;
    const planOf = (length: number) => {
      if (plan?.length !== length) plan = createRealFft(length);
      return plan;
    };
    return { score: (series) => scoreWindow(series, planOf) };
  },
};
