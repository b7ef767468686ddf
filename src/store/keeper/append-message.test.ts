// What is appended here is what is appended there: bytes that come back as the batch they were, whole or in pieces.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeBatch, makeFinding, makeScores, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import type { AppendBatch } from '../contract.ts';
import { readAppend, readAppendHead, writeAppend } from './append-message.ts';
import { piecesOf } from './pieces.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const double = fc.double();
const row = fc.record({
  track: fc.nat(3),
  timeMs: fc.integer(),
  value: double,
  score: double,
  expected: double,
  flags: fc.oneof(fc.nat(255), fc.nat(65_535)),
});
const span = fc.record(
  {
    ...{ traceId: text, spanId: text, parentId: text, pod: text, service: text, operation: text },
    ...{ startMs: double, durationMs: double },
  },
  {
    requiredKeys: ['traceId', 'spanId', 'pod', 'service', 'operation', 'startMs', 'durationMs'],
    noNullPrototype: true,
  },
);
const batch: fc.Arbitrary<AppendBatch> = fc
  .record({
    epoch: fc.maxSafeNat(),
    key: text,
    position: fc.record({ seenMs: double, stream: text }, { noNullPrototype: true }),
    labels: fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true }),
    rows: fc.array(row, { maxLength: 40 }),
    peaks: fc.array(double, { maxLength: 4 }),
    spans: fc.array(span, { maxLength: 4 }),
    edges: fc.array(
      fc.record(
        { type: fc.constantFrom('calls' as const, 'runs-on' as const), from: text, to: text },
        { noNullPrototype: true },
      ),
    ),
  })
  .map(({ labels, rows, peaks, ...rest }) => ({
    ...rest,
    tracks: [0, 1, 2, 3].map((index) => ({ ...podTrack(`pod-${index}`), labels })),
    scores: makeScores(rows),
    findings: peaks.map((peakScore, index) => makeFinding(`f${index}`, { peakScore })),
  }));

describe('a batch', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(batch, (given) => {
        expect(readAppend(writeAppend(given))).toEqual(given);
      }),
    );
  });

  test('tells who wrote it and how far it goes without its rows', () => {
    fc.assert(
      fc.property(batch, (given) => {
        const { epoch, key, position } = given;
        expect(readAppendHead(writeAppend(given))).toEqual({ epoch, key, position });
      }),
    );
  });

  test('in pieces has every row, finding and span once, and its key and position in the last', () => {
    fc.assert(
      fc.property(batch, fc.integer({ min: 1, max: 5000 }), (given, pieceBytes) => {
        const pieces = [...piecesOf(given, pieceBytes)];
        const rowsOf = (one: AppendBatch) =>
          Array.from(one.scores.tracks, (track, index) => [
            one.tracks[track]?.key,
            one.scores.timesMs[index],
            one.scores.values[index],
            one.scores.flags[index],
          ]);
        expect(pieces.flatMap(rowsOf)).toEqual(rowsOf(given));
        expect(pieces.flatMap(({ findings }) => findings)).toEqual(given.findings);
        expect(pieces.flatMap(({ spans }) => spans)).toEqual(given.spans);
        expect(pieces.flatMap(({ edges }) => edges)).toEqual(given.edges);
        const { epoch, key, position } = given;
        expect(pieces.at(-1)).toMatchObject({ epoch, key, position });
        expect(new Set(pieces.map((piece) => piece.key)).size).toBe(pieces.length);
        for (const piece of pieces.slice(0, -1))
          expect(piece.position.seenMs <= 0 || Number.isNaN(piece.position.seenMs)).toBe(true);
      }),
    );
  });
});

describe('bytes that are no batch', () => {
  test('are refused wherever they are cut, or read as what is there', () => {
    const whole = writeAppend(makeBatch('k', { points: [{ track: 0, timeMs: T0 }], findings: [makeFinding('f')] }));
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.slice(0, length);
      try {
        readAppend(cut);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
  });

  test('are refused when a column is no column or a finding none', () => {
    // Field 5 (scores) with a column of three bytes; field 6 with the text "{}".
    expect(() => readAppend(Uint8Array.of(0x2a, 5, 0x12, 3, 1, 2, 3))).toThrow(RangeError);
    expect(() => readAppend(Uint8Array.of(0x32, 2, 0x7b, 0x7d))).toThrow(/a finding lacks/);
    for (const part of [{ metric: undefined }, { members: [null] }, { members: [{}] }]) {
      const findings = [{ ...makeFinding('f'), ...part } as unknown as AppendBatch['findings'][number]];
      expect(() => readAppend(writeAppend(makeBatch('a', { findings })))).toThrow(/a finding lacks/);
    }
  });

  test('may have fields of a newer writer', () => {
    const given = makeBatch('k', { points: [{ track: 0, timeMs: T0 }] });
    // Field 99, a varint.
    const newer = Buffer.concat([Uint8Array.of(0x98, 0x06, 7), writeAppend(given)]);
    expect(readAppend(newer)).toEqual(given);
  });
});
