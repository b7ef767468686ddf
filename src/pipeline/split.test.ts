import { expect, test } from 'vitest';
import { madeUpTape } from '../../test/fixtures/made-up-tape.ts';
import { Splitter } from './split.ts';

test('every sample goes to exactly one partition, near copies to the same one', () => {
  const tape = madeUpTape({ pods: 5, minutes: 4 });
  const splitter = new Splitter();
  for (const signal of tape.signals) splitter.add(signal);
  const tick = splitter.close(1);
  const rows = [...tick.records.values()].flatMap(({ samples }) =>
    Array.from(samples.ids, (id, row) => `${id}@${samples.timesMs[row]}=${samples.values[row]}`),
  );
  expect(new Set(rows).size).toBe(5 * 3 * 4);
  expect(tick.samples).toBe(rows.length);
  for (const { samples } of tick.records.values()) {
    const ids = new Set(samples.ids);
    for (let pod = 0; pod < 5; pod++) expect(ids.has(pod * 3)).toBe(ids.has(pod * 3 + 1));
  }
});

test('a sample of a series that nobody named is counted and left out', () => {
  const splitter = new Splitter();
  splitter.add({ kind: 'frame', timeMs: 1, seenMs: 1, ids: Uint32Array.of(9), values: Float64Array.of(1) });
  expect(splitter.unknownSamples).toBe(1);
  expect(splitter.isEmpty).toBe(true);
});

test('closing begins a new tick with nothing in it', () => {
  const splitter = new Splitter();
  for (const signal of madeUpTape({ pods: 1, minutes: 1 }).signals) splitter.add(signal);
  expect(splitter.close(5).tick).toBe(0);
  expect(splitter.isEmpty).toBe(true);
  expect(splitter.close(6)).toMatchObject({ tick: 1, seenMs: 6, samples: 0 });
});

test('who steps a series is told that it is gone with the next tick, and its samples are unknown from then on', () => {
  const splitter = new Splitter();
  for (const signal of madeUpTape({ pods: 1, minutes: 1 }).signals) splitter.add(signal);
  splitter.close(1);
  splitter.remove([0, 99]);
  expect(splitter.isEmpty).toBe(true);
  splitter.add({ kind: 'frame', timeMs: 2, seenMs: 2, ids: Uint32Array.of(0, 1), values: Float64Array.of(1, 1) });
  expect(splitter.unknownSamples).toBe(1);
  const gone = () => [...splitter.close(2).records.values()].flatMap((record) => record.gone);
  expect(gone()).toEqual([0]);
  expect(gone()).toEqual([]);
});
