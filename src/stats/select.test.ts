import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median } from './median.ts';
import { select, selectMedian } from './select.ts';

const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 }));

test('it finds what sorting finds, and parts the slice at the rank', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.nat(), (values, draw) => {
      const rank = draw % values.length;
      const given = Float64Array.of(9, ...values, -9);
      const found = select(given, rank, 1, values.length + 1);
      expect(found + 0).toBe((Float64Array.from(values).sort()[rank] ?? Number.NaN) + 0);
      const inside = given.subarray(1, values.length + 1);
      expect(inside.subarray(0, rank).every((each) => each <= found)).toBe(true);
      expect(inside.subarray(rank).every((each) => each >= found)).toBe(true);
      expect([given[0], given.at(-1)]).toEqual([9, -9]);
    }),
    { numRuns: 1000 },
  );
});

test('the median is the one that sorting gives', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
      expect(selectMedian(Float64Array.from(values)) + 0).toBe(median(Float64Array.from(values)) + 0);
    }),
  );
});

test('there is no such rank, no such median', () => {
  expect(select(Float64Array.of(1, 2), 2)).toBeNaN();
  expect(select(Float64Array.of(1, 2), -1)).toBeNaN();
  expect(selectMedian(new Float64Array(0))).toBeNaN();
});
