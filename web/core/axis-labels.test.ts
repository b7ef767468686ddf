import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisLabels, rangeWords } from './axis-labels.ts';
import { createFormat } from './format.ts';

const plain = (words: string): string => words.replaceAll('\u202f', ' ');

describe('the labels of an axis', () => {
  test.each([
    ['a small range of large values', [0.0999, 0.09995, 0.1, 0.10005], 'cores', '99.9m 99.95m 100m 100.05m'],
    ['steps of two and a half', [0.0975, 0.1, 0.1025], 'cores', '97.5m 100m 102.5m'],
    ['an ordinary range', [0, 0.05, 0.1], 'seconds', '0_ms 50_ms 100_ms'],
    ['halves of a power of two', [0, 2 ** 29, 2 ** 30], 'bytes', '0Gi 0.5Gi 1Gi'],
    ['thousands', [0, 5000, 10_000], 'plain', '0 5000 10_000'],
  ] as const)('of %s tell their splits apart', (_, splits, unit, labels) => {
    expect(
      axisLabels(splits, splits.at(-1) ?? 0, unit)
        .map((label) => label.replaceAll('\u202f', '_'))
        .join(' '),
    ).toBe(labels);
  });

  test('are never the same twice, wherever the range lies', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom('cores', 'seconds', 'plain', 'ratio'),
        (size, exponent, unit) => {
          const step = 10 ** Math.floor(Math.log10(size) - exponent);
          const splits = Array.from({ length: 5 }, (_, i) => (Math.round(size / step) + i) * step);
          expect(new Set(axisLabels(splits, splits.at(-1) ?? 0, unit)).size).toBe(5);
        },
      ),
    );
  });
});

describe('a range', () => {
  const format = createFormat('en', 'UTC');
  test.each([
    [0.0822, 0.0967, 'cores', '82.2 millicores … 96.7 millicores'],
    [0.099_97, 0.100_04, 'cores', '99.97 millicores … 100.04 millicores'],
    [0.1, 0.1, 'cores', '100 millicores … 100 millicores'],
  ] as const)('from %s to %s %s reads %s', (lower, upper, unit, words) => {
    expect(plain(rangeWords(lower, upper, unit, format))).toBe(words);
  });
});
