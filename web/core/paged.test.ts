import { expect, test, vi } from 'vitest';
import type { FindingList, FindingView } from '#api/rest/contract.ts';
import { fetchPages } from './paged.ts';

const facets = { entity: [], metric: [], state: [] };
const rows = (from: number, to: number): FindingView[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: `f${from + i}` }) as FindingView);

/** A list of `total` findings served in pages. */
function server(total: number) {
  return vi.fn(async (cursor: string | undefined, limit: number): Promise<FindingList> => {
    const from = Number(cursor ?? 0);
    const to = Math.min(total, from + limit);
    return { findings: rows(from, to), total, leftOut: 0, facets, ...(to < total ? { next: String(to) } : {}) };
  });
}

test('asks for no more pages than it takes', async () => {
  const fetchPage = server(10_000);
  const list = await fetchPages(fetchPage, 100);
  expect(fetchPage).toHaveBeenCalledTimes(1);
  expect(list.findings).toHaveLength(100);
  expect(list.next).toBe('100');
});

test('joins pages in order until there are none', async () => {
  const list = await fetchPages(server(1200), 5000);
  expect(list.findings.map((finding) => finding.id)).toEqual(rows(0, 1200).map((finding) => finding.id));
  expect(list.total).toBe(1200);
  expect(list.next).toBeUndefined();
});

test('shows nothing twice when the list moved between two pages', async () => {
  const fetchPage = async (cursor: string | undefined): Promise<FindingList> =>
    cursor === undefined
      ? { findings: rows(0, 3), total: 4, leftOut: 0, facets, next: 'x' }
      : { findings: rows(2, 4), total: 4, leftOut: 0, facets };
  const list = await fetchPages(fetchPage, 4, 3);
  expect(list.findings.map((finding) => finding.id)).toEqual(['f0', 'f1', 'f2', 'f3']);
});
