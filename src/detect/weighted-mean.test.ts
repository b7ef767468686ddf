import { expect, test } from 'vitest';
import { readGolden } from '../../test/reference/golden.ts';
import { decayOf, discountMean, learnMean, shiftMean, weightedMean, worthOf } from './weighted-mean.ts';

test('it is pandas’ ewm of the values so far, wherever it lies in the state', () => {
  const golden = readGolden().series.noise;
  const values = (golden?.values ?? []).filter((value) => value !== null);
  const state = new Float64Array(9).fill(7);
  state.fill(0, 4, 7);
  for (const [index, value] of values.entries()) {
    learnMean(state, 4, 0.5 ** (1 / 6), value);
    expect(weightedMean(state, 4)).toBeCloseTo(golden?.ewmMean[index] ?? Number.NaN, 9);
  }
  expect(values.length).toBeGreaterThan(30);
  expect([...state.subarray(0, 4), ...state.subarray(7)]).toEqual([7, 7, 7, 7, 7, 7]);
});

test('what it is worth grows to twice the half-life over ln 2', () => {
  const state = new Float64Array(3);
  expect(worthOf(state, 0)).toBe(0);
  learnMean(state, 0, decayOf(1, 60), 5);
  expect(worthOf(state, 0)).toBe(1);
  for (let index = 0; index < 2000; index++) learnMean(state, 0, decayOf(1, 60), 5);
  expect(worthOf(state, 0)).toBeCloseTo((2 * 60) / Math.LN2, 1);
});

test('a shift moves the mean, a discount lets the next values prevail, and neither touches the other', () => {
  const state = new Float64Array(3);
  for (let index = 0; index < 1000; index++) learnMean(state, 0, decayOf(1, 1e6), 5);
  shiftMean(state, 0, 2);
  discountMean(state, 0, 10);
  expect([weightedMean(state, 0), worthOf(state, 0)]).toEqual([7, 10]);
  learnMean(state, 0, 1, 18);
  expect(weightedMean(state, 0)).toBeCloseTo(8, 12);
  discountMean(state, 0, 100);
  expect(worthOf(state, 0)).toBeCloseTo(11, 9);
});

test('a half-life shorter than a step is taken to be one', () => {
  expect(decayOf(300, 1)).toBe(0.5);
});
