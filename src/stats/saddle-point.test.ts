import { expect, test } from 'vitest';
import { apart } from '../../test/reference/golden.ts';
import { logGamma } from './log-gamma.ts';
import { binomialTerm, deviance, poissonTerm } from './saddle-point.ts';

test('terms are what the formulas give where nothing cancels', () => {
  for (const [x, mean] of [
    [0, 2],
    [0.3, 2],
    [3, 2],
    [9, 8.5],
  ] as const) {
    expect(apart(poissonTerm(x, mean), Math.exp(x * Math.log(mean) - mean - logGamma(x + 1)))).toBeLessThan(1e-13);
  }
  expect(apart(binomialTerm(3, 2, 0.25, 0.75), 10 * 0.25 ** 3 * 0.75 ** 2)).toBeLessThan(1e-14);
});

test('all probabilities of a large mean add up to 1', () => {
  let sum = 0;
  for (let count = 990_000; count <= 1_010_000; count++) sum += poissonTerm(count, 1e6);
  expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
});

test('the deviance of neighbours keeps its digits', () => {
  // x ln(x ÷ m) + m − x ≈ (x − m)² ÷ 2m
  expect(apart(deviance(1e12 + 1, 1e12), 5e-13)).toBeLessThan(1e-10);
  expect(deviance(3, 3)).toBe(0);
  expect(apart(deviance(10, 1), 10 * Math.log(10) - 9)).toBeLessThan(1e-15);
});
