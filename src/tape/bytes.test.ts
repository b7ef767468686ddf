import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';

describe('whole numbers and strings as bytes', () => {
  test('any sequence comes back as it was written, and nothing is left over', () => {
    const item = fc.oneof(
      fc.record({ as: fc.constant('unsigned' as const), value: fc.maxSafeNat() }),
      fc.record({ as: fc.constant('signed' as const), value: fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }) }),
      fc.record({ as: fc.constant('text' as const), value: fc.string({ unit: 'binary' }) }),
    );
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const out = new ByteWriter();
        for (const { as, value } of items) {
          if (as === 'text') out.text(value);
          else out[as](value);
        }
        const input = new ByteReader(out.bytes());
        expect(items.map(({ as }) => input[as]())).toEqual(items.map(({ value }) => value));
        input.end();
      }),
    );
  });

  test('small numbers of either sign take one byte', () => {
    const out = new ByteWriter();
    out.signed(-64);
    out.signed(63);
    out.unsigned(127);
    expect(out.length).toBe(3);
  });

  test.each([
    ['a number that is cut short', [0x80], (input: ByteReader) => input.unsigned()],
    ['a number beyond what a double holds', [...Array(7).fill(0xff), 0x7f], (input: ByteReader) => input.unsigned()],
    ['a number that never ends', Array(20).fill(0x80), (input: ByteReader) => input.unsigned()],
    ['a string longer than what is there', [5, 65], (input: ByteReader) => input.text()],
    ['more things than could fit', [0xff, 0x7f], (input: ByteReader) => input.count(1)],
    ['bytes that are left over', [1], (input: ByteReader) => input.end()],
  ])('%s is malformed', (_, bytes, read) => {
    expect(() => read(new ByteReader(Uint8Array.from(bytes)))).toThrow(Malformed);
  });
});
