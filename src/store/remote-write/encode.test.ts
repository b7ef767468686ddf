import fc from 'fast-check';
import snappy from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { decodeV1, decodeV2 } from '../../../test/fixtures/remote-write-body.ts';
import { encode } from './encode.ts';
import type { Batch } from './samples.ts';
import type { LabelPairs } from './score-series.ts';

const A: LabelPairs = [
  ['__name__', 'tidewatch_score'],
  ['pod', 'cart-0'],
];
const B: LabelPairs = [
  ['__name__', 'tidewatch_score'],
  ['pod', '购物车'],
];

describe.each([
  [1, decodeV1],
  [2, decodeV2],
] as const)('a body of version %i', (version, decode) => {
  it('holds each series once, with its samples in their order', () => {
    const batch: Batch = {
      series: [A, B, A],
      timesMs: [1000, 1000, 2000],
      values: [1.5, -3, Number.POSITIVE_INFINITY],
    };
    expect(decode(encode(batch, version))).toEqual([
      {
        labels: A,
        samples: [
          [1000, 1.5],
          [2000, Number.POSITIVE_INFINITY],
        ],
      },
      { labels: B, samples: [[1000, -3]] },
    ]);
  });

  it('holds whatever is put in', () => {
    const label = fc.tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }));
    const point = fc.record({
      timeMs: fc.integer({ min: -1, max: 4e12 }),
      value: fc.double({ noNaN: true }),
      labels: fc.array(label, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), (points) => {
        const batch: Batch = {
          series: points.map(({ labels }) => labels),
          timesMs: points.map(({ timeMs }) => timeMs),
          values: points.map(({ value }) => value),
        };
        const clean = (labels: LabelPairs) => labels.map((pair) => pair.map((text) => text.toWellFormed()));
        expect(decode(encode(batch, version))).toEqual(
          points.map(({ labels, timeMs, value }) => ({ labels: clean(labels), samples: [[timeMs, value]] })),
        );
      }),
      { numRuns: 50 },
    );
  });
});

it('what is told once is smaller, before both are compressed', () => {
  const series = Array.from(
    { length: 500 },
    (_, index): LabelPairs => [
      ['__name__', 'tidewatch_score'],
      ['namespace', 'shop'],
      ['pod', `cart-${index}`],
    ],
  );
  const batch: Batch = { series, timesMs: series.map(() => 1e12), values: series.map((_, index) => index) };
  const sizeOf = (version: 1 | 2) => snappy.uncompress(encode(batch, version)).length;
  expect(sizeOf(2)).toBeLessThan(sizeOf(1) / 1.5);
});
