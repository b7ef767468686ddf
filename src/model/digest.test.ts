import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';

// As the reference does (mmh3, hash_bytes of the text in UTF-16LE, seed 0).
test.each([
  ['', '00000000000000000000000000000000'],
  ['a', '96b13b03e14fefcce14fefcce14fefcc'],
  ['m{pod="cart-1"}', 'cb0dd3e8180479a6257a122e0ecd96bd'],
  ['m{namespace="shop",pod="cart-1234567890",é}', 'b5fe19f778a0c0b2930c1d8029f79c66'],
])('of %j is %s', (text, hex) => {
  expect(Buffer.from(digestOf(text), 'latin1').toString('hex')).toBe(hex);
});

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
