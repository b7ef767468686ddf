import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIGURES, type Points } from '#model/score-block.ts';
import { decodeBlock, encodeBlock } from './block-codec.ts';
import { allocatePoints } from './points.ts';
import { decodeTail, encodeTail } from './tail-codec.ts';

const anyFloat = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 0, 5e-324));
const anyTime = fc.oneof(
  fc.integer({ min: 0, max: 4_000_000_000_000 }),
  fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true }),
);

/** Any points at all: times in any order, whole or not. */
const anyPoints: fc.Arbitrary<Points> = fc
  .array(
    fc.tuple(anyTime, anyTime, anyFloat, anyFloat, anyFloat, anyFloat, anyFloat, fc.oneof(fc.nat(255), fc.nat(65_535))),
    { maxLength: 50 },
  )
  .map((rows) => {
    const points = allocatePoints(rows.length);
    rows.forEach((row, index) => {
      FIGURES.forEach((column, number) => {
        // A time of −0 is 0.
        points[column][index] = number < 2 ? (row[number] ?? 0) + 0 : (row[number] ?? 0);
      });
      points.flags[index] = row[7];
    });
    return points;
  });

/** The bytes of every column, so that −0 and 0 differ and NaN equals NaN. */
function bits(points: Points): string[] {
  return [...FIGURES, 'flags' as const].map((column) => Buffer.from(points[column].slice().buffer).toString('hex'));
}

test('a block gives back every bit of every column', () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      expect(bits(decodeBlock(encodeBlock(points), points.timesMs.length))).toEqual(bits(points));
    }),
    { numRuns: 500 },
  );
});

test('a row of the tail gives back the rows it was made of', () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const rows = [...points.timesMs.keys()];
      const ids = Uint32Array.from(rows, (row) => row * 3);
      const decoded = decodeTail(encodeTail(points, ids, rows), rows.length);
      expect(bits(decoded)).toEqual(bits(points));
      expect(decoded.tracks).toEqual(ids);
    }),
  );
});

test('steady minutes cost next to nothing: the times of 120 points take under 40 bytes', () => {
  const points = allocatePoints(120);
  for (let index = 0; index < 120; index++) {
    points.timesMs[index] = 1_661_140_279_000 + index * 60_000;
    points.seenMs[index] = (points.timesMs[index] ?? 0) + 1_500;
  }
  expect(encodeBlock(points).byteLength).toBeLessThan(24 + 40);
});

test('bytes that are no block of that many points are refused', () => {
  const block = encodeBlock(allocatePoints(10));
  expect(() => decodeBlock(block, 9)).toThrow();
  expect(() => decodeBlock(block, 11)).toThrow(RangeError);
  expect(() => decodeBlock(block.subarray(0, 10), 10)).toThrow(RangeError);
  expect(() => decodeTail(new Uint8Array(60), 1)).toThrow(RangeError);
});

test('flags of one byte are written as they always were', () => {
  const points = allocatePoints(2);
  points.flags.set([1, 255]);
  expect(encodeTail(points, Uint32Array.of(0, 0), [0, 1]).length).toBe(2 * 61);
  expect(encodeBlock(points)[1]).toBe(3);
  points.flags.set([256, 255]);
  expect(encodeTail(points, Uint32Array.of(0, 0), [0, 1]).length).toBe(2 * 62);
  expect(encodeBlock(points)[1]).toBe(7);
});
