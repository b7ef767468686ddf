import { expect, test } from 'vitest';
import { readGolden } from '../../test/reference/golden.ts';
import { widening, wideningOfMean, wideningOfMedian } from './small-sample.ts';

test.each(readGolden().widening)(
  'with $degrees degrees of freedom it is Student’s t to 0.5 %',
  ({ degrees, factor }) => {
    expect(Math.abs(widening(degrees, 0) / factor - 1)).toBeLessThan(0.005);
  },
);

test('many points need no widening, and fewer always more', () => {
  expect(wideningOfMean(1e9)).toBeCloseTo(1, 6);
  for (let count = 3; count < 200; count++) {
    expect(wideningOfMean(count)).toBeGreaterThan(wideningOfMean(count + 1));
    expect(wideningOfMedian(count)).toBeGreaterThan(wideningOfMean(count));
  }
});

test('a spread that nothing was learned about is infinitely wide', () => {
  expect(wideningOfMean(1)).toBe(Number.POSITIVE_INFINITY);
  expect(wideningOfMean(0)).toBe(Number.POSITIVE_INFINITY);
});
