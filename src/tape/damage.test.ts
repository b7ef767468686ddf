// What happens to a tape on its way: bytes that change, parts that are lost, and files made to do harm.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import type { Signal } from '#model/signal.ts';
import { encodeBlock } from './block.ts';
import { compress, encodeFooter, encodePreamble, PREAMBLE_BYTES } from './layout.ts';
import { openTape } from './reader.ts';
import { HEADER, START_MS, signalStreams, smallStream } from './signals.arbitrary.ts';
import { verifyTape } from './verify.ts';
import { createTapeWriter } from './writer.ts';

let folder = '';
let path = '';
let sound: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tape-damage-'));
  path = join(folder, 'damaged.tape');
  const writer = await createTapeWriter(path, HEADER, { level: 3, blockBytes: 500 });
  for (const signal of smallStream()) await writer.write(signal);
  await writer.finish();
  sound = await readFile(path);
});
afterAll(() => rm(folder, { recursive: true }));

async function readAll(): Promise<Signal[]> {
  const tape = await openTape(path);
  try {
    return await Array.fromAsync(tape.signals());
  } finally {
    await tape.close();
  }
}

/** The error of reading what is at `path` now; fails when it is none of ours, undefined when there is none. */
async function refusal(read: () => Promise<unknown> = readAll): Promise<AppError | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  }
}

describe('a tape with damage', () => {
  test('is refused for every byte that may change, when read and when verified', async () => {
    const silent: number[] = [];
    for (let at = 0; at < sound.length; at++) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + (at % 255));
      await writeFile(path, bytes);
      const whenRead = await refusal();
      const whenVerified = await refusal(() => verifyTape(path));
      if (!whenRead?.code.startsWith('tape-') || !whenVerified?.code.startsWith('tape-')) silent.push(at);
    }
    expect(silent).toEqual([]);
  });

  test('is refused as truncated wherever it was cut', async () => {
    const other: number[] = [];
    for (let length = 0; length < sound.length; length++) {
      await writeFile(path, sound.subarray(0, length));
      if ((await refusal())?.code !== 'tape-truncated') other.push(length);
    }
    expect(other).toEqual([]);
  });

  test('is refused when something was put behind it, even another tape', async () => {
    await writeFile(path, Buffer.concat([sound, Buffer.from('\n')]));
    expect((await refusal())?.code).toBe('tape-truncated');
    await writeFile(path, Buffer.concat([sound, sound]));
    expect((await refusal())?.code).toBe('tape-corrupt');
  });

  test('is refused when it becomes shorter after it was opened', async () => {
    await writeFile(path, sound);
    const tape = await openTape(path);
    await truncate(path, PREAMBLE_BYTES + 3);
    expect((await refusal(() => tape.block(0)))?.code).toBe('tape-truncated');
    await tape.close();
  });

  test('can be opened when only a block is damaged, and says which', async () => {
    const bytes = Buffer.from(sound);
    bytes[PREAMBLE_BYTES + 20] = (bytes[PREAMBLE_BYTES + 20] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await (await openTape(path)).close();
    expect((await refusal())?.message).toMatch(
      /damaged in block 0 \(byte 8\): its checksum does not match\. Copy it again/,
    );
  });
});

/** A tape of one block whose checksums are all right, whatever is in it. */
async function forge(raw: Uint8Array, entry: object = {}, rest: object = {}): Promise<void> {
  const preamble = encodePreamble();
  const packed = compress(raw, 1);
  const block = {
    offset: PREAMBLE_BYTES,
    length: packed.length,
    rawLength: raw.length,
    crc: crc32(packed),
    firstSeenMs: START_MS,
    lastSeenMs: START_MS,
    signals: 1,
    samples: 0,
    spans: 0,
    series: 0,
    ...entry,
  };
  const catalog = Buffer.from(JSON.stringify({ header: HEADER, blocks: [block], series: [], ...rest }));
  const packedCatalog = compress(catalog, 1);
  const content = Buffer.concat([preamble, packed, packedCatalog]);
  const footer = encodeFooter({
    catalog: {
      offset: preamble.length + packed.length,
      length: packedCatalog.length,
      rawLength: catalog.length,
      crc: crc32(packedCatalog),
    },
    sha256: createHash('sha256').update(content).digest(),
  });
  await writeFile(path, Buffer.concat([content, footer]));
}

