import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { learnResidual, RESIDUAL_SPREAD_SIZE, residualSigma } from './residual-spread.ts';

/** Sigma after normal residuals of a deviation of 4, and then these. */
function sigmaAfter(...more: number[]): number {
  const rng = createRng(3);
  const state = new Float64Array(RESIDUAL_SPREAD_SIZE);
  for (let index = 0; index < 20_000; index++) learnResidual(state, 0, 1, 4 * rng.normal(), 0);
  for (const residual of more) learnResidual(state, 0, 1, residual, 0);
  return residualSigma(state, 0, 0);
}

test('of normal residuals it is their standard deviation', () => {
  expect(sigmaAfter() / 4).toBeCloseTo(1, 1);
});

test('one residual of a thousand sigmas moves it by its size, not by its square', () => {
  // A thousand sigmas in twenty thousand: 5 % for the mean size, √51 of it for the root mean square.
  expect(sigmaAfter(4000) / sigmaAfter()).toBeLessThan(1.07);
});

test('the uncertainty of a forecast is taken off its residual and put on the next forecast', () => {
  const state = new Float64Array(RESIDUAL_SPREAD_SIZE);
  for (let index = 0; index < 1000; index++) learnResidual(state, 0, 1, index % 2 === 0 ? 2 : -2, 3);
  const exact = new Float64Array(RESIDUAL_SPREAD_SIZE);
  for (let index = 0; index < 1000; index++) learnResidual(exact, 0, 1, index % 2 === 0 ? 1 : -1, 0);
  expect(residualSigma(state, 0, 0)).toBe(residualSigma(exact, 0, 0));
  expect(residualSigma(state, 0, 3)).toBeCloseTo(2 * residualSigma(exact, 0, 0), 12);
});

test('without a residual, or when all were nothing, it is 0', () => {
  const state = new Float64Array(RESIDUAL_SPREAD_SIZE);
  expect(residualSigma(state, 0, 1)).toBe(0);
  learnResidual(state, 0, 1, 0, 0);
  expect(residualSigma(state, 0, 1)).toBe(0);
});
