// What every bus must do; each implementation is one line at the end.
import { expect, test } from 'vitest';
import type { Bus } from '#bus/contract.ts';
import { createMemoryBus } from '#bus/memory.ts';

const BUS_UNDER_TEST = { partitions: 4, capacity: 3 };

function describeBus(name: string, create: () => Bus<string>): void {
  test(`${name}: records come in order within a partition`, async () => {
    const bus = create();
    const producer = bus.producer();
    for (const value of ['a', 'b', 'c']) await producer.send(1, value);
    const consumer = bus.consumer('g');
    expect((await consumer.poll(10)).map((record) => [record.offset, record.value])).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ]);
    bus.close();
  });

  test(`${name}: what was not committed comes again to whoever takes over`, async () => {
    const bus = create();
    const producer = bus.producer();
    for (const value of ['a', 'b', 'c']) await producer.send(0, value);
    const first = bus.consumer('g');
    await first.poll(10);
    expect(first.commit(0, 1)).toBe(true);
    first.close();
    const second = bus.consumer('g');
    expect((await second.poll(10)).map((record) => record.value)).toEqual(['b', 'c']);
    bus.close();
  });

  test(`${name}: members share all partitions, and hear of what they lose`, () => {
    const bus = create();
    const revoked: number[] = [];
    const first = bus.consumer('g', { onRevoked: (partitions) => revoked.push(...partitions) });
    expect([...first.assigned].sort()).toEqual([0, 1, 2, 3]);
    const second = bus.consumer('g');
    expect(first.assigned.size + second.assigned.size).toBe(4);
    expect(new Set([...first.assigned, ...second.assigned]).size).toBe(4);
    expect(revoked.sort()).toEqual([...second.assigned].sort());
    second.close();
    expect(first.assigned.size).toBe(4);
    bus.close();
  });

  test(`${name}: a commit for a revoked partition is refused and moves nothing`, async () => {
    const bus = create();
    await bus.producer().send(1, 'a');
    const first = bus.consumer('g');
    await first.poll(10);
    const second = bus.consumer('g');
    expect(second.assigned.has(1)).toBe(true);
    expect(first.commit(1, 1)).toBe(false);
    expect((await second.poll(10)).map((record) => record.value)).toEqual(['a']);
    bus.close();
  });

  test(`${name}: a full partition makes its producer wait until something is committed`, async () => {
    const bus = create();
    const producer = bus.producer();
    const consumer = bus.consumer('g');
    for (const value of ['a', 'b', 'c']) await producer.send(2, value);
    let sent = false;
    const fourth = producer.send(2, 'd').then(() => {
      sent = true;
    });
    await producer.send(3, 'elsewhere');
    expect(sent).toBe(false);
    await consumer.poll(10);
    consumer.commit(2, 1);
    await fourth;
    expect(bus.lag('g')).toBe(4);
    bus.close();
  });

  test(`${name}: two groups each get everything`, async () => {
    const bus = create();
    await bus.producer().send(0, 'a');
    const one = await bus.consumer('one').poll(1);
    const two = await bus.consumer('two').poll(1);
    expect(one).toEqual(two);
    bus.close();
  });

  test(`${name}: closing wakes whoever waits`, async () => {
    const bus = create();
    const polled = bus.consumer('g').poll(1);
    bus.close();
    expect(await polled).toEqual([]);
    await expect(bus.producer().send(0, 'late')).rejects.toThrow('closed');
  });
}

describeBus('memory', () => createMemoryBus<string>(BUS_UNDER_TEST));
