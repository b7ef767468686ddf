import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import snappy from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { encode } from './encode.ts';
import type { Batch } from './sample-queue.ts';
import type { LabelPairs } from './score-series.ts';

type Field = readonly [number: number, value: Uint8Array | number | bigint | string];

/** The fields of a message in their order; what is delimited as bytes. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.Bit64) fields.push([number, reader.double()]);
    else if (type === WireType.Varint) fields.push([number, Number(reader.int64())]);
    else fields.push([number, reader.bytes()]);
  }
  return fields;
}

const all = (fields: readonly Field[], number: number) =>
  fields.filter(([field]) => field === number).map(([, value]) => value as Uint8Array);
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

interface Decoded {
  readonly labels: string[][];
  readonly samples: number[][];
}

function samplesOf(series: readonly Field[]): number[][] {
  return all(series, 2).map((sample) => {
    const byNumber = new Map(fieldsOf(sample));
    return [Number(byNumber.get(2) ?? 0), Number(byNumber.get(1) ?? 0)];
  });
}

function decodeV1(body: Uint8Array): Decoded[] {
  return all(fieldsOf(snappy.uncompress(body)), 1).map((bytes) => {
    const series = fieldsOf(bytes);
    const labels = all(series, 1).map((label) => {
      const byNumber = new Map(fieldsOf(label));
      return [1, 2].map((number) => textOf(byNumber.get(number) as Uint8Array));
    });
    return { labels, samples: samplesOf(series) };
  });
}

function decodeV2(body: Uint8Array): Decoded[] {
  const request = fieldsOf(snappy.uncompress(body));
  const symbols = all(request, 4).map(textOf);
  expect(symbols[0]).toBe('');
  expect(new Set(symbols).size).toBe(symbols.length);
  return all(request, 5).map((bytes) => {
    const series = fieldsOf(bytes);
    const reader = new BinaryReader(all(series, 1)[0] ?? new Uint8Array());
    const labels: string[][] = [];
    while (reader.pos < reader.len) labels.push([symbols[reader.uint32()] ?? '?', symbols[reader.uint32()] ?? '?']);
    expect(fieldsOf(all(series, 5)[0] ?? new Uint8Array())).toEqual([[1, 2]]);
    return { labels, samples: samplesOf(series) };
  });
}

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
