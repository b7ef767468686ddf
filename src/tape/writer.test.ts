import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import type { Signal } from '#model/signal.ts';
import { openTape } from './reader.ts';
import { HEADER, START_MS, signalStreams, smallStream } from './signals.arbitrary.ts';
import { verifyTape } from './verify.ts';
import { createTapeWriter, type TapeWriterOptions } from './writer.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tape-writer-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, signals: readonly Signal[], options: TapeWriterOptions = {}) {
  const path = join(folder, name);
  const writer = await createTapeWriter(path, HEADER, { level: 3, ...options });
  for (const signal of signals) await writer.write(signal);
  return { path, info: await writer.finish() };
}

async function read(path: string): Promise<Signal[]> {
  const tape = await openTape(path);
  const signals = await Array.fromAsync(tape.signals());
  await tape.close();
  return signals;
}

describe('a tape that is written', () => {
  test('gives back the same signals, whatever they are and however blocks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(signalStreams, fc.constantFrom(1, 500, 1_000_000), async (signals, blockBytes) => {
        const { path, info } = await write('any.tape', signals, { blockBytes });
        expect(isDeepStrictEqual(await read(path), signals)).toBe(true);
        expect(await verifyTape(path)).toEqual(info);
      }),
      { numRuns: 60 },
    );
  });

  test('has the same bytes when it is written again', async () => {
    const first = await write('first.tape', smallStream());
    const second = await write('second.tape', smallStream());
    expect(await readFile(second.path)).toEqual(await readFile(first.path));
    expect(second.info.checksum).toBe(first.info.checksum);
  });

  test('may declare more series at once than a call has room for arguments', async () => {
    const series = Array.from({ length: 500_000 }, (_, id) => ({ id, labels: {}, stepMs: 60_000 }));
    const end: Signal = { kind: 'topology', timeMs: START_MS, seenMs: START_MS + 1, edges: [] };
    const { path } = await write('many.tape', [{ kind: 'series', seenMs: START_MS, series }, end]);
    const tape = await openTape(path);
    const signals = await Array.fromAsync(tape.signals({ fromMs: START_MS + 1 }));
    await tape.close();
    expect(signals.map((signal) => (signal.kind === 'series' ? signal.series.length : signal.kind))).toEqual([
      500_000,
      'topology',
    ]);
  });

  test('says what is on it, with the header it was given', async () => {
    const { info } = await write('info.tape', smallStream());
    expect(info).toMatchObject({ samples: 80, spans: 2, blocks: 1, header: { version: 1, ...HEADER } });
    expect(info.series.map(({ labels }) => labels.service)).toEqual(['a', 'b']);
  });

  test('takes its last header at the end, because a live recording learns its own end last', async () => {
    const path = join(folder, 'late.tape');
    const writer = await createTapeWriter(path, HEADER);
    await writer.finish({ ...HEADER, toMs: START_MS + 5, segments: [] });
    expect((await verifyTape(path)).header.toMs).toBe(START_MS + 5);
  });

  test('keeps the values of the moment when the caller reuses its arrays and does not wait', async () => {
    const path = join(folder, 'reused.tape');
    const writer = await createTapeWriter(path, HEADER, { level: 3, blockBytes: 1 });
    const ids = Uint32Array.of(0);
    const values = Float64Array.of(0);
    const waits = [writer.write({ kind: 'series', seenMs: START_MS, series: [{ id: 0, labels: {}, stepMs: 1 }] })];
    for (let index = 0; index < 20; index++) {
      values[0] = index;
      waits.push(writer.write({ kind: 'frame', timeMs: START_MS, seenMs: START_MS + index, ids, values }));
    }
    await Promise.all(waits);
    await writer.finish();
    const frames = (await read(path)).filter((signal) => signal.kind === 'frame');
    expect(frames.map((frame) => frame.values[0])).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test('appears under its name only when it is finished, and leaves nothing behind when it is discarded', async () => {
    const sub = await mkdtemp(join(folder, 'discard-'));
    const writer = await createTapeWriter(join(sub, 'x.tape'), HEADER);
    for (const signal of smallStream()) await writer.write(signal);
    expect(await readdir(sub)).toEqual([expect.stringMatching(/^x\.tape\.[0-9a-f]{8}\.part$/)]);
    await writer.discard();
    await writer.discard();
    expect(await readdir(sub)).toEqual([]);
    await expect(writer.finish()).rejects.toMatchObject({ code: 'internal' });
  });

  test('has the permissions that were asked for', async () => {
    const { path } = await write('private.tape', [], { mode: 0o600 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('a signal that cannot be read back', () => {
  const series: Signal = { kind: 'series', seenMs: START_MS, series: [{ id: 1, labels: { a: 'x' }, stepMs: 1 }] };
  const frame = (fields: object): Signal =>
    ({
      kind: 'frame',
      timeMs: START_MS,
      seenMs: START_MS,
      ids: Uint32Array.of(1),
      values: Float64Array.of(1),
      ...fields,
    }) as Signal;
  const declare = (info: object): Signal =>
    ({ ...series, series: [{ id: 2, labels: {}, stepMs: 1, ...info }] }) as Signal;

  test.each<[string, Signal, RegExp]>([
    ['comes before the one before it', frame({ seenMs: START_MS - 1 }), /order of seenMs/],
    ['was seen at no time', frame({ seenMs: Number.NaN }), /seenMs is NaN/],
    ['has a time between milliseconds', frame({ timeMs: START_MS + 0.5 }), /timeMs is .* whole milliseconds/],
    ['has fewer values than ids', frame({ values: new Float64Array(0) }), /1 ids and 0 values/],
    ['names a series that was not declared', frame({ ids: Uint32Array.of(7) }), /series 7 was not declared/],
    ['gives an id to another series', declare({ id: 1, labels: { a: 'y' } }), /declared before/],
    ['has an id that is none', declare({ id: -1 }), /series id -1/],
    ['has a step that is none', declare({ stepMs: 0 }), /stepMs of series 2 is 0/],
    ['has a label that JavaScript reserves', declare({ labels: JSON.parse('{"__proto__":"x"}') }), /__proto__/],
    [
      'is larger than a block may be',
      frame({ ids: new Uint32Array(3e6).fill(1), values: new Float64Array(3e6) }),
      /split it/,
    ],
  ])('is refused with a sentence when it %s, and the tape goes on', async (_, signal, message) => {
    const path = join(folder, 'refused.tape');
    const writer = await createTapeWriter(path, HEADER, { level: 3 });
    await writer.write(series);
    const refusal = await writer.write(signal).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
    await writer.write(frame({ seenMs: START_MS + 1 }));
    expect(await writer.finish()).toMatchObject({ samples: 1 });
    expect(await read(path)).toEqual([series, frame({ seenMs: START_MS + 1 })]);
  });

  const spans = (fields: object): Signal => {
    const span = {
      traceId: 't',
      spanId: 's',
      pod: 'p',
      service: 's',
      operation: 'o',
      startMs: START_MS,
      durationMs: 1,
    };
    return { kind: 'spans', timeMs: START_MS, seenMs: START_MS, spans: [{ ...span, ...fields }] };
  };

  test.each<[string, Signal, RegExp]>([
    ['lasts no number', spans({ durationMs: Number.NaN }), /lasts NaN ms/],
    ['never ends', spans({ durationMs: Number.POSITIVE_INFINITY }), /lasts Infinity ms/],
    ['ends before it starts', spans({ durationMs: -5 }), /lasts -5 ms/],
    ['starts at no time', spans({ startMs: Number.NaN }), /starts at NaN/],
    ['starts when no date is', spans({ startMs: 8.7e15 }), /starts at 87/],
  ])('is one with a span that %s', async (_, signal, message) => {
    const writer = await createTapeWriter(join(folder, 'span.tape'), HEADER, { level: 3 });
    await expect(writer.write(signal)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
    await writer.discard();
  });

  const segment = { name: 's', fromMs: START_MS, toMs: START_MS + 1, shiftedMs: 0, warmUp: false };
  test.each<[string, object, RegExp]>([
    ['begins when no date is', { fromMs: -8.65e15 }, /header\.fromMs/],
    ['has a fault when no date is', { answerKey: [{ ...HEADER.answerKey[0], timeMs: 8.65e15 }] }, /answerKey\[0\]/],
    ['has a segment that runs backwards', { segments: [{ ...segment, toMs: START_MS - 1 }] }, /segment ends before/],
    ['has a segment beyond its time', { segments: [{ ...segment, toMs: HEADER.toMs + 1 }] }, /segment reaches beyond/],
    ['has too many segments', { segments: Array(1001).fill(segment) }, /more than 1000 segments/],
    ['has too many faults', { answerKey: Array(100_001).fill(HEADER.answerKey[0]) }, /more than 100000 faults/],
  ])('is a header too, when it %s', async (_, fields, message) => {
    const writer = await createTapeWriter(join(folder, 'header.tape'), { ...HEADER, ...fields });
    await expect(writer.finish()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
  });

  test('is a header too, when it ends before it begins; nothing is left behind', async () => {
    const sub = await mkdtemp(join(folder, 'header-'));
    const writer = await createTapeWriter(join(sub, 'x.tape'), { ...HEADER, toMs: 0 });
    await expect(writer.finish()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('ends before'),
    });
    expect(await readdir(sub)).toEqual([]);
  });

  test('a folder that is not there is named, with what to do', async () => {
    const opening = createTapeWriter(join(folder, 'missing', 'x.tape'), HEADER);
    await expect(opening).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringMatching(/x\.tape.*check the folder/),
    });
  });
});