describe('a tape made to do harm, with checksums that are right', () => {
  const topology: Signal = { kind: 'topology', timeMs: START_MS, seenMs: START_MS, edges: [] };
  const frame: Signal = {
    kind: 'frame',
    timeMs: START_MS,
    seenMs: START_MS,
    ids: Uint32Array.of(5),
    values: Float64Array.of(1),
  };
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
  const inverted = { name: 's', fromMs: START_MS + 2, toMs: START_MS + 1, shiftedMs: 0, warmUp: false };
  const times = { firstTimeMs: START_MS, lastTimeMs: START_MS };
  const series = [{ id: 5, labels: {}, stepMs: 1 }];

  test('is a sound tape as long as nothing is wrong with it', async () => {
    await forge(encodeBlock([topology]));
    expect(await readAll()).toEqual([topology]);
  });

  test.each<[string, () => Promise<void>, RegExp]>([
    ['unpacks to more than it says', () => forge(Buffer.alloc(80_000_000), { rawLength: 1000 }), /damaged in block 0/],
    ['unpacks to less than it says', () => forge(encodeBlock([topology]), { rawLength: 60_000_000 }), /unpacks to/],
    [
      'says that it unpacks to more than is allowed',
      () => forge(encodeBlock([topology]), { rawLength: 2 ** 30 }),
      /catalog/,
    ],
    ['claims a billion signals', () => forge(Buffer.from([0x80, 0x94, 0xeb, 0xdc, 0x03])), /do not fit/],
    ['holds other counts than it says', () => forge(encodeBlock([topology]), { signals: 2 }), /1 signals, not 2/],
    [
      'holds other samples than it says',
      () => forge(encodeBlock([frame]), { samples: 2, ...times }, { series: [] }),
      /series 5/,
    ],
    [
      'covers another time than it says',
      () => forge(encodeBlock([topology]), { lastSeenMs: START_MS + 1 }),
      /another time/,
    ],
    [
      'has samples of a time that it hides',
      () => forge(encodeBlock([frame]), { samples: 1 }),
      /frame is of another time/,
    ],
    [
      'has a series that nobody declared',
      () => forge(encodeBlock([frame]), { samples: 1, ...times }),
      /series 5 is not declared/,
    ],
    [
      'names series that no block declares',
      () => forge(encodeBlock([topology]), {}, { series }),
      /declare other series/,
    ],
    ['has a block that lies elsewhere', () => forge(encodeBlock([topology]), { offset: 9 }), /does not begin where/],
    ['has blocks that do not fill the file', () => forge(encodeBlock([topology]), {}, { blocks: [] }), /do not fill/],
    [
      'has a header without a name',
      () => forge(encodeBlock([topology]), {}, { header: { ...HEADER, name: 7 } }),
      /header\.name/,
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, -1].map((durationMs): [string, () => Promise<void>, RegExp] => [
      `has a span that lasts ${durationMs} ms`,
      () => forge(encodeBlock([spans({ durationMs })]), { spans: 1 }),
      /a span lasts/,
    ]),
    [
      'has a span that starts at no time',
      () => forge(encodeBlock([spans({ startMs: Number.NaN })]), { spans: 1 }),
      /a span starts at NaN/,
    ],
    [
      'has a signal of a time that no date holds',
      () => forge(encodeBlock([{ ...topology, timeMs: START_MS - 2.4e15 }])),
      /is not a time/,
    ],
    [
      'begins when no date is',
      () => forge(encodeBlock([topology]), {}, { header: { ...HEADER, fromMs: -8.65e15 } }),
      /header\.fromMs/,
    ],
    [
      'has a segment that runs backwards',
      () => forge(encodeBlock([topology]), {}, { header: { ...HEADER, segments: [inverted] } }),
      /a segment ends before it begins/,
    ],
    [
      'has many segments that are wrong, and says it in a few words',
      () => forge(encodeBlock([topology]), {}, { header: { ...HEADER, segments: Array(5000).fill(inverted) } }),
      /^.{1,900}$/,
    ],
    [
      'has time that runs backwards',
      () => forge(encodeBlock([topology]), { firstSeenMs: START_MS + 1 }),
      /order of time/,
    ],
  ])('is refused when it %s', async (_, make, message) => {
    await make();
    const error = await refusal();
    expect(error).toMatchObject({ code: 'tape-corrupt', message: expect.stringMatching(message) });
  });

  test('is refused by verify when a frame comes before its series is declared', async () => {
    const declared: Signal = { kind: 'series', seenMs: START_MS, series };
    await forge(encodeBlock([frame, declared]), { signals: 2, samples: 1, series: 1, ...times }, { series });
    expect(await readAll()).toHaveLength(2);
    expect((await refusal(() => verifyTape(path)))?.message).toMatch(/names series 5 before it is declared/);
  });

  test('never does worse than be refused, whatever its block holds', async () => {
    const mutation = fc.tuple(fc.nat(), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        signalStreams,
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async (signals, mutations) => {
          const raw = encodeBlock(signals).slice();
          for (const [at, byte] of mutations) raw[at % raw.length] = byte;
          const declared = signals.flatMap((signal) => (signal.kind === 'series' ? signal.series : []));
          const frames = signals.filter((signal) => signal.kind === 'frame');
          const entry = {
            firstSeenMs: signals[0]?.seenMs ?? START_MS,
            lastSeenMs: signals.at(-1)?.seenMs ?? START_MS,
            signals: Math.max(1, signals.length),
            samples: frames.reduce((sum, { ids }) => sum + ids.length, 0),
            spans: signals.reduce((sum, signal) => sum + (signal.kind === 'spans' ? signal.spans.length : 0), 0),
            series: declared.length,
            firstTimeMs: START_MS - 1e9,
            lastTimeMs: START_MS + 1e9,
          };
          await forge(raw, entry, { series: declared });
          const error = await refusal();
          if (error !== undefined) expect(error.code).toBe('tape-corrupt');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('never does worse than be refused, whatever follows its first letters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (noise, ends) => {
        const tail = ends ? sound.subarray(-64) : Buffer.alloc(0);
        await writeFile(path, Buffer.concat([encodePreamble(), noise, tail]));
        expect((await refusal())?.code).toMatch(/^tape-/);
      }),
    );
  });
});
