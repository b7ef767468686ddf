import { describe, expect, test } from 'vitest';
import { apart, type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { kalmanFilter } from './kalman.ts';
import { createRng } from './rng.ts';
import { structuralModel } from './structural-model.ts';

interface Case {
  readonly name: string;
  readonly of: string;
  readonly params: readonly number[];
  readonly expected: Column;
  readonly variances: Column;
  readonly logLikelihood: number;
}

const golden = readGoldenFile<{ series: Readonly<Record<string, Column>>; structural: Case[] }>('state-space');

/** statsmodels lists noise, level, slope, season, as far as the model has them. */
function modelOf({ name, params }: Case, factor = 1) {
  const [noise = 0, level = 0, ...others] = params.map((each) => each * factor);
  const slope = name.startsWith('trend') ? others.shift() : undefined;
  const variance = others.shift();
  return structuralModel({
    noise,
    level,
    ...(slope === undefined ? {} : { slope }),
    ...(variance === undefined ? {} : { seasonal: { period: 7, variance } }),
  });
}

describe.each(golden.structural)('the model "$name" of $of values', (each) => {
  const values = numbers(golden.series[each.of] ?? []);
  const filtered = kalmanFilter(modelOf(each), values);

  test('expects what statsmodels does, with its variance', () => {
    const theirs = numbers(each.variances);
    for (const [index, variance] of filtered.variances.entries()) {
      if (Number.isFinite(variance) && !Number.isNaN(values[index])) {
        expect(apart(variance, theirs[index] ?? Number.NaN)).toBeLessThan(1e-9);
      }
    }
    expect(farthest(filtered.expected, numbers(each.expected))).toBeLessThan(1e-9);
  });

  test('has statsmodels’ likelihood', () => {
    expect(filtered.logLikelihood).toBeCloseTo(each.logLikelihood, 7);
  });

  test('with the best factor in all variances has the concentrated likelihood', () => {
    const { scale, concentrated } = filtered;
    const best = kalmanFilter(modelOf(each, scale), values);
    expect(best.logLikelihood).toBeCloseTo(concentrated, 8);
    expect(best.scale).toBeCloseTo(1, 8);
    for (const factor of [0.9, 1.1]) {
      expect(kalmanFilter(modelOf(each, scale * factor), values).logLikelihood).toBeLessThan(concentrated);
    }
  });
});

test('errors of the true model are noise of variance 1 in its own units', () => {
  const rng = createRng(8);
  let level = 100;
  const values = Float64Array.from({ length: 5000 }, () => {
    level += 0.5 * rng.normal();
    return level + 2 * rng.normal();
  });
  const { scale } = kalmanFilter(structuralModel({ noise: 4, level: 0.25 }), values);
  expect(Math.abs(scale - 1)).toBeLessThan(0.05);
});

test('gaps alone teach nothing', () => {
  const { expected, variances, scale, logLikelihood } = kalmanFilter(
    structuralModel({ noise: 1, level: 1 }),
    new Float64Array(3).fill(Number.NaN),
  );
  expect([...expected]).toEqual([0, 0, 0]);
  expect(variances.every((each) => each === Number.POSITIVE_INFINITY)).toBe(true);
  expect(scale).toBeNaN();
  expect(logLikelihood).toBeCloseTo(0, 12);
});
