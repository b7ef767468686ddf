import { describe, expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { newTailSigmas, tailSigmas } from './empirical-tail.ts';

const rng = createRng(2);
const exponentials = Float64Array.from({ length: 2000 }, () => -Math.log(1 - rng.uniform()));

test('of exponential measures as many are beyond 3 as of a normal, and the order stays', () => {
  const sigmasOf = tailSigmas(exponentials);
  const sigmas = exponentials.map(sigmasOf);
  expect(sigmas.filter((sigma) => sigma > 3).length / 2000).toBeLessThan(0.006);
  // −ln 0.0027 is where a tail of 0.27 % begins.
  expect(sigmasOf(5.91)).toBeGreaterThan(2.8);
  expect(sigmasOf(5.91)).toBeLessThan(3.2);
  const sorted = Array.from({ length: 200 }, (_, index) => sigmasOf(index / 10));
  for (let index = 1; index < 200; index++) expect(sorted[index]).toBeGreaterThanOrEqual(sorted[index - 1] as number);
});

test('a few wild ones do not bend the yardstick', () => {
  const wild = exponentials.slice();
  wild.fill(1000, 0, 20);
  expect(tailSigmas(wild)(1000)).toBe(100);
  expect(Math.abs(tailSigmas(wild)(6) - tailSigmas(exponentials)(6))).toBeLessThan(0.3);
});

test('where all are the same none is odd, and another is as odd as can be', () => {
  const sigmasOf = tailSigmas(new Float64Array(50).fill(0.5));
  expect([sigmasOf(0.5), sigmasOf(0.6)]).toEqual([0, 100]);
});

describe('of a new measure', () => {
  const sorted = exponentials.slice().sort();

  test('it says nearly the same where the tail is well known', () => {
    const sigmasOf = tailSigmas(exponentials);
    for (const measure of [-1, 0.1, 1, 2, 4, 6]) {
      expect(Math.abs(newTailSigmas(sorted, 0, 2000, measure) - sigmasOf(measure))).toBeLessThan(0.4);
    }
  });

  test.each([20, 40, 240])('from %d as many are beyond 3 as of a normal, so that few say less', (count) => {
    let beyond = 0;
    for (let round = 0; round < 4000; round++) {
      const few = Float64Array.from({ length: count }, () => -Math.log(1 - rng.uniform())).sort();
      for (let each = 0; each < 25; each++) {
        if (newTailSigmas(few, 0, count, -Math.log(1 - rng.uniform())) > 3) beyond++;
      }
    }
    expect(beyond / 100_000).toBeGreaterThan(0.001);
    expect(beyond / 100_000).toBeLessThan(0.006);
  });

  test('measures may lie anywhere', () => {
    const among = Float64Array.of(Number.NaN, 1e9, ...sorted.subarray(0, 50), -1e9);
    for (const measure of [0, 0.01, 1]) {
      expect(newTailSigmas(among, 2, 50, measure)).toBe(newTailSigmas(sorted, 0, 50, measure));
    }
  });

  test('where all are the same none is odd, and another is as odd as can be', () => {
    const same = new Float64Array(50).fill(0.5);
    expect([newTailSigmas(same, 0, 50, 0.5), newTailSigmas(same, 0, 50, 0.6)]).toEqual([0, 100]);
  });

  test('a measure beyond all is within the scale', () => {
    expect(newTailSigmas(sorted, 0, 2000, 1e300)).toBeLessThanOrEqual(100);
  });
});
