import { expect, test } from 'vitest';
import { structuralModel } from './structural-model.ts';

test('level, slope and season each have their states and noise', () => {
  const model = structuralModel({ noise: 5, level: 3, slope: 2, seasonal: { period: 4, variance: 1 } });
  expect(model.size).toBe(5);
  expect([...model.design]).toEqual([1, 0, 1, 0, 0]);
  expect([...model.transition]).toEqual([
    ...[1, 1, 0, 0, 0],
    ...[0, 1, 0, 0, 0],
    ...[0, 0, -1, -1, -1],
    ...[0, 0, 1, 0, 0],
    ...[0, 0, 0, 1, 0],
  ]);
  expect([0, 6, 12, 18, 24].map((at) => model.stateNoise[at])).toEqual([3, 2, 1, 0, 0]);
  expect(model.noise).toBe(5);
});

test('a level alone is one state, unknown at the start', () => {
  const { size, diffuse } = structuralModel({ noise: 1, level: 1 });
  expect([size, ...(diffuse ?? [])]).toEqual([1, 1]);
});
