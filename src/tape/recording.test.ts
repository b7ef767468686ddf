import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Signal } from '#model/signal.ts';
import { finishRecording } from './finish-recording.ts';
import { openTape } from './reader.ts';
import { createRecording, recordingPathOf } from './recording.ts';
import { START_MS, signalStreams, smallStream } from './signals.arbitrary.ts';
import { verifyTape } from './verify.ts';

const HEADER = { name: 'a cluster', source: 'a test', licence: 'ask its owner' };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tape-recording-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function record(path: string, parts: readonly (readonly Signal[])[]): Promise<string> {
  const recording = await createRecording(recordingPathOf(path), HEADER);
  for (const [index, signals] of parts.entries()) await recording.append({ warmUp: index === 0, signals });
  await recording.close();
  return recording.path;
}

async function read(path: string): Promise<Signal[]> {
  const tape = await openTape(path);
  const signals = await Array.fromAsync(tape.signals());
  await tape.close();
  return signals;
}

describe('a recording', () => {
  test('becomes a tape of the same signals, whatever they are', async () => {
    const path = join(folder, 'any.tape');
    await fc.assert(
      fc.asyncProperty(signalStreams, fc.nat(30), async (signals, at) => {
        if (signals.length === 0) return;
        const { info } = await finishRecording(await record(path, [signals.slice(0, at), signals.slice(at)]), path);
        expect(isDeepStrictEqual(await read(path), signals)).toBe(true);
        expect(await verifyTape(path)).toEqual(info);
      }),
      { numRuns: 50 },
    );
  });

  test('has history and what was live as segments, is private, and leaves nothing beside it', async () => {
    const path = join(folder, 'segments.tape');
    const signals = smallStream();
    const { info } = await finishRecording(await record(path, [signals.slice(0, 22), signals.slice(22)]), path);
    expect(info.header.segments).toMatchObject([
      { name: 'history', fromMs: START_MS, toMs: START_MS + 20 * 60_000 + 5, warmUp: true },
      { name: 'recorded live', fromMs: START_MS + 20 * 60_000 + 5, warmUp: false },
    ]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.startsWith('segments'))).toEqual(['segments.tape']);
  });

  test('that was cut anywhere gives all records before the cut', async () => {
    const path = join(folder, 'cut.tape');
    const signals = smallStream();
    const parts = signals.map((signal) => [signal]);
    const { size } = await stat(await record(path, parts));
    await rm(recordingPathOf(path));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 400, max: size - 1 }), async (end) => {
        const recording = await record(path, parts);
        await truncate(recording, end);
        const { lostBytes } = await finishRecording(recording, path);
        const found = await read(path);
        expect(found.length).toBeLessThan(signals.length);
        expect(found).toEqual(signals.slice(0, found.length));
        expect(lostBytes).toBeLessThan(400);
      }),
      { numRuns: 20 },
    );
  });

  test('is never written over, and what is none is refused', async () => {
    const path = join(folder, 'twice.tape');
    const recording = await record(path, [smallStream()]);
    await expect(createRecording(recording, HEADER)).rejects.toThrow('tidewatch tape recover');
    const handle = await open(join(folder, 'text'), 'w');
    await handle.appendFile('hello, I am no recording');
    await handle.close();
    await expect(finishRecording(join(folder, 'text'), path)).rejects.toMatchObject({ code: 'tape-foreign' });
    await expect(finishRecording(join(folder, 'none'), path)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('of nothing stays where it is and says so', async () => {
    const path = join(folder, 'empty.tape');
    const recording = await record(path, []);
    await expect(finishRecording(recording, path)).rejects.toThrow('Nothing was recorded');
    expect((await stat(recording)).size).toBeGreaterThan(0);
  });

  test('of a recorder that is killed holds all that was acknowledged', { timeout: 30_000 }, async () => {
    const path = join(folder, 'killed.tape');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', RECORDER, recordingPathOf(path)]);
    let told = '';
    for await (const text of child.stdout) {
      told += String(text);
      if (told.split('\n').length > 200) break;
    }
    child.kill('SIGKILL');
    if (child.signalCode === null) await once(child, 'close');
    const acknowledged = told.slice(0, told.lastIndexOf('\n')).split('\n').length;
    await finishRecording(recordingPathOf(path), path);
    const frames = (await read(path)).filter(({ kind }) => kind === 'frame');
    expect(frames.length).toBeGreaterThanOrEqual(acknowledged);
    await verifyTape(path);
  });
});

/** Records a sample after the other, without end, and says when each is durable. */
const RECORDER = `
import { createRecording } from ${JSON.stringify(new URL('recording.ts', import.meta.url).href)};
const recording = await createRecording(process.argv[1], ${JSON.stringify(HEADER)});
const series = [{ id: 0, stepMs: 1000, labels: { __name__: 'a' } }];
await recording.append({ warmUp: false, signals: [{ kind: 'series', seenMs: 0, series }] });
for (let seenMs = 1; ; seenMs++) {
  const frame = { kind: 'frame', timeMs: seenMs, seenMs, ids: Uint32Array.of(0), values: Float64Array.of(seenMs) };
  await recording.append({ warmUp: false, signals: [frame] });
  process.stdout.write(seenMs + '\\n');
}
`;
