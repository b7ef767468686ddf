import { describe, expect, test } from 'vitest';
import { fitPolynomial } from '#stats/polynomial.ts';
import { createRng } from '#stats/rng.ts';
import type { ParamValues } from './contract.ts';
import { localPolynomial } from './local-polynomial.ts';
import { emptySeries } from './rolling-scorer.ts';
import { STEP_MS, scorerOf, stepAll } from './test-series.ts';

function noise(length: number, seed = 6): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length }, () => 1e6 + rng.normal());
}

test.each([0, 1, 2])(
  'it expects what a polynomial of degree %d through the window says, also while that fills',
  (degree) => {
    const points = 15;
    const values = noise(60);
    const scores = stepAll(localPolynomial, values, { degree, windowMs: points * STEP_MS });
    for (let index = 20; index < 60; index++) expectFit(index, points);
    const filling = stepAll(localPolynomial, values, { degree, windowMs: 200 * STEP_MS });
    for (let index = 20; index < 60; index++) {
      expect(filling[index]?.expected).toBeCloseTo(fitted(index, index), 6);
    }

    function expectFit(index: number, count: number): void {
      expect(scores[index]?.expected).toBeCloseTo(fitted(index, count), 6);
    }
    function fitted(index: number, count: number): number {
      const x = Float64Array.from({ length: count }, (_, at) => at - count);
      const tricube = x.map((time) => (1 - ((-1 - time) / count) ** 3) ** 3);
      return fitPolynomial(x, values.subarray(index - count, index), degree, tricube).at(0);
    }
  },
);

test('a straight rise is expected, and what leaves it is not', () => {
  const rise = Array.from({ length: 400 }, (_, index) => 3 * index + Math.sin(index * 1e3));
  const scores = stepAll(localPolynomial, [...rise, 1200, 1230]);
  expect(Math.abs(scores.at(-2)?.score ?? 9)).toBeLessThan(3);
  expect(scores.at(-1)?.score).toBeGreaterThan(15);
});

test('what lasts keeps its score: the yardstick remembers days', () => {
  const values = noise(3000);
  for (let index = 2900; index < 2910; index++) values[index] = 1e6 + 20;
  const scores = stepAll(localPolynomial, values);
  for (let index = 2900; index < 2910; index++) expect(scores[index]?.score).toBeGreaterThan(8);
});

describe('a block', () => {
  const flat: ParamValues = { degree: 0, windowMs: 400 * STEP_MS };
  const given: ParamValues = { ...flat, block: 10 };

  test('finds what is a little off for a while, with its sign, where no point alone is', () => {
    const values = noise(2000);
    for (let index = 1900; index < 1912; index++) values[index] = 1e6 - 2.2;
    const largest = (params: ParamValues) =>
      Math.min(
        ...stepAll(localPolynomial, values, params)
          .map(({ score }) => (Number.isNaN(score) ? 0 : score))
          .slice(1900, 1915),
      );
    expect(largest(flat)).toBeGreaterThan(-4.5);
    expect(largest(given)).toBeLessThan(-5);
  });

  test('of normal noise 0.1 to 0.6 % lies beyond ±3, and outside the band exactly then', () => {
    const values = noise(60_000);
    let beyond = 0;
    for (const [index, { score, lower, upper }] of stepAll(localPolynomial, values, given).entries()) {
      const value = values[index] as number;
      if (Number.isNaN(score)) continue;
      const isBeyond = Math.abs(score) > 3;
      if (isBeyond) beyond++;
      expect(value < lower || value > upper || (lower === upper && isBeyond)).toBe(isBeyond);
    }
    expect(beyond / values.length).toBeGreaterThan(0.001);
    expect(beyond / values.length).toBeLessThan(0.006);
  });

  test('passes over what is missing', () => {
    const values = [...noise(300)];
    const gappy = values.flatMap((value) => [value, Number.NaN]);
    const scores = stepAll(localPolynomial, gappy, given).filter((_, index) => index % 2 === 0);
    expect(scores.map(({ score }) => score)).toEqual(stepAll(localPolynomial, values, given).map(({ score }) => score));
  });
});

test('its window is bounded, however dense the points', () => {
  const length = (stepMs: number, given: ParamValues = {}) =>
    scorerOf(localPolynomial, given, stepMs).online.start(emptySeries(stepMs)).length - 8;
  expect(length(STEP_MS)).toBe(120);
  expect(length(1000)).toBe(500);
  expect(length(86_400_000)).toBe(4);
});
