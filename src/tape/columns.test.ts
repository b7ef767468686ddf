import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import { readColumn, writeColumn } from './columns.ts';

function encoded(values: Float64Array): Uint8Array {
  const out = new ByteWriter();
  writeColumn(out, values);
  return out.bytes().slice();
}

describe('columns of doubles', () => {
  test('every double comes back to the bit, zero of either sign and infinities too, and NaN as NaN', () => {
    const column = fc.oneof(
      fc.float64Array({ maxLength: 80 }),
      // Slow gauges and counters, which take the other encoding.
      fc.tuple(fc.integer(), fc.array(fc.nat(3), { minLength: 16, maxLength: 80 })).map(([start, steps]) => {
        let at = start;
        return Float64Array.from(steps, (step) => (at += step));
      }),
    );
    fc.assert(
      fc.property(column, (values) => {
        const input = new ByteReader(encoded(values));
        const back = readColumn(input, values.length);
        input.end();
        return isDeepStrictEqual([...back], [...values]);
      }),
    );
  });

  test('two NaNs of different bits give the same bytes', () => {
    const words = (high: number): Float64Array => new Float64Array(Uint32Array.of(1, high).buffer);
    expect(encoded(words(0xfff80000))).toEqual(encoded(words(0x7ff00000)));
  });

  test('a counter is stored by planes, and measurements that come again are stored as they are', () => {
    const counter = Float64Array.from({ length: 100 }, (_, index) => 1e6 + index * 17);
    const again = Float64Array.from({ length: 100 }, (_, index) => Math.sin((index * index) % 7));
    expect([encoded(counter)[0], encoded(again)[0]]).toEqual([1, 0]);
  });

  test.each([
    ['an encoding that does not exist', [2, 0, 0, 0, 0, 0, 0, 0, 0], 1],
    ['a column that is cut short', [0, 1, 2, 3], 1],
    ['a length beyond all memory', [0], 2 ** 40],
  ])('%s is malformed', (_, bytes, count) => {
    expect(() => readColumn(new ByteReader(Uint8Array.from(bytes)), count)).toThrow(Malformed);
  });
});
