import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { createCompactionPolicy } from './compaction-policy.ts';
import type { TailGroup } from './tail.ts';

const ALL = 1_000_000;

/** A policy over one group of `rows` rows whose compaction throws `error`. */
function failing(error: unknown) {
  const groups = new Map<number, TailGroup>();
  const seen: { code: string; failures: number }[] = [];
  let tries = 0;
  const policy = createCompactionPolicy({
    tail: { groups },
    compactor: {
      compact: () => {
        tries++;
        throw error;
      },
    },
    file: 'tidewatch.db',
    onFailure: ({ code }, failures) => seen.push({ code, failures }),
  });
  const triesAt = (rows: number): number => {
    groups.set(1, { rows, points: ALL, minMs: 0, maxMs: 0 });
    policy.afterAppend(1);
    policy.whenIdle();
    return tries;
  };
  return { triesAt, seen };
}

test('a full disk is told and tried again some rows later, not at each append', () => {
  const { triesAt, seen } = failing(new AppError('disk-full', 'full', { retryable: true }));
  expect([300, 301, 359, 360, 361].map(triesAt)).toEqual([1, 1, 1, 2, 2]);
  expect(seen).toEqual([
    { code: 'disk-full', failures: 1 },
    { code: 'disk-full', failures: 2 },
  ]);
});

test('a damaged group is told once and left alone, until its rows are gone', () => {
  const { triesAt, seen } = failing(new AppError('store-corrupt', 'damaged'));
  expect([300, 360, 3000].map(triesAt)).toEqual([1, 1, 1]);
  expect(seen).toEqual([{ code: 'store-corrupt', failures: 1 }]);
  expect(triesAt(250)).toBe(2);
});

test('what is no error of ours is told as internal', () => {
  const { triesAt, seen } = failing(new TypeError('a bug'));
  expect(triesAt(300)).toBe(1);
  expect(seen).toEqual([{ code: 'internal', failures: 1 }]);
});
