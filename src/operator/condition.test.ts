import { expect, test } from 'vitest';
import { conditionOf, MOST_LETTERS, timeText } from './condition.ts';

const NOW = Date.parse('2026-03-01T10:00:00.750Z');
const words = {
  type: 'Ready',
  status: 'True',
  reason: 'Scoring',
  message: 'All is well.',
  observedGeneration: 2,
} as const;

test('a time is told to the second, and never of the second that comes', () => {
  expect(timeText(NOW)).toBe('2026-03-01T10:00:00.000Z');
});

test('a condition that was not there became what it is now', () => {
  const of = { ...words, type: 'Warned', lastTransitionTime: '2026-01-01T00:00:00.000Z' };
  expect(conditionOf(words, [of], NOW)).toEqual({ ...words, lastTransitionTime: '2026-03-01T10:00:00.000Z' });
});

test('the transition is the time of another status, and not of other words', () => {
  const since = '2026-01-01T00:00:00.000Z';
  const before = [{ ...words, reason: 'PartlyRefused', message: 'One is refused.', lastTransitionTime: since }];
  expect(conditionOf(words, before, NOW).lastTransitionTime).toBe(since);
  expect(conditionOf({ ...words, status: 'False' }, before, NOW).lastTransitionTime).toBe('2026-03-01T10:00:00.000Z');
});

test('a message is cut to what a condition may hold', () => {
  expect(conditionOf({ ...words, message: 'x'.repeat(MOST_LETTERS + 1) }, [], NOW).message).toHaveLength(MOST_LETTERS);
});
