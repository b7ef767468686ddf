import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNezhaTime, parseNezhaValue } from './nezha-text.ts';

describe('a time as Go prints it', () => {
  test.each([
    ['2022-08-22 03:51:19.607158889 +0000 UTC m=+0.113112869', '2022-08-22T03:51:19.607Z'],
    ['2022-08-22 03:51:19.6079999 +0000 UTC m=+72480.7', '2022-08-22T03:51:19.607Z'],
    ['2022-08-22 03:51:19.2 +0000 UTC', '2022-08-22T03:51:19.200Z'],
    ['2022-08-22 03:51:19 +0000 UTC m=+0.1', '2022-08-22T03:51:19.000Z'],
    ['2022-08-22 03:51:19', '2022-08-22T03:51:19.000Z'],
  ])('%s is %s: UTC, cut to the millisecond', (text, iso) => {
    expect(new Date(parseNezhaTime(text, 'x')).toISOString()).toBe(iso);
  });

  test.each([
    '',
    'now',
    '1661140279',
    '2022-08-22 03:51:19 +0200 CEST',
    '2022-13-22 03:51:19',
    '2022-02-31 03:51:19',
    '2022-08-22 25:51:19',
  ])('"%s" is refused with the place it stands in', (text) => {
    expect(() => parseNezhaTime(text, 'x.csv:7')).toThrow(/^x\.csv:7: .* is not a time/);
  });
});

describe('a number in another unit', () => {
  const milli = { name: '', exponent: -3 };
  const mebi = { name: '', exponent: 0, factor: 2 ** 20 };

  test.each([
    ['1.7624831358803779', milli, 0.0017624831358803779],
    ['5.1', { name: '', exponent: -2 }, 0.051],
    ['1e3', milli, 1],
    ['1.5E-3', milli, 1.5e-6],
    ['-0', milli, -0],
    ['201.23828125', mebi, 211_013_632],
    ['', milli, Number.NaN],
    ['NaN', milli, Number.NaN],
    ['+Inf', milli, Number.POSITIVE_INFINITY],
  ])('%s is the nearest double', (text, unit, value) => {
    expect(parseNezhaValue(text, unit, 'x')).toBe(value);
  });

  test('is what the decimal means, and not a double that was divided', () => {
    expect(parseNezhaValue('0.77', milli, 'x')).toBe(0.00077);
    expect(0.77 / 1000).not.toBe(0.00077);
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(6), (digits, shift) => {
        const value = parseNezhaValue(String(digits), { name: '', exponent: -shift }, 'x');
        // A whole number and a power of ten are both exact, so this division is rounded once.
        return Object.is(value, digits / 10 ** shift);
      }),
    );
  });

  test.each(['x', '1,5', '0x10', '1e', '.', ' 1', 'Infinity', 'toString'])('"%s" is refused with its place', (text) => {
    expect(() => parseNezhaValue(text, milli, 'x.csv:7')).toThrow(/^x\.csv:7: .* is not a number/);
  });
});
