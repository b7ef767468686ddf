import { expect, test } from 'vitest';
import { failingReason, operatorNotes } from './operator-health.ts';

const NOW = 1_000_000;
const failed = (failures: number) => ({ message: 'the lease counts anew', failures, sinceMs: NOW - 90_000 });

test('an operator whose term fails again and again is not ready, and says why; one failure is repaired at once', () => {
  expect(failingReason(undefined, NOW)).toBeUndefined();
  expect(failingReason(failed(1), NOW)).toBeUndefined();
  expect(failingReason(failed(7), NOW)).toBe('the term failed 7 times in a row, for 90 s: the lease counts anew');
});

test('a keeper that is away is a note', () => {
  const stats = { keeperEpoch: 1, spoolBytes: 2048, spoolRecords: 3, delivered: 0, stale: 0, refused: 0, cutBytes: 0 };
  const trouble = { code: 'unavailable', message: 'the keeper did not answer', sinceMs: 0 } as const;
  expect(operatorNotes({ ...stats, appendedMs: undefined, trouble: undefined })).toEqual([]);
  expect(operatorNotes({ ...stats, appendedMs: undefined, trouble })).toEqual([
    'keeper: the keeper did not answer, since 1970-01-01T00:00:00.000Z; 3 batches (2048 bytes) wait here',
  ]);
});
