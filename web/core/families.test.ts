import { describe, expect, test } from 'vitest';
import type { SeriesSummary } from '#api/rest/contract.ts';
import { inOrder, memberNames, orderOf, splitFamilies, toFamilies } from './families.ts';

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

test('families and members keep the places in which they were first shown', () => {
  const before = toFamilies([one('p90', 'latency', 9), one('p99', 'latency', 2), one('cpu', 'cpu', 1)]);
  const after = toFamilies([
    one('p90', 'latency', 1),
    one('p99', 'latency', 2),
    one('cpu', 'cpu', 8),
    one('new', 'n', 20),
  ]);
  const shown = inOrder(after, orderOf(before));
  expect(shown.map((family) => family.key)).toEqual(['latency', 'cpu', 'n']);
  expect(shown[0]?.members.map((member) => member.series)).toEqual(['p90', 'p99']);
});

describe('members are named by what tells them apart', () => {
  const sides = { source: 'caller side', destination: 'callee side' };
  const member = (metric: string, labels = '') => ({ metric, series: `${metric}{a="1"${labels}}` });

  test.each([
    [[member('latency_p90_seconds')], ['P90']],
    [[member('queue')], ['queue']],
    [
      [member('call_p50_seconds', ',reporter="source"'), member('call_p90_seconds', ',reporter="source"')],
      ['P50', 'P90'],
    ],
    [
      [member('call_p50_seconds', ',reporter="source"'), member('call_p50_seconds', ',reporter="destination"')],
      ['caller side', 'callee side'],
    ],
    [
      [member('call_p50_seconds', ',reporter="source"'), member('call_p90_seconds', ',reporter="destination"')],
      ['P50 caller side', 'P90 callee side'],
    ],
    [
      [member('reads', ',disk="sda"'), member('reads', ',disk="sdb"')],
      ['disk=sda', 'disk=sdb'],
    ],
  ])('%#', (members, names) => {
    expect(memberNames(members, sides)).toEqual(names);
  });

  test('by their detectors where several look at one series, and only there', () => {
    const by = (detector: string, labels = '') => ({ ...member('reads', labels), detector });
    expect(memberNames([by('shop/loud'), by('shop/calm'), by('')], sides)).toEqual(['loud', 'calm', 'reads{a="1"}']);
    const [one, other] = [',pod="a"', ',pod="b"'];
    expect(memberNames([by('shop/loud', one), by('shop/calm', one), by('shop/loud', other)], sides)).toEqual([
      'loud pod=a',
      'calm pod=a',
      'pod=b',
    ]);
    expect(
      memberNames(
        [member('p_p90'), member('p_p99')].map((of, i) => ({ ...of, detector: `d${i}` })),
        sides,
      ),
    ).toEqual(['P90', 'P99']);
  });
});
