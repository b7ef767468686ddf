import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FrameSignal, Signal } from '#model/signal.ts';
import { openTape, openTapeHistory } from './reader.ts';
import { HEADER, START_MS, signalStreams, smallStream } from './signals.arbitrary.ts';
import { createTapeWriter } from './writer.ts';

let folder = '';
let small = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tape-reader-'));
  small = await write('small.tape', smallStream());
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, signals: readonly Signal[]): Promise<string> {
  const writer = await createTapeWriter(join(folder, name), HEADER, { level: 3, blockBytes: 600 });
  for (const signal of signals) await writer.write(signal);
  await writer.finish();
  return join(folder, name);
}

describe('signals of a range', () => {
  test('are those seen in it, after the series that were declared before it', async () => {
    await fc.assert(
      fc.asyncProperty(signalStreams, fc.nat(2_000_000), fc.nat(2_000_000), async (signals, from, length) => {
        const fromMs = START_MS + from;
        const toMs = fromMs + length;
        const tape = await openTape(await write('range.tape', signals));
        const found = await Array.fromAsync(tape.signals({ fromMs, toMs }));
        await tape.close();
        const inside = signals.filter(({ seenMs }) => seenMs >= fromMs && seenMs < toMs);
        const before = signals
          .filter(({ seenMs }) => seenMs < fromMs)
          .flatMap((signal) => (signal.kind === 'series' ? signal.series : []));
        const distinct = [...new Map(before.map((info) => [info.id, info])).values()];
        const dictionary = inside.length > 0 && distinct.length > 0;
        expect(found).toEqual(dictionary ? [{ kind: 'series', seenMs: fromMs, series: distinct }, ...inside] : inside);
      }),
      { numRuns: 60 },
    );
  });

  test('may be read twice at once', async () => {
    const tape = await openTape(small);
    const [first, second] = await Promise.all([Array.fromAsync(tape.signals()), Array.fromAsync(tape.signals())]);
    await tape.close();
    expect(first).toEqual(smallStream());
    expect(second).toEqual(first);
  });

  test('cannot be read once the tape is closed, and closing twice does no harm', async () => {
    const tape = await openTape(small);
    await tape.close();
    await tape.close();
    await expect(Array.fromAsync(tape.signals())).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('the past of series', () => {
  const minute = (index: number): number => START_MS + index * 60_000;

  test('is every sample from a time up to another, of the series that match', async () => {
    const history = await openTapeHistory(small);
    const found = await history.range({ service: 'a' }, minute(10), minute(13));
    await history.close();
    expect(found).toHaveLength(1);
    expect(found[0]?.info.labels.pod).toBe('a-1-1');
    expect([...(found[0]?.series.timesMs ?? [])]).toEqual([minute(10), minute(11), minute(12)]);
    expect([...(found[0]?.series.values ?? [])]).toEqual([10, 11, 12]);
  });

  test('leaves out what does not match and what has no sample then', async () => {
    const history = await openTapeHistory(small);
    expect(await history.range({ service: 'z' }, minute(0), minute(40))).toEqual([]);
    expect(await history.range({}, minute(50), minute(60))).toEqual([]);
    await history.close();
  });

  test('is by the time of measurement, in order, and what was seen last counts', async () => {
    const frame = (timeMs: number, seenMs: number, value: number): FrameSignal => {
      return { kind: 'frame', timeMs, seenMs, ids: Uint32Array.of(0), values: Float64Array.of(value) };
    };
    const declared: Signal = { kind: 'series', seenMs: 0, series: [{ id: 0, labels: {}, stepMs: 10 }] };
    const path = await write('late.tape', [declared, frame(20, 20, 2), frame(10, 30, 1), frame(20, 40, 22)]);
    const history = await openTapeHistory(path);
    const [found] = await history.range({}, 0, 100);
    await history.close();
    expect([...(found?.series.timesMs ?? [])]).toEqual([10, 20]);
    expect([...(found?.series.values ?? [])]).toEqual([1, 22]);
  });
});

describe('a file that is not a tape', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  test.each<[string, Buffer, string, RegExp]>([
    ['a picture', png, 'tape-foreign', /looks like a PNG picture/],
    ['gzip data', gzipSync('hello'), 'tape-foreign', /looks like gzip data/],
    ['Zstandard data', zstdCompressSync(Buffer.from('hello')), 'tape-foreign', /Zstandard/],
    ['JSON', Buffer.from('{"kind":"frame"}'), 'tape-foreign', /looks like text/],
    ['noise', Buffer.from([0, 1, 2, 3, 250, 9, 9, 9]), 'tape-foreign', /something else/],
    ['an empty file', Buffer.alloc(0), 'tape-truncated', /it is empty/],
    ['the first letters of a tape', Buffer.from('TWT'), 'tape-truncated', /3 bytes/],
    ['a tape of the next version', Buffer.from('TWTAPE\x02\x00'), 'tape-newer', /version 2.*up to 1.*Update/],
    ['a tape of version 0', Buffer.from('TWTAPE\x00\x00'), 'tape-corrupt', /no version 0/],
  ])('such as %s is named for what it is', async (_, bytes, code, message) => {
    const path = join(folder, 'other.tape');
    await writeFile(path, bytes);
    await expect(openTape(path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(openTape(path)).rejects.toThrow(path);
  });

  test('such as a folder, or nothing at all, is named too', async () => {
    await expect(openTape(folder)).rejects.toMatchObject({
      code: 'tape-foreign',
      message: expect.stringContaining('not a file'),
    });
    const nowhere = openTape(join(folder, 'nowhere.tape'));
    await expect(nowhere).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('no tape at') });
    await expect(openTape(join(small, 'below'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
