// How soon random cuts set a stretch of a few points apart from the window's other stretches (see stats/isolation-forest.ts).
// Depths are bounded, and so is what they are worth: few windows have anything beyond 4 sigmas, so take a threshold of 2.5. The
// sign is the side of the window's median; that is also what is called expected, and there is no band. The same seed gives
// the same scores. Scores whole windows, and grows its forest anew for each: 240 points cost 2 ms, 10,080 some 30 ms.

import type { Series } from '#model/series.ts';
import { growIsolationForest, scoreIsolation } from '#stats/isolation-forest.ts';
import { medianSorted } from '#stats/median.ts';
import type { Algorithm, ParamValues, Scores } from './contract.ts';
import { tailSigmas } from './empirical-tail.ts';
import { SEED_PARAM, WIDTH_PARAM } from './stretch-params.ts';
import { measuredIndices, noScores } from './window-scores.ts';

const LEAST_ROWS = 20;

/** Every stretch of `width` values, a row each. */
function embed(values: Float64Array, width: number) {
  const rows = Math.max(0, values.length - width + 1);
  const matrix = { rows, cols: width, values: new Float64Array(rows * width) };
  for (let row = 0; row < rows; row++) matrix.values.set(values.subarray(row, row + width), row * width);
  return matrix;
}

function scoreWindow(series: Series, given: ParamValues): Scores {
  const result = noScores(series.values.length);
  const width = Number(given.width);
  const places = measuredIndices(series.values);
  const values = Float64Array.from(places, (place) => series.values[place] as number);
  const matrix = embed(values, width);
  if (matrix.rows < LEAST_ROWS) return result;
  const forest = growIsolationForest(matrix, {
    trees: Number(given.trees),
    sample: Number(given.sample),
    seed: Number(given.seed),
  });
  const depths = scoreIsolation(forest, matrix);
  const sigmasOf = tailSigmas(depths);
  const expected = medianSorted(values.slice().sort(), 0, values.length);
  for (let row = 0; row < matrix.rows; row++) {
    // A stretch is scored at its last point: what comes after it is not in it.
    const place = places[row + width - 1] as number;
    const sign = (values[row + width - 1] as number) < expected ? -1 : 1;
    result.scores[place] = sign * sigmasOf(depths[row] as number);
    result.expected[place] = expected;
  }
  return result;
}

export const isolationForest: Algorithm = {
  name: 'isolation-forest',
  summary: 'How soon random cuts set the last few points apart from the others; take a threshold of 2.5, not of 6.',
  source: 'Liu, Ting & Zhou, Isolation forest (2008); tail by peaks over a threshold, Pickands (1975)',
  shines: 'Short windows in which something is unlike the rest, with no idea of what it looks like.',
  fails: 'What comes slowly is never set apart. Scores are bounded: beyond a threshold of 4 there is nothing.',
  params: {
    width: WIDTH_PARAM,
    trees: {
      kind: 'number',
      summary: 'How many trees are grown. More make scores steadier, and cost as much more.',
      default: 100,
      min: 10,
      max: 200,
      integer: true,
    },
    sample: {
      kind: 'number',
      summary: 'From how many stretches each tree is grown.',
      default: 256,
      min: 16,
      max: 1024,
      integer: true,
    },
    seed: SEED_PARAM,
    windowMs: {
      kind: 'number',
      summary:
        'The stretch of recorded time that is looked at together when points come one by one; 5000 points at most.',
      default: 14_400_000,
      min: 1_200_000,
      max: 2_592_000_000,
      unit: 'ms',
    },
  },
  create: (values) => ({ score: (series) => scoreWindow(series, values) }),
};
