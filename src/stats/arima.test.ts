import { expect, test } from 'vitest';
import { apart, type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { type ArimaCoefficients, arimaModel, conditionalErrors, difference } from './arima.ts';
import { kalmanFilter } from './kalman.ts';

interface Case {
  readonly name: string;
  readonly of: string;
  readonly order: readonly [number, number, number];
  readonly params: ArimaCoefficients;
  readonly logLikelihood: number;
  readonly expected: Column;
  readonly variances: Column;
  readonly conditional?: Column;
}

const golden = readGoldenFile<{ series: Readonly<Record<string, Column>>; arima: Case[] }>('state-space');

function prepare({ of, order, params }: Case) {
  const [times, seasonalTimes, period] = order;
  const values = numbers(golden.series[of] ?? []).map((value) => value - 50);
  const seasonal = difference(values, period, seasonalTimes);
  return { values: difference(seasonal, 1, times), coefficients: { ...params, period } };
}

test.each(golden.arima)('"$name" of $of values expects what statsmodels does, with its likelihood', (each) => {
  const { values, coefficients } = prepare(each);
  const model = arimaModel(coefficients, 1.7);
  if (model === undefined) throw new Error('not stationary');
  const { expected, variances, logLikelihood } = kalmanFilter(model, values);
  expect(farthest(expected, numbers(each.expected))).toBeLessThan(1e-9);
  expect(apart(logLikelihood, each.logLikelihood)).toBeLessThan(1e-9);
  for (const [index, variance] of numbers(each.variances).entries()) {
    if (!Number.isNaN(values[index])) expect(apart(variances[index] ?? 0, variance)).toBeLessThan(1e-9);
  }
});

test.each(golden.arima.filter(({ conditional }) => conditional))(
  'errors of "$name" given nothing before are SciPy’s filter',
  (each) => {
    const { values, coefficients } = prepare(each);
    expect(farthest(conditionalErrors(coefficients, values), numbers(each.conditional ?? []))).toBeLessThan(1e-11);
  },
);

test('over a gap the forecast stands in, and its error is missing', () => {
  const errors = conditionalErrors({ ar: [0.5] }, Float64Array.of(8, Number.NaN, 3));
  expect([...errors]).toEqual([8, Number.NaN, 1]);
});

test('what is not stationary has no model', () => {
  for (const ar of [[1], [1.2], [0.5, 0.5], [0, -1.1]]) expect(arimaModel({ ar }, 1)).toBeUndefined();
  expect(arimaModel({ ar: [0.9999] }, 1)).toBeDefined();
});

test('differences are of what is there', () => {
  expect([...difference(Float64Array.of(1, 4, Number.NaN, 16), 1)]).toEqual([3, Number.NaN, Number.NaN]);
  expect([...difference(Float64Array.of(1, 4, 9, 16), 1, 2)]).toEqual([2, 2]);
  expect(difference(Float64Array.of(1, 2), 5).length).toBe(0);
});
