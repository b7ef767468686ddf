import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cut, cutTape } from './cut.ts';
import { openTape, type Tape } from './reader.ts';
import { HEADER, START_MS, smallStream } from './signals.arbitrary.ts';
import { createTapeWriter } from './writer.ts';

let folder = '';
let tape: Tape;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tape-cut-'));
  const writer = await createTapeWriter(join(folder, 'small.tape'), HEADER, { level: 3, blockBytes: 600 });
  for (const signal of smallStream()) await writer.write(signal);
  await writer.finish();
  tape = await openTape(join(folder, 'small.tape'));
});
afterAll(async () => {
  await tape.close();
  await rm(folder, { recursive: true });
});

const minute = (index: number): number => START_MS + index * 60_000;

async function cut(what: Cut) {
  const { header, signals } = cutTape(tape, what);
  return { header, signals: await Array.fromAsync(signals) };
}

describe('a part of a tape', () => {
  test('is the whole when nothing is asked for', async () => {
    const { header, signals } = await cut({});
    expect(header).toEqual(HEADER);
    expect(signals).toEqual(smallStream());
  });

  test('stands on its own: topology and dictionary from before it come first', async () => {
    const { header, signals } = await cut({ fromMs: minute(20), toMs: minute(22) });
    expect(signals.map(({ kind }) => kind)).toEqual(['topology', 'series', 'frame', 'frame']);
    expect(signals.every(({ seenMs }) => seenMs >= minute(20) && seenMs < minute(22))).toBe(true);
    expect(signals[0]).toMatchObject({ timeMs: START_MS, edges: [{ type: 'calls', from: 'a', to: 'b' }] });
    expect(header).toMatchObject({ fromMs: minute(20), toMs: minute(22), licence: HEADER.licence, answerKey: [] });
  });

  test('has the segments and the faults of its time only', async () => {
    const { header } = await cut({ fromMs: minute(5), toMs: minute(12) });
    expect(header.segments.map(({ name, fromMs, toMs }) => [name, fromMs, toMs])).toEqual([
      ['quiet', minute(5), minute(10)],
      ['loud', minute(10), minute(12)],
    ]);
    expect(header.answerKey).toEqual(HEADER.answerKey);
  });

  test('may be some of the series, with their spans and faults', async () => {
    const { header, signals } = await cut({ match: { service: 'b' } });
    const frames = signals.filter((signal) => signal.kind === 'frame');
    expect(frames).toHaveLength(40);
    expect([...(frames[1]?.ids ?? [])]).toEqual([1]);
    expect([...(frames[1]?.values ?? [])]).toEqual([Math.sin(1)]);
    const spans = signals.flatMap((signal) => (signal.kind === 'spans' ? signal.spans : []));
    expect(spans.map(({ spanId }) => spanId)).toEqual(['u']);
    const series = signals.flatMap((signal) => (signal.kind === 'series' ? signal.series : []));
    expect(series.map(({ id }) => id)).toEqual([1]);
    expect(header.answerKey).toEqual([]);
  });

  test.each<[string, Cut, RegExp]>([
    ['a time before it', { toMs: minute(-1) }, /Nothing of the tape.*goes from 2022-08-22/],
    ['a time that ends before it begins', { fromMs: minute(9), toMs: minute(8) }, /Nothing of the tape/],
    ['series that are not there', { match: { service: 'z' } }, /No series.*"z"/],
  ])('is refused for %s', async (_, what, message) => {
    await expect(cut(what)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
  });
});
