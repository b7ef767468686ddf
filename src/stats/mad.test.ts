import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numbers, readGolden } from '../../test/reference/golden.ts';
import { mad, madSorted } from './mad.ts';
import { medianSorted } from './median.ts';

test.each(Object.entries(readGolden().series))('the MAD of "%s" is SciPy’s', (_, golden) => {
  expect(Math.abs(mad(numbers(golden.values)) - golden.mad)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(golden.median)));
});

test('the bisection finds what sorting the deviations finds', () => {
  const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.nat(3), (values, from) => {
      const sorted = Float64Array.from([...new Array(from).fill(0), ...values.sort((a, b) => a - b)]);
      const centre = medianSorted(sorted, from, values.length);
      const deviations = Float64Array.from(values, (each) => Math.abs(each - centre)).sort();
      expect(madSorted(sorted, from, values.length, centre)).toBe(medianSorted(deviations, 0, values.length));
    }),
    { numRuns: 2000 },
  );
});

test('no values have no MAD', () => {
  expect(mad(new Float64Array(0))).toBeNaN();
});
