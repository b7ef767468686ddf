import { expect, test } from 'vitest';
import { widening } from '#stats/small-sample.ts';
import { readGolden } from '../../test/reference/golden.ts';
import { ema } from './ema.ts';
import { STEP_MS, stepAll } from './test-series.ts';

const given = { halfLifeMs: 6 * STEP_MS, minPoints: 10 };

test.each(['noise', 'gaps', 'steps'])(
  'of "%s" mean and deviation are those of pandas’ ewm, one point earlier',
  (name) => {
    const golden = readGolden().series[name];
    const held = (golden?.values ?? []).filter((value) => value !== null);
    const scores = stepAll(ema, held, given);
    expect(scores.length).toBeGreaterThan(30);
    let weights = 0;
    let squared = 0;
    const decay = 0.5 ** (1 / 6);
    for (const [index, score] of scores.entries()) {
      const mean = golden?.ewmMean[index - 1] ?? Number.NaN;
      const deviation = golden?.ewmStd[index - 1] ?? Number.NaN;
      if (index >= 10) {
        const points = weights ** 2 / squared;
        expect(score.expected).toBeCloseTo(mean, 9);
        expect((score.upper - score.expected) / 3).toBeCloseTo(deviation * widening(points - 1, 1 / points), 8);
      }
      weights = decay * weights + 1;
      squared = decay ** 2 * squared + 1;
    }
  },
);

test('a point counts for half after the half-life', () => {
  const scores = stepAll(ema, [...new Array(500).fill(0), ...new Array(6).fill(1), 1], given);
  expect(scores.at(-1)?.expected).toBeCloseTo(0.5, 9);
});

test('missing points are passed over: the half-life is recorded time', () => {
  const values = Array.from({ length: 40 }, (_, index) => Math.sin(index));
  const gappy = values.flatMap((value) => [value, Number.NaN]);
  const scores = stepAll(ema, gappy, given).filter((_, index) => index % 2 === 0);
  expect(scores.map(({ score }) => score)).toEqual(stepAll(ema, values, given).map(({ score }) => score));
});
