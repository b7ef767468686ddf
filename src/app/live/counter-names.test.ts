import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createCounterNames } from './counter-names.ts';

const AWAY = new AppError('unavailable', 'it is away', { retryable: true });

function setUp(answer: (asked: number) => ReadonlyMap<string, boolean>) {
  const clock = new FakeClock();
  let asked = 0;
  const names = createCounterNames({ counters: async () => answer(asked++) }, clock);
  return { clock, names, asked: () => asked };
}

test('what Prometheus says counts, and only where it says nothing the ending of the name', async () => {
  const types = new Map([
    ['requests_count', true],
    ['seats_total', false],
  ]);
  const { names } = setUp(() => types);
  expect(await names.has('requests_count')).toBe(true);
  expect(await names.has('seats_total')).toBe(false);
  expect(await names.has('unknown_total')).toBe(true);
  expect(await names.has('unknown')).toBe(false);
});

test('a Prometheus that is away at the start is no Prometheus without counters', async () => {
  const { names, clock, asked } = setUp((times) => {
    if (times === 0) throw AWAY;
    return new Map([['requests_count', true]]);
  });
  await expect(names.has('requests_count')).rejects.toBe(AWAY);
  await expect(names.has('requests_count')).rejects.toBe(AWAY);
  expect(asked()).toBe(1);
  await clock.advance(30_000);
  expect(await names.has('requests_count')).toBe(true);
});

test('what was heard stays known while it is away, and nobody waits for it', async () => {
  const { names, clock, asked } = setUp((times) => {
    if (times > 0) throw AWAY;
    return new Map([['requests_count', true]]);
  });
  expect(await names.has('requests_count')).toBe(true);
  await clock.advance(600_000);
  expect(await names.has('requests_count')).toBe(true);
  expect(asked()).toBe(2);
  await clock.advance(30_000);
  expect(await names.has('requests_count')).toBe(true);
  expect(asked()).toBe(3);
});

test('one that keeps no metadata leaves the ending of the name', async () => {
  const { names } = setUp(() => {
    throw new AppError('bad-input', 'it refused the question');
  });
  expect(await names.has('requests_total')).toBe(true);
  expect(await names.has('requests_count')).toBe(false);
});
