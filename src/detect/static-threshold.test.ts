import { describe, expect, test } from 'vitest';
import { staticThreshold } from './static-threshold.ts';
import { stepAll } from './test-series.ts';

const scoreOf = (given: Record<string, number>, value: number) => stepAll(staticThreshold, [value], given)[0];

describe('the bound itself is 3, and more lies beyond it', () => {
  test.each([
    ['at an upper bound', { above: 90 }, 90, 3],
    ['just inside it', { above: 90 }, 89, 2.9667],
    ['at zero', { above: 90 }, 0, 0],
    ['below zero', { above: 90 }, -50, 0],
    ['at twice the bound', { above: 90 }, 180, 6],
    ['at a lower bound', { below: 10 }, 10, -3],
    ['at zero, with a lower bound', { below: 10 }, 0, -6],
    ['well above a lower bound', { below: 10 }, 1e6, 0],
    ['between two bounds', { below: 10, above: 20 }, 15, 0],
    ['at the upper of two', { below: 10, above: 20 }, 20, 3],
    ['at the lower of two', { below: 10, above: 20 }, 10, -3],
    ['outside two, as far as they are apart', { below: 10, above: 20 }, 30, 9],
    ['above a bound of zero', { above: 0 }, 1, 6],
    ['above a negative bound', { above: -10 }, -5, 4.5],
    ['far away, at the cap', { above: 1 }, 1e9, 100],
    ['without any bound', {}, 5, 0],
  ] as const)('%s', (_, given, value, score) => {
    expect(scoreOf(given, value)?.score).toBeCloseTo(score, 4);
  });
});

test('what is expected is the nearest allowed value, and the band is the bounds', () => {
  expect(scoreOf({ above: 90 }, 100)).toMatchObject({ expected: 90, lower: Number.NaN, upper: 90 });
  expect(scoreOf({ above: 90 }, 50)).toMatchObject({ expected: 50 });
  expect(scoreOf({ below: 1, above: 2 }, 0)).toMatchObject({ expected: 1, lower: 1, upper: 2 });
});
