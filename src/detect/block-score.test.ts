import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { blockScale } from './block-score.ts';

test('a block of one point is the point', () => {
  const { limit, sigmasOf } = blockScale(1);
  expect(limit).toBeCloseTo(9, 6);
  for (const size of [0, 0.5, 3, 12, 31, 32, 80]) expect(sigmasOf(size * size)).toBeCloseTo(size, 3);
  expect(sigmasOf(1e6)).toBe(100);
});

test.each([2, 5, 60])('of blocks of %d normals 0.27 percent are beyond 3, and that is where the limit is', (points) => {
  const { limit, sigmasOf } = blockScale(points);
  expect(sigmasOf(limit)).toBeCloseTo(3, 6);
  const rng = createRng(points);
  let beyond = 0;
  for (let block = 0; block < 50_000; block++) {
    let squares = 0;
    for (let index = 0; index < points; index++) squares += rng.normal() ** 2;
    if (squares > limit) beyond++;
  }
  expect(beyond / 50_000).toBeGreaterThan(0.002);
  expect(beyond / 50_000).toBeLessThan(0.0034);
});

test('more is never less, also where tails are too thin to be told', () => {
  const { sigmasOf } = blockScale(60);
  let last = 0;
  for (let squares = 0; squares < 20_000; squares += 7) {
    expect(sigmasOf(squares)).toBeGreaterThanOrEqual(last);
    last = sigmasOf(squares);
  }
  expect(last).toBe(100);
});
