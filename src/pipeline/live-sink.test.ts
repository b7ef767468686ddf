import { expect, test } from 'vitest';
import { emptyBlock } from '#model/score-block.ts';
import type { AppendBatch, Store } from '#store/contract.ts';
import { createLiveSink } from './live-sink.ts';
import type { LiveEnds, TickOutput } from './records.ts';
import type { WindowRows } from './window-rows.ts';

function tick(seenMs: number, live: LiveEnds = { positionMs: seenMs, storedMs: Number.NEGATIVE_INFINITY }): TickOutput {
  const scores = emptyBlock(2);
  scores.seenMs.set([seenMs - 50, seenMs]);
  return { tick: 0, seenMs, live, tracks: [], scores, findings: [], spans: [], edges: [] };
}

const rows: WindowRows = {
  tracks: [],
  findings: [],
  isEmpty: false,
  toBlock: () => emptyBlock(2),
  add: () => {},
  addFindings: () => {},
};

function setUp(storedMs: number, heard: () => void = () => {}) {
  let written = 0;
  const onWritten = () => {
    written++;
    heard();
  };
  const batches: AppendBatch[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const store = {
    async append(batch: AppendBatch) {
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise.finally(() => underWay--);
      batches.push(batch);
      return { outcome: 'stored' as const };
    },
  } as Partial<Store> as Store;
  const sink = createLiveSink(store, { epoch: 7, stream: 's', run: 'r', storedMs, onWritten });
  const pass = async (fail?: Error): Promise<void> => {
    while (gates.length === 0) await new Promise(setImmediate);
    const gate = gates.shift();
    if (fail === undefined) gate?.resolve();
    else gate?.reject(fail);
    await new Promise(setImmediate);
  };
  return { sink, batches, pass, most: () => mostUnderWay, written: () => written };
}

test('both sides write in turn, under one epoch, each under a key of its own', async () => {
  const { sink, batches, pass, most, written } = setUp(Number.NEGATIVE_INFINITY);
  const all = [sink.write(tick(100)), sink.writeRows(rows, 150, 'check'), sink.write(tick(200))];
  for (let count = 0; count < 3; count++) await pass();
  await Promise.all(all);
  expect(most()).toBe(1);
  expect(batches.map(({ epoch, key, position }) => [epoch, key, position.seenMs])).toEqual([
    [7, 's@r@0', 100],
    [7, 's@check', 100],
    [7, 's@r@1', 200],
  ]);
  expect(written()).toBe(3);
});

test('a check moves no position, and a failed write holds up no later one', async () => {
  const { sink, batches, pass } = setUp(500);
  const failing = expect(sink.writeRows(rows, 900, 'a')).rejects.toThrow('no room');
  await pass(new Error('no room'));
  await failing;
  const next = sink.writeRows(rows, 950, 'b');
  await pass();
  await next;
  expect(batches.map(({ position }) => position.seenMs)).toEqual([500]);
});

test('what was stored at the beginning is left out, and nothing that comes later, however old it is', async () => {
  const { sink, batches, pass } = setUp(400);
  const live = { positionMs: 420, storedMs: 400 };
  for (const seenMs of [450, 440, 440]) {
    const write = sink.write(tick(seenMs, live));
    await pass();
    await write;
  }
  expect(batches.map(({ scores }) => [...scores.seenMs])).toEqual([[450], [440], [440]]);
  expect(new Set(batches.map(({ key }) => key)).size).toBe(3);
  // As far as the stream says that it is, not as far as it has seen.
  expect(batches.map(({ position }) => position.seenMs)).toEqual([420, 420, 420]);
});

test('what is written is written, whatever a listener makes of it', async () => {
  const { sink, batches, pass, written } = setUp(Number.NEGATIVE_INFINITY, () => {
    throw new Error('the page is gone');
  });
  const all = [sink.write(tick(100)), sink.writeRows(rows, 150, 'check')];
  await pass();
  await pass();
  await Promise.all(all);
  expect([batches.length, written()]).toEqual([2, 2]);
});

test('a finding is known as open before the store has it, and until it is closed there', async () => {
  const { sink, pass } = setUp(0);
  const found = (part: object) => [{ id: 'f', ...part }] as unknown as Parameters<typeof sink.writeFindings>[0];
  const opening = sink.writeFindings(found({}), 1);
  await new Promise(setImmediate);
  expect(sink.isOpen('f')).toBe(true);
  await pass();
  await opening;
  const closing = sink.writeFindings(found({ closedMs: 2 }), 2);
  await new Promise(setImmediate);
  expect(sink.isOpen('f')).toBe(true);
  await pass();
  await closing;
  expect(sink.isOpen('f')).toBe(false);
});
