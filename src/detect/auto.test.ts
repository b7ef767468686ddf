import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { auto } from './auto.ts';
import { medianIqr } from './median-iqr.ts';
import { emptySeries } from './rolling-scorer.ts';
import { rollingZScore } from './rolling-z-score.ts';
import { STEP_MS, scorerOf, seriesFrom, stepAll } from './test-series.ts';

const rng = createRng(11);
const noise = Float64Array.from({ length: 300 }, () => 10 + rng.normal());
/** One point in ten is not 3. */
const quantised = Float64Array.from({ length: 300 }, (_, index) => (index % 10 === 7 ? 4 + (index % 3) : 3));

const scores = (algorithm: typeof auto, values: Float64Array) => stepAll(algorithm, values).map(({ score }) => score);
const nameAfter = (values: Float64Array) => {
  const { online } = scorerOf(auto);
  return online.nameOf?.(online.start(seriesFrom(values)));
};

test('where values differ it is median-iqr from the first score on', () => {
  expect(scores(auto, noise)).toEqual(scores(medianIqr, noise));
  expect(nameAfter(noise)).toBe('auto: median-iqr');
});

test('where one value prevails it goes over to rolling-z-score once the baseline is full', () => {
  expect(scores(auto, quantised).slice(120)).toEqual(scores(rollingZScore, quantised).slice(120));
  expect(scores(auto, quantised).slice(0, 120)).toEqual(scores(medianIqr, quantised).slice(0, 120));
  expect(nameAfter(quantised)).toBe('auto: rolling-z-score');
});

test('it keeps its choice until the baseline has been renewed whole, and then looks again', () => {
  const changed = (length: number) => Float64Array.of(...quantised.subarray(0, 240), ...noise.subarray(0, length));
  // The point after a full turn is the first that is scored by what the turn brought in.
  expect(nameAfter(changed(120))).toBe('auto: rolling-z-score');
  expect(nameAfter(changed(121))).toBe('auto: median-iqr');
  const back = Float64Array.of(...noise.subarray(0, 240), ...quantised);
  expect(scores(auto, back).slice(360)).toEqual(scores(rollingZScore, back).slice(360));
  expect(scores(auto, back).slice(0, 360)).toEqual(scores(medianIqr, back).slice(0, 360));
});

test('missing values at the turn neither take the choice nor lose it', () => {
  const gap = new Array(3).fill(Number.NaN);
  expect(nameAfter(Float64Array.of(...quantised.subarray(0, 120), ...gap))).toBe('auto: median-iqr');
  expect(nameAfter(Float64Array.of(...quantised.subarray(0, 120), ...gap, 3))).toBe('auto: rolling-z-score');
});

test('before it has looked it says what it uses until then', () => {
  const { online } = scorerOf(auto);
  expect(online.nameOf?.(online.start(emptySeries(STEP_MS)))).toBe('auto: median-iqr');
});
