import { expect, test } from 'vitest';
import { createMemoryBus } from '#bus/memory.ts';
import { PARTITIONS } from '#model/partition.ts';
import { emptyBlock } from '#model/score-block.ts';
import { madeUpTape } from '../../test/fixtures/made-up-tape.ts';
import { type Flow, type StepRequest, type StepWorker, startFlow } from './flow.ts';
import type { PartitionRecord, Sink, SteppedRecord, TickOutput } from './records.ts';
import { type SplitTick, Splitter } from './split.ts';

/** Passes every sample on as a row, unscored. */
function passThrough(request: StepRequest): SteppedRecord {
  const { partition, offset, record } = request;
  const { ids, timesMs, values } = record.samples;
  const known = [...new Set(ids)];
  const tracks = known.map((id) => ({
    key: `d|${id}`,
    detector: 'd',
    series: `${id}`,
    labels: {},
    stepMs: 1,
    threshold: 3,
  }));
  const scores = {
    ...emptyBlock(ids.length),
    timesMs,
    values,
    tracks: Uint32Array.from(ids, (id) => known.indexOf(id)),
  };
  return {
    tick: record.tick,
    partition,
    offset,
    tracks,
    scores,
    findings: [],
    dropped: { outOfOrder: 1, unknownSeries: 0 },
  };
}

function workerOf(step: (requests: readonly StepRequest[]) => Promise<readonly SteppedRecord[]>): StepWorker {
  return { step, revoke: () => {}, close: async () => {} };
}

const busOf = (capacity = 2) => createMemoryBus<PartitionRecord>({ partitions: PARTITIONS, capacity });
const plain = () => workerOf(async (requests) => requests.map(passThrough));

function ticksOf(count: number): SplitTick[] {
  const splitter = new Splitter();
  const { signals } = madeUpTape({ pods: 4, minutes: count * 3 });
  const size = Math.ceil(signals.length / count);
  return Array.from({ length: count }, (_, index) => {
    for (const signal of signals.slice(index * size, (index + 1) * size)) splitter.add(signal);
    return splitter.close(index);
  });
}

async function rowsThrough(flow: Flow, written: TickOutput[], ticks: readonly SplitTick[]): Promise<string[]> {
  for (const tick of ticks) await flow.submit(tick);
  await flow.drained();
  await flow.close();
  return written.flatMap(({ scores, tracks }) =>
    Array.from(scores.tracks, (track, row) => `${scores.timesMs[row]} ${tracks[track]?.key} ${scores.values[row]}`),
  );
}

function collect(): { written: TickOutput[]; sink: Sink } {
  const written: TickOutput[] = [];
  return { written, sink: { write: async (tick) => void written.push(tick) } };
}

test('ticks come out whole, in order, rows by time and series, with one worker or with four', async () => {
  const outcomes = [];
  for (const count of [1, 4]) {
    const { written, sink } = collect();
    const flow = startFlow(busOf(), Array.from({ length: count }, plain), sink);
    outcomes.push(await rowsThrough(flow, written, ticksOf(6)));
    expect(written.map((tick) => tick.tick)).toEqual([0, 1, 2, 3, 4, 5]);
  }
  expect(outcomes[0]).toHaveLength(4 * 3 * 18);
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[0]).toEqual(
    [...(outcomes[0] ?? [])].sort((a, b) => Number(a.split(' ')[0]) - Number(b.split(' ')[0])),
  );
});

test('a slow sink makes the source wait: no more ticks are under way than a partition holds', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const flow = startFlow(busOf(2), [plain()], { write: () => held });
  let submitted = 0;
  const feeding = (async () => {
    for (const tick of ticksOf(6)) {
      await flow.submit(tick);
      submitted++;
    }
  })();
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(submitted).toBe(2);
  release();
  await feeding;
  await flow.drained();
  expect(submitted).toBe(6);
});

test('a worker that fails ends the flow, and whoever waits hears why', async () => {
  const { sink } = collect();
  const flow = startFlow(busOf(), [workerOf(() => Promise.reject(new Error('out of memory')))], sink);
  const [first] = ticksOf(1);
  if (first === undefined) throw new Error('no tick');
  await flow.submit(first).catch(() => {});
  await expect(flow.drained()).rejects.toThrow('out of memory');
  await expect(flow.submit(first)).rejects.toThrow('out of memory');
});

test('a sink that fails ends the flow and nothing after it is written', async () => {
  let writes = 0;
  const sink: Sink = {
    write: async () => {
      writes++;
      throw new Error('disk full');
    },
  };
  const flow = startFlow(busOf(8), [plain()], sink);
  for (const tick of ticksOf(3)) await flow.submit(tick).catch(() => {});
  await expect(flow.drained()).rejects.toThrow('disk full');
  expect(writes).toBe(1);
});

test('a closed flow finishes the write under way and begins no other', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sink: Sink = {
    write: async ({ tick }) => {
      begun.push(tick);
      await held;
      ended.push(tick);
    },
  };
  const flow = startFlow(busOf(8), [plain()], sink);
  for (const tick of ticksOf(4)) await flow.submit(tick);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([0]);
  const closing = flow.close();
  release();
  await closing;
  expect(ended).toEqual([0]);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([0]);
});
