import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { createRng } from '#stats/rng.ts';
import { widening } from '#stats/small-sample.ts';
import { readGolden } from '../../test/reference/golden.ts';
import { ema } from './ema.ts';
import { STEP_MS, scorerOf, seriesFrom, stepAll } from './test-series.ts';

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

test('its baseline is as many points as the weights are worth, and spans as much time, ending at the newest', () => {
  const score = stepAll(
    ema,
    Array.from({ length: 1000 }, (_, index) => Math.sin(index)),
  ).at(-1);
  // A half-life of sixty points is worth 2 × 60 ÷ ln 2 of them.
  expect(score?.baselineCount).toBe(173);
  expect(score?.baselineToMs).toBe(998 * STEP_MS);
  expect(score?.baselineFromMs).toBe((998 - 172) * STEP_MS);
});

test('few points are a baseline of no more than they are', () => {
  const [none, one, two] = stepAll(ema, [1, 2, 3]);
  expect([none?.baselineCount, none?.baselineFromMs, none?.baselineToMs]).toEqual([0, Number.NaN, Number.NaN]);
  expect([one?.baselineCount, one?.baselineFromMs, one?.baselineToMs]).toEqual([1, 0, 0]);
  expect([two?.baselineCount, two?.baselineFromMs, two?.baselineToMs]).toEqual([2, 0, STEP_MS]);
});

test('points farther apart than the half-life do not silence it: it is at least four points long', () => {
  const values = Array.from({ length: 40 }, (_, index) => 10 + Math.sin(index));
  const stepMs = 300_000;
  const last = (halfLifeMs: number) => {
    const { online } = scorerOf(ema, { halfLifeMs }, stepMs);
    const out = emptyScore();
    online.step(online.start({ ...seriesFrom(values), stepMs }), 1e9, 1e6, out);
    return out;
  };
  expect(last(60_000).score).toBe(100);
  expect(last(60_000).upper).toBeLessThan(20);
  expect(last(60_000)).toEqual(last(4 * stepMs));
  expect(last(60_000)).not.toEqual(last(5 * stepMs));
});

test('weights worth less than three points are no baseline, however few points were asked for', () => {
  const scores = stepAll(ema, [1, 2, 3, 4], { minPoints: 1 }).map(({ score }) => Number.isNaN(score));
  expect(scores).toEqual([true, true, true, true]);
  expect(stepAll(ema, [1, 2, 3, 4, 5], { minPoints: 1 }).at(-1)?.score).not.toBeNaN();
});

test('with the shortest half-life there is, 0.1 to 0.6 % of normal noise still lies beyond ±3', () => {
  const { online } = scorerOf(ema, { halfLifeMs: 60_000, minPoints: 10 });
  const rng = createRng(5);
  const out = emptyScore();
  const state = online.start(seriesFrom([]));
  let beyond = 0;
  for (let index = 0; index < 100_000; index++) {
    online.step(state, index * STEP_MS, rng.normal(), out);
    if (Math.abs(out.score) > 3) beyond++;
  }
  expect(beyond / 100_000).toBeGreaterThan(0.001);
  expect(beyond / 100_000).toBeLessThan(0.006);
});
