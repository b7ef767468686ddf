// The same tape gives the same export, byte for byte, with one worker or four, at 60×, at full speed and after jumps.
import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Plan } from '#model/plan.ts';
import { createExportSink, type ExportSink } from '#pipeline/export-sink.ts';
import type { Speed } from '#pipeline/playhead.ts';
import { Replay } from '#pipeline/replay.ts';
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
  drive?: (replay: Replay, round: number) => void;
}): Promise<string> {
  const reader = await openTape(SHIPPED.tape);
  const clock = new FakeClock();
  let sink = createExportSink();
  const replay = new Replay({
    reader,
    clock,
    speed: options.speed,
    openFlow: async () => {
      sink = createExportSink();
      return openFlow(plans, options.workers, sink);
    },
  });
  void replay.start();
  for (let round = 0; replay.status.phase !== 'ended' && replay.status.phase !== 'failed'; round++) {
    options.drive?.(replay, round);
    await clock.advance(1000);
  }
  expect(replay.status.failure).toBeUndefined();
  await replay.stop();
  await reader.close();
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
  const drive = (replay: Replay, round: number) => {
    if (round === 3) replay.command({ action: 'jump', toMs: at(0.97) });
    if (round === 20) replay.command({ action: 'jump', toMs: at(0.4) });
    if (round === 30) replay.command({ action: 'speed', speed: 600 });
    if (round === 40) replay.command({ action: 'speed', speed: 'max' });
  };
  expect(await onFakeClock({ workers: 1, speed: 60, drive })).toBe(reference);
});
