// The same tape gives the same export, byte for byte, with one worker or four, at 60×, at full speed and after jumps.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { Plan } from '#model/plan.ts';
import { createExportSink, type ExportSink } from '#pipeline/export-sink.ts';
import type { Speed } from '#pipeline/playhead.ts';
import { Replay, type ReplayCommand } from '#pipeline/replay.ts';
import { createStoreSink } from '#pipeline/store-sink.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { openTape } from '#tape/reader.ts';
import { loadDetectors } from '../src/app/load.ts';
import { openFlow, runTape } from '../src/app/run-tape.ts';
import { SHIPPED } from '../src/app/shipped.ts';
import { FakeClock } from './fixtures/fake-clock.ts';

let plans: readonly Plan[];
let reference: string;

beforeAll(async () => {
  plans = await loadDetectors(SHIPPED.detectors);
  reference = await atFullSpeed(1);
});

function digest(sink: ExportSink): string {
  const hash = createHash('sha256');
  let lines = 0;
  for (const line of sink.lines()) {
    hash.update(`${line}\n`);
    lines++;
  }
  return `${lines} lines, ${hash.digest('hex')}`;
}

async function atFullSpeed(workers: number): Promise<string> {
  const reader = await openTape(SHIPPED.tape);
  const sink = createExportSink();
  await runTape({ reader, plans, workers, speed: 'max', sink });
  await reader.close();
  return digest(sink);
}

/** Plays to the end on a clock that is pushed; `drive` may command it on the way. */
async function onFakeClock(options: {
  workers: number;
  speed: Speed;
  runs?: number;
  drive?: (replay: Replay) => void;
}): Promise<string> {
  const reader = await openTape(SHIPPED.tape);
  const clock = new FakeClock();
  let sink = createExportSink();
  let runs = 0;
  const replay = new Replay({
    reader,
    clock,
    speed: options.speed,
    openFlow: async () => {
      sink = createExportSink();
      runs++;
      return openFlow(plans, options.workers, sink);
    },
  });
  void replay.start();
  while (replay.status.phase !== 'ended' && replay.status.phase !== 'failed') {
    options.drive?.(replay);
    await clock.advance(1000);
  }
  expect(replay.status.failure).toBeUndefined();
  await replay.stop();
  await reader.close();
  expect(runs).toBe(options.runs ?? 1);
  return digest(sink);
}

test('with four workers as with one, and with none', async () => {
  expect(reference).toMatch(/^\d{5,} lines/);
  expect(await atFullSpeed(4)).toBe(reference);
  expect(await atFullSpeed(0)).toBe(reference);
});

test('at 60× as at full speed', { timeout: 90_000 }, async () => {
  expect(await onFakeClock({ workers: 0, speed: 60 })).toBe(reference);
});

test('after a jump ahead, a jump back and a change of speed', { timeout: 90_000 }, async () => {
  const reader = await openTape(SHIPPED.tape);
  const { fromMs, toMs } = reader.info.header;
  await reader.close();
  const at = (share: number) => fromMs + (toMs - fromMs) * share;
  // Each command waits until the one before has taken effect.
  const commands: ReplayCommand[] = [
    { action: 'jump', toMs: at(0.97) },
    { action: 'jump', toMs: at(0.4) },
    { action: 'speed', speed: 600 },
    { action: 'speed', speed: 'max' },
  ];
  const drive = (replay: Replay) => {
    const next = replay.status.phase === 'playing' ? commands.shift() : undefined;
    if (next !== undefined) replay.command(next);
  };
  expect(await onFakeClock({ workers: 1, speed: 60, drive, runs: 2 })).toBe(reference);
});

test('what the store holds after jumps back in full flight is what a clean run leaves', {
  timeout: 90_000,
}, async () => {
  const clean = await throughStore([]);
  expect(clean.scores).toBeGreaterThan(200_000);
  // Moments counted in writes, so that they fall into the run however fast the machine is.
  expect(await throughStore([2, 5, 9])).toEqual(clean);
});

/** Plays into a real store at full speed, jumping back to the beginning after as many writes as `jumps` says. */
async function throughStore(jumps: readonly number[]) {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-jump-'));
  const store = await openEmbeddedStore({ folder });
  const reader = await openTape(SHIPPED.tape);
  const epoch = await store.nextEpoch();
  const ended = Promise.withResolvers<void>();
  let writes = 0;
  const replay: Replay = new Replay({
    reader,
    clock: systemClock,
    speed: 'max',
    openFlow: async (again) => {
      if (again) await store.clear();
      const storedMs = (await store.position())?.seenMs ?? Number.NEGATIVE_INFINITY;
      const sink = createStoreSink(store, { epoch, stream: 'test', storedMs });
      return openFlow(plans, 1, {
        write: async (tick) => {
          // In the middle of a write is where a jump hurts most.
          if (jumps.includes(++writes)) replay.command({ action: 'jump', toMs: reader.info.header.fromMs });
          await sink.write(tick);
        },
      });
    },
    onStatus: ({ phase, failure }) => {
      if (phase === 'ended') ended.resolve();
      if (phase === 'failed') ended.reject(failure);
    },
  });
  void replay.start();
  await ended.promise;
  await replay.stop();
  await reader.close();
  const { scores, findings } = await store.info();
  const found = (await store.findings({ limit: 1000 })).findings;
  await store.close();
  await rm(folder, { recursive: true });
  return { scores, findings, found };
}
