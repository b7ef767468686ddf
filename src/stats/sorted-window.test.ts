import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insertSorted, lowerBound, removeSorted, replaceSorted } from './sorted-window.ts';

const FROM = 2;
const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }));

/** A window of the last `capacity` values beside a plain sort of the same values; guards on both sides must survive. */
function slide(values: readonly number[], capacity: number) {
  const sorted = new Float64Array(FROM + capacity + 2).fill(7);
  const held: number[] = [];
  for (const next of values) {
    if (held.length < capacity) insertSorted(sorted, FROM, held.length, next);
    else replaceSorted(sorted, FROM, capacity, held.shift() ?? Number.NaN, next);
    held.push(next);
    expect([...sorted.subarray(FROM, FROM + held.length)].map(positive)).toEqual(
      [...Float64Array.from(held).sort()].map(positive),
    );
    expect([sorted[0], sorted[1], sorted[FROM + capacity + 1]]).toEqual([7, 7, 7]);
  }
  while (held.length > 0) {
    removeSorted(sorted, FROM, held.length, held.shift() ?? Number.NaN);
    expect([...sorted.subarray(FROM, FROM + held.length)].map(positive)).toEqual(
      [...Float64Array.from(held).sort()].map(positive),
    );
  }
}

/** 0 and −0 are the same value to a window. */
const positive = (each: number) => (each === 0 ? 0 : each);

test('the window holds the last values in order, whatever came', () => {
  fc.assert(fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), slide), { numRuns: 300 });
});

test('long windows, whose moves are done in bulk, hold them too', () => {
  fc.assert(fc.property(fc.array(value, { minLength: 150, maxLength: 200 }), fc.constant(100), slide), { numRuns: 20 });
});

test('a value goes before its equals', () => {
  expect(lowerBound(Float64Array.of(1, 2, 2, 3), 0, 4, 2)).toBe(1);
  expect(lowerBound(Float64Array.of(1, 2, 2, 3), 0, 4, 4)).toBe(4);
});
