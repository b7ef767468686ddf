import { describe, expect, test } from 'vitest';
import { boundsOf, type ChartRange, rangeQuery, readRange } from './chart-range.ts';

const HOUR = 3_600_000;
const usual: ChartRange = { kind: 'back', name: '2h' };
const read = (query: string): ChartRange => readRange(new URLSearchParams(query), usual);

describe('the range of the charts', () => {
  test.each([
    ['', usual],
    ['range=6h', { kind: 'back', name: '6h' }],
    ['range=9y', usual],
    ['from=5&to=9', { kind: 'chosen', fromMs: 5, toMs: 9 }],
    ['from=9&to=5', usual],
    ['from=x&to=5&range=all', { kind: 'back', name: 'all' }],
  ] as const)('of the query "%s" is read', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  test.each<ChartRange>([
    { kind: 'back', name: '30m' },
    { kind: 'chosen', fromMs: 5, toMs: 9 },
  ])('survives the address', (range) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(rangeQuery(range))) if (value !== undefined) query.set(name, value);
    expect(readRange(query, usual)).toEqual(range);
  });

  test('back from now counts recorded time', () => {
    const segments = [
      { fromMs: 0, toMs: 10 * HOUR },
      { fromMs: 14 * HOUR, toMs: 20 * HOUR },
    ];
    expect(boundsOf(usual, 15 * HOUR, segments)).toEqual({ fromMs: 9 * HOUR, toMs: 15 * HOUR });
    expect(boundsOf({ kind: 'back', name: 'all' }, 15 * HOUR, segments)).toEqual({ fromMs: 0, toMs: 15 * HOUR });
  });
});
