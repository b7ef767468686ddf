import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Track } from '#model/score.ts';
import { FIGURES, type ScoreBlock } from '#model/score-block.ts';
import type { StepRequest } from '#pipeline/flow.ts';
import type { SteppedRecord } from '#pipeline/records.ts';
import { buffersOf, createAnswerPacker, createAnswerUnpacker, packRequests, unpackRequests } from './step-wire.ts';

function trackOf(name: string): Track {
  return { key: `d|${name}`, detector: 'd', series: name, labels: { __name__: name }, stepMs: 1, threshold: 3 };
}

/** Rows of the tracks in turn, every figure of a value of its own. */
function steppedOf(tracks: readonly Track[], rows: number, given: { partition?: number; tick?: number } = {}) {
  const figure = (which: number) => Float64Array.from({ length: rows }, (_, row) => which + row / 1000);
  const figures = Object.fromEntries(FIGURES.map((name, index) => [name, figure(index)])) as unknown as ScoreBlock;
  const scores: ScoreBlock = {
    ...figures,
    tracks: Uint32Array.from({ length: rows }, (_, row) => row % tracks.length),
    flags: Uint16Array.from({ length: rows }, (_, row) => row),
  };
  const { partition = 0, tick = 0 } = given;
  const dropped = { outOfOrder: tick, unknownSeries: 0 };
  return { tick, partition, offset: tick, tracks, scores, findings: [], dropped } satisfies SteppedRecord;
}

test('requests arrive as they were given, and their own arrays are left alone', () => {
  const requests: StepRequest[] = [3, 0, 40].map((rows, index) => ({
    ...{ partition: index * 7, offset: index },
    record: {
      ...{ tick: 5, seenMs: 60, series: [], gone: [index] },
      samples: {
        timesMs: Float64Array.from({ length: rows }, (_, row) => row),
        seenMs: Float64Array.from({ length: rows }, (_, row) => row + 1),
        ids: Uint32Array.from({ length: rows }, (_, row) => row * 2),
        values: Float64Array.from({ length: rows }, (_, row) => (row === 1 ? Number.NaN : row / 3)),
      },
    },
  }));
  const wire = packRequests(requests);
  const moved = structuredClone(wire, { transfer: buffersOf(wire.samples) });
  expect(unpackRequests(moved)).toEqual(requests);
  expect(requests.map(({ record }) => record.samples.ids.length)).toEqual([3, 0, 40]);
});

test('answers arrive as they were given, whatever is forgotten in between', () => {
  const tracks = Array.from({ length: 6 }, (_, index) => trackOf(`m${index}`));
  const record = fc.record({
    partition: fc.integer({ min: 0, max: 2 }),
    some: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
    rows: fc.integer({ min: 0, max: 9 }),
  });
  const answer = fc.record({ records: fc.array(record, { maxLength: 4 }), forgets: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 8 }), (answers) => {
      const [packer, unpack] = [createAnswerPacker(), createAnswerUnpacker()];
      for (const [tick, { records, forgets }] of answers.entries()) {
        const stepped = records.map(({ partition, some, rows }) =>
          steppedOf(
            some.map((index) => tracks[index] as Track),
            rows,
            { partition, tick },
          ),
        );
        const wire = packer.pack(stepped);
        expect(unpack(structuredClone(wire, { transfer: buffersOf(wire.scores) }))).toEqual(stepped);
        packer.forget(forgets);
      }
    }),
  );
});

test('a track travels once, and anew when its partition was forgotten', () => {
  const packer = createAnswerPacker();
  const [one, other] = [trackOf('one'), trackOf('other')];
  const freshOf = (...tracks: Track[]) =>
    packer.pack([steppedOf(tracks, 2)]).heads[0]?.fresh.map(({ series }) => series);
  expect(freshOf(one)).toEqual(['one']);
  expect(freshOf(one, other)).toEqual(['other']);
  expect(freshOf(other, one)).toEqual([]);
  packer.forget(1);
  expect(freshOf(one)).toEqual([]);
  packer.forget(0);
  expect(freshOf(one)).toEqual(['one']);
});

test('a track is the same object from answer to answer', () => {
  const [packer, unpack] = [createAnswerPacker(), createAnswerUnpacker()];
  const track = trackOf('one');
  const ask = () => unpack(structuredClone(packer.pack([steppedOf([track], 1)])))[0]?.tracks[0];
  expect(ask()).toBe(ask());
});
