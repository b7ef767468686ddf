import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import { closedAt, closeOrphans, type OpenPage } from './orphans.ts';

const finding = (id: string, detector: string) =>
  ({ id, detector, confirmedMs: 10, peak: { timeMs: 30 } }) as Partial<Finding> as Finding;

const lookedUntilMs = () => 70;

function storeOf(findings: readonly Finding[], pageSize: number) {
  return async (_limit: number, cursor = '0'): Promise<OpenPage> => {
    const from = Number(cursor);
    const next = from + pageSize < findings.length ? { next: String(from + pageSize) } : {};
    return { findings: findings.slice(from, from + pageSize), ...next };
  };
}

test('what these detectors do not find again is closed, over all pages, and nothing else is touched', async () => {
  const open = storeOf([finding('a', 'x'), finding('b', 'x'), finding('c', 'y'), finding('d', 'x')], 2);
  const written: Finding[] = [];
  const write = async (closed: readonly Finding[]) => void written.push(...closed);
  const count = await closeOrphans(
    { open, isOpen: (id) => id === 'b', write, lookedUntilMs },
    (detector) => detector === 'x',
    99,
  );
  expect(count).toBe(2);
  expect(written.map(({ id, endMs, closedMs, closedSeenMs }) => [id, endMs, closedMs, closedSeenMs])).toEqual([
    ['a', 70, 99, 99],
    ['d', 70, 99, 99],
  ]);
});

test('without orphans nothing is written', async () => {
  const write = async () => {
    throw new Error('unused');
  };
  expect(await closeOrphans({ open: storeOf([], 2), isOpen: () => false, write, lookedUntilMs }, () => true, 1)).toBe(
    0,
  );
});

test.each([
  ['when somebody looked last', 70, 70],
  ['now at the latest', 120, 99],
  ['at its peak at the earliest', -Infinity, 30],
])('it ended %s', (_, untilMs, endMs) => {
  expect(closedAt(finding('a', 'x'), 99, untilMs)).toMatchObject({ endMs, closedMs: 99 });
});
