// The scale run in steps of a fifth: memory at each, then how late the checks are with all of them, and how long a new start takes.
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#kit/errors.ts';
import { medianOf } from '../measure.ts';
import type { Objects } from './objects.ts';
import type { Reading } from './operator-process.ts';
import { type OperatorProcess, type Started, usageOf } from './processes.ts';
import { detectorsOf, type Size } from './world.ts';

export interface StagesOptions {
  readonly size: Size;
  readonly objects: Objects;
  readonly keeper: Started;
  readonly standIn: Started;
  open(): OperatorProcess;
  say(line: string): void;
}

export interface Memory {
  readonly series: number;
  /** Medians. */
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly buffersBytes: number;
  readonly keeperBytes: number;
}

export interface Steady {
  readonly seconds: number;
  readonly detectors: number;
  readonly series: number;
  readonly checked: number;
  /** Since the start. */
  readonly terms: number;
  readonly failed: number;
  readonly tooMuch: number;
  readonly lagsMs: readonly number[];
  readonly statusWrites: number;
  readonly cpuSeconds: { readonly operator: number; readonly keeper: number; readonly standIn: number };
}

export interface Restart {
  readonly firstScoreMs: number;
  readonly allScoredMs: number;
}

export interface ScaleFigures {
  readonly memory: readonly Memory[];
  readonly steady: Steady;
  readonly restart: Restart;
}

const STAGES = 5;
const SAMPLES = 9;
const SAMPLES_EVERY_MS = 4000;
const STEADY_MS = 120_000;
const PATIENCE_MS = 3_600_000;

export async function runStages(options: StagesOptions): Promise<ScaleFigures> {
  const { size, objects, say } = options;
  const all = detectorsOf(size);
  const share = all.length / STAGES;
  const first = options.open();
  const memory: Memory[] = [];
  for (let stage = 1; stage <= STAGES; stage++) {
    const beganMs = performance.now();
    const many = stage * share;
    await objects.addDetectors(all.slice(many - share, many));
    const { checked } = await until(first, ({ known }) => known >= many);
    say(`${many} detectors: all scored once after ${seconds(performance.now() - beganMs)} s`);
    // The first check of each stores an hour; what it takes for that is not what it holds.
    await until(first, (now) => now.checked >= checked + many);
    const now = await measureMemory(first, options.keeper);
    memory.push(now);
    say(
      `${now.series} series: ${(now.rssBytes / 2 ** 20).toFixed(0)} MiB, ${(now.heapBytes / 2 ** 20).toFixed(0)} of them heap`,
    );
  }
  const steady = await measureSteady(first, options);
  await first.stop();
  const beganMs = performance.now();
  const second = options.open();
  const { firstScoreMs } = await until(second, ({ known }) => known >= all.length);
  const restart = { firstScoreMs, allScoredMs: performance.now() - beganMs };
  await second.stop();
  return { memory, steady, restart };
}

async function measureMemory(operator: OperatorProcess, keeper: Started): Promise<Memory> {
  const readings: Reading[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await pause(SAMPLES_EVERY_MS);
    readings.push(await operator.ask('measure'));
  }
  const median = (read: (reading: Reading) => number) => medianOf(readings.map(read));
  const { rssBytes: keeperBytes } = await usageOf(keeper.pid);
  return {
    ...{ series: median(({ series }) => series), rssBytes: median(({ rssBytes }) => rssBytes), keeperBytes },
    ...{ heapBytes: median(({ heapBytes }) => heapBytes), buffersBytes: median(({ buffersBytes }) => buffersBytes) },
  };
}

async function measureSteady(operator: OperatorProcess, { keeper, standIn }: StagesOptions): Promise<Steady> {
  const pids = [operator.pid, keeper.pid, standIn.pid];
  const cpuOf = () => Promise.all(pids.map(async (pid) => (await usageOf(pid)).cpuSeconds));
  const [before, cpuBefore, beganMs] = [await operator.ask('glance'), await cpuOf(), performance.now()];
  await pause(STEADY_MS);
  const [after, cpuAfter, endedMs] = [await operator.ask('glance'), await cpuOf(), performance.now()];
  const used = (index: number) => (cpuAfter[index] ?? 0) - (cpuBefore[index] ?? 0);
  return {
    ...{ seconds: (endedMs - beganMs) / 1000, detectors: after.known, series: after.series, lagsMs: after.lagsMs },
    ...{ checked: after.checked - before.checked, failed: after.failed, tooMuch: after.tooMuch, terms: after.terms },
    statusWrites: after.statusWrites - before.statusWrites,
    cpuSeconds: { operator: used(0), keeper: used(1), standIn: used(2) },
  };
}

/** The first reading of which that is so. */
async function until(operator: OperatorProcess, is: (reading: Reading) => boolean): Promise<Reading> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const reading = await operator.ask('glance');
    if (is(reading)) return reading;
    if (performance.now() > untilMs) {
      throw new AppError('internal', `it did not come so far: ${JSON.stringify({ ...reading, lagsMs: [] })}`);
    }
    await pause(500);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}
