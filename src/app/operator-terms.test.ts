// Terms one after the other: no two run at once, and one that fails begins again as long as its lease is held.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Clock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { createTerms } from './operator-terms.ts';

const log = createLog('silent');
const hasty: Clock = { nowMs: () => 0, sleep: async () => void (await turn()) };

async function until(seen: () => boolean): Promise<void> {
  while (!seen()) await turn();
}

test('a new term begins when all of the one before has ended', async () => {
  const told: string[] = [];
  const endings = new Map([1, 3].map((epoch) => [epoch, Promise.withResolvers<void>()]));
  const terms = createTerms({
    ...{ clock: hasty, log },
    async run(epoch, signal) {
      told.push(`begin ${epoch}`);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await endings.get(epoch)?.promise;
      told.push(`end ${epoch}`);
    },
  });
  terms.change(1);
  await until(() => told.length === 1);
  terms.change(undefined);
  terms.change(3);
  await turn();
  expect(told).toEqual(['begin 1']);
  endings.get(1)?.resolve();
  await until(() => told.length === 3);
  endings.get(3)?.resolve();
  await terms.stop();
  expect(told).toEqual(['begin 1', 'end 1', 'begin 3', 'end 3']);
});

test('a lease that was lost before its term could begin starts nothing', async () => {
  const begun: number[] = [];
  const terms = createTerms({ clock: hasty, log, run: async (epoch) => void begun.push(epoch) });
  terms.change(1);
  terms.change(undefined);
  await terms.stop();
  expect(begun).toEqual([]);
});

test('a term that fails says why and begins again', async () => {
  let runs = 0;
  const terms = createTerms({
    ...{ clock: hasty, log },
    async run(_, signal) {
      if (++runs < 3) throw new Error('the keeper is away');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    },
  });
  terms.change(1);
  await until(() => runs === 2);
  expect(terms.trouble).toMatchObject({ message: 'the keeper is away' });
  await until(() => runs === 3);
  expect(terms.trouble).toMatchObject({ failures: 2 });
  await terms.stop();
});

test('how often a term failed in a row is known since when, until one has run well for two minutes', async () => {
  const clock = new FakeClock();
  const failing = { now: true };
  const terms = createTerms({
    ...{ clock, log },
    async run(_, signal) {
      await clock.sleep(10, signal);
      if (failing.now) throw new Error('the lease counts anew');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    },
  });
  terms.change(1);
  await clock.advance(60_000);
  expect(terms.trouble).toMatchObject({ message: 'the lease counts anew', failures: 6, sinceMs: 10 });
  failing.now = false;
  await clock.advance(90_000);
  expect(terms.trouble).toMatchObject({ failures: 6 });
  await clock.advance(120_000);
  expect(terms.trouble).toBeUndefined();
  await terms.stop();
});

test('a term that does not end when it should is told: no other would ever begin', async () => {
  const clock = new FakeClock();
  const ending = Promise.withResolvers<void>();
  const begun: number[] = [];
  const terms = createTerms({
    ...{ clock, log },
    async run(epoch, signal) {
      begun.push(epoch);
      const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await Promise.all([ending.promise, ended]);
    },
  });
  terms.change(1);
  await clock.advance(3_600_000);
  expect(terms.stuck()).toBeUndefined();
  terms.change(2);
  await clock.advance(300_000);
  expect(terms.stuck()).toBeUndefined();
  await clock.advance(60_000);
  expect(terms.stuck()).toBe('a term that was to end has not ended for 6 min');
  ending.resolve();
  await clock.advance(0);
  expect(terms.stuck()).toBeUndefined();
  expect(begun).toContain(2);
  terms.change(undefined);
  await terms.stop();
});
