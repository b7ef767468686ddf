import { describe, expect, test } from 'vitest';
import type { SeriesSummary } from '#api/rest/contract.ts';
import { memberName, splitFamilies, toFamilies } from './families.ts';

function one(name: string, family: string, score: number, part: Partial<SeriesSummary> = {}): SeriesSummary {
  return {
    series: name,
    entity: { kind: 'pod', namespace: 'n', name: 'p' },
    track: `d|${name}`,
    detector: 'd',
    metric: name,
    family,
    threshold: 5,
    measured: true,
    openFinding: null,
    latest: { timeMs: 0, value: 1, score, expected: 1 },
    ...part,
  };
}

describe('the families of a page', () => {
  const families = toFamilies([
    one('calm', 'calm', 0.1),
    one('p90', 'latency', -2),
    one('p99', 'latency', 9),
    one('zero', 'zero', 99, { measured: false }),
    one('open', 'open', 1, { openFinding: 'f' }),
  ]);

  test('put an open finding first, then the strongest score, and what is not measured last', () => {
    expect(families.map((family) => family.key)).toEqual(['open', 'latency', 'calm', 'zero']);
  });

  test('put their worst member first', () => {
    expect(families[1]?.members.map((member) => member.series)).toEqual(['p99', 'p90']);
  });

  test('are shown when a finding is open, and the first few in any case', () => {
    const [shown, folded] = splitFamilies(families, 2, 8);
    expect(shown.map((family) => family.key)).toEqual(['open', 'latency']);
    expect(folded.map((family) => family.key)).toEqual(['calm', 'zero']);
  });

  test('that are not measured are not shown to fill up', () => {
    const [shown] = splitFamilies(families, 10, 10);
    expect(shown).toHaveLength(3);
  });
});

test('a member is named by what tells it apart', () => {
  expect(memberName(one('x', 'f', 0, { metric: 'latency_p90_seconds' }))).toBe('P90');
  expect(memberName(one('c{reporter="source"}', 'f', 0, { metric: 'call_p50_seconds' }))).toBe('source');
  expect(memberName(one('queue', 'f', 0))).toBe('queue');
});
