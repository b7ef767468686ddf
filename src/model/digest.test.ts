import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';

test('texts that differ have digests that differ, however alike they are', () => {
  const texts = Array.from({ length: 20_000 }, (_, index) => `m{namespace="shop",pod="cart-${index}"}`);
  expect(new Set(texts.map(digestOf)).size).toBe(texts.length);
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(digestOf(a) === digestOf(b)).toBe(a === b);
    }),
  );
});

test('each bit is as often set as not, in texts that differ by a letter', () => {
  const counts = new Uint32Array(128);
  const TEXTS = 4096;
  for (let index = 0; index < TEXTS; index++) {
    const letters = digestOf(`m{pod="cart-${index}"}`);
    expect(letters).toHaveLength(16);
    for (let bit = 0; bit < 128; bit++)
      counts[bit] = (counts[bit] ?? 0) + ((letters.charCodeAt(bit >> 3) >> (bit & 7)) & 1);
  }
  // Five standard deviations of a fair coin.
  for (const count of counts) expect(Math.abs(count - TEXTS / 2)).toBeLessThan(5 * 32);
});
