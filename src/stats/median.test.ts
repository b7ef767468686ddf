import { expect, test } from 'vitest';
import { numbers, readGolden } from '../../test/reference/golden.ts';
import { median, medianSorted } from './median.ts';

test.each(Object.entries(readGolden().series))('the median of "%s" is NumPy’s', (_, golden) => {
  expect(median(numbers(golden.values))).toBe(golden.median);
});

test('an even number of values has its median between the middle two', () => {
  expect(medianSorted(Float64Array.of(1, 2, 4, 100), 0, 4)).toBe(3);
  expect(medianSorted(Float64Array.of(1, 2, 4, 100), 1, 3)).toBe(4);
});

test('no values have no median', () => {
  expect(median(new Float64Array(0))).toBeNaN();
  expect(medianSorted(new Float64Array(3), 0, 0)).toBeNaN();
});
