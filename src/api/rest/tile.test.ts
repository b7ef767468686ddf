import { describe, expect, it } from 'vitest';
import type { Tile } from './contract.ts';
import { FROM, findingOf, LABELS, MINUTE } from './test-world.ts';
import { impactOf, severityAt, sinceOf, worstFirst } from './tile.ts';

const open = (score: number, labels: Parameters<typeof findingOf>[0] = LABELS.call) =>
  findingOf(labels, FROM, undefined, score);

describe('impact', () => {
  it.each([
    ['quiet', impactOf('green', []), 0],
    ['just over', impactOf('amber', []), 0.25],
    ['one finding of 3σ', impactOf('red', [open(3)]), 0.5],
    ['one of 6σ downward', impactOf('red', [open(-6)]), 0.56],
    ['one of 96σ', impactOf('red', [open(96)]), 0.8],
    ['one of a million sigmas', impactOf('red', [open(1e6)]), 0.8],
    ['one below three', impactOf('red', [open(1)]), 0.5],
    ['two of one family', impactOf('red', [open(3), open(3)]), 0.5],
    ['two of two families', impactOf('red', [open(3), open(3, LABELS.frontCpu)]), 0.55],
  ])('when %s', (_, impact, expected) => {
    expect(impact).toBeCloseTo(expected, 10);
  });

  it('is never more than 1, however many families are open', () => {
    const many = Array.from({ length: 30 }, (_, index) => open(1e9, { ...LABELS.frontCpu, pod: `p${index}` }));
    expect(impactOf('red', many)).toBeCloseTo(1, 10);
  });
});

it('colour is red while any is open, whatever ended', () => {
  const ended = findingOf(LABELS.call, FROM, FROM + MINUTE);
  expect(severityAt([ended, open(9)], FROM + 60 * MINUTE)).toBe('red');
  expect(severityAt([ended], FROM + 2 * MINUTE)).toBe('amber');
  expect(severityAt([ended], FROM + 60 * MINUTE)).toBe('green');
  expect(severityAt([], FROM)).toBe('green');
});

it('what is amber says that it ended less than ten minutes ago, however late that was certain', () => {
  for (const certainAfter of [1, 5, 9, 30]) {
    const ended = {
      ...findingOf(LABELS.call, FROM),
      endMs: FROM,
      closedMs: FROM,
      closedSeenMs: FROM + certainAfter * MINUTE,
    };
    for (let minute = certainAfter; minute < 45; minute++) {
      const nowMs = FROM + minute * MINUTE;
      const isRecent = nowMs - (sinceOf([ended]) ?? 0) < 10 * MINUTE;
      expect(severityAt([ended], nowMs), `${certainAfter} ${minute}`).toBe(isRecent ? 'amber' : 'green');
    }
  }
});

it('since is the start of the oldest open finding, else the last end', () => {
  const ended = findingOf(LABELS.call, FROM, FROM + 9 * MINUTE);
  expect(sinceOf([findingOf(LABELS.call, FROM + MINUTE), findingOf(LABELS.call, FROM), ended])).toBe(FROM - 2 * MINUTE);
  expect(sinceOf([ended])).toBe(FROM + 8 * MINUTE);
  expect(sinceOf([])).toBeNull();
});

it('worst first is by impact, then by who has been so for longest, then by name', () => {
  const tile = (name: string, impact: number, openFindings: number, sinceMs: number): Tile => {
    const entity = { kind: 'service' as const, namespace: '', name };
    return {
      entity,
      service: name,
      severity: 'green',
      impact,
      openFindings,
      sinceMs,
      worst: null,
      series: 1,
      pods: [],
    };
  };
  const tiles = [
    tile('d', 0, 0, 1),
    tile('c', 0, 0, 9),
    tile('b', 0.5, 1, 9),
    tile('a', 0.5, 1, 5),
    tile('z', 0.9, 1, 99),
  ];
  expect(tiles.toSorted(worstFirst).map(({ entity }) => entity.name)).toEqual(['z', 'a', 'b', 'c', 'd']);
});
