import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRater } from './rate.ts';

const STEP = { stepMs: 1000 };

it('a counter becomes its increase a second', () => {
  const rater = createRater(STEP);
  const rates = [
    [0, 5],
    [1000, 7],
    [3000, 7],
    [4000, 3],
    [5000, Number.NaN],
    [6000, 5],
  ] as const;
  expect(rates.map(([timeMs, value]) => rater.rate('a', timeMs, value))).toEqual([
    Number.NaN,
    2,
    0,
    // It began again at zero.
    3,
    Number.NaN,
    // Over the two seconds since the last that was there.
    1,
  ]);
});

it('after more than five steps it begins anew', () => {
  const rater = createRater(STEP);
  rater.rate('a', 0, 0);
  expect(rater.rate('a', 5000, 10)).toBe(2);
  expect(rater.rate('a', 10_001, 20)).toBeNaN();
  expect(rater.rate('a', 11_001, 21)).toBe(1);
});

it('series do not know each other, and old ones are forgotten', () => {
  const rater = createRater(STEP);
  rater.rate('a', 0, 0);
  expect(rater.rate('b', 1000, 9)).toBeNaN();
  expect(rater.forgetBefore(1000)).toBe(1);
  expect(rater.size).toBe(1);
  expect(rater.rate('a', 1000, 9)).toBeNaN();
});

it('a rate is never negative, whatever comes in whichever order', () => {
  const sample = fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.double());
  fc.assert(
    fc.property(fc.array(sample), (samples) => {
      const rater = createRater(STEP);
      return samples.every(([timeMs, value]) => !(rater.rate('a', timeMs, value) < 0));
    }),
  );
});
