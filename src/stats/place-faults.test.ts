import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, FAULT_POINTS } from './fault.ts';
import { levelAndNoise } from './level-and-noise.ts';
import { type Ground, placeFaults, wantedFaults } from './place-faults.ts';
import { createRng } from './rng.ts';

const DAY = 288;
const FROM = 2 * DAY;

function ground(seed: number, more: Partial<Ground> = {}): Ground {
  const rng = createRng(seed);
  const values =
    more.values ??
    Float64Array.from({ length: 20 * DAY }, (_, at) => 100 + 40 * Math.sin((2 * Math.PI * at) / DAY) + rng.normal());
  return {
    ...levelAndNoise(values),
    ...{ values, halfSeason: DAY / 2, from: FROM, apart: 60, signs: [1, -1], isFree: () => true, random: rng },
    ...more,
  };
}

const ALL = wantedFaults(FAULT_KINDS);

describe('faults that are placed', () => {
  it('come in every kind and size, and the same seed gives the same', () => {
    expect(ALL).toHaveLength(4 * 3 + 2);
    const { faults, skipped } = placeFaults(ALL, ground(1));
    expect(skipped).toEqual([]);
    expect(faults).toHaveLength(ALL.length);
    expect(placeFaults(ALL, ground(1))).toEqual({ faults, skipped });
    expect(placeFaults(ALL, ground(2)).faults).not.toEqual(faults);
  });

  it('lie after the warm-up, within the series, apart, as long as their kind, and where it is free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 100 }), (seed, apart) => {
        const isFree = (first: number, last: number) => last < 2000 || first > 3000;
        const { values, ...own } = ground(seed, { apart, isFree });
        const { faults } = placeFaults(ALL, { values, ...own });
        for (const [at, { kind, first, last }] of faults.entries()) {
          const [least, most] = FAULT_POINTS[kind];
          expect(first).toBeGreaterThanOrEqual(FROM);
          expect(last).toBeLessThan(values.length);
          expect(last - first + 1).toBeGreaterThanOrEqual(least);
          expect(last - first + 1).toBeLessThanOrEqual(most);
          expect(isFree(first, last)).toBe(true);
          if (at > 0) expect(first - (faults[at - 1]?.last ?? 0)).toBeGreaterThan(apart);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are no more than were asked for', () => {
    const first = wantedFaults(['drop-out', 'spike']);
    const { faults, skipped } = placeFaults(first, ground(3, { signs: [1] }), 1);
    expect(faults.map(({ kind }) => kind)).toEqual(['spike']);
    expect(skipped).toHaveLength(1);
  });

  it('go only where somebody looks', () => {
    const { faults, skipped } = placeFaults(ALL, ground(3, { signs: [1] }));
    expect(faults.every(({ size }) => size >= 0)).toBe(true);
    expect(skipped).toEqual([{ kind: 'drop-out', size: 0, why: 'not-looked-for' }]);
  });
});

describe('what finds no place is told why', () => {
  const whyOf = (more: Partial<Ground>) =>
    new Map(placeFaults(ALL, ground(1, more)).skipped.map(({ kind, why }) => [kind, why]));

  it('a series that never moves has no size for a fault', () => {
    const values = new Float64Array(1000).fill(5);
    expect(new Set(whyOf({ values, ...levelAndNoise(values) }).values())).toEqual(new Set(['never-moves']));
  });

  it('without a season there is none to swap', () => {
    const rng = createRng(9);
    const values = Float64Array.from({ length: 20 * DAY }, () => 100 + rng.normal());
    expect(whyOf({ values, ...levelAndNoise(values) }).get('season')).toBe('no-season');
  });

  it('what cannot rise or fall further is not seen', () => {
    const rng = createRng(9);
    const values = Float64Array.from({ length: 20 * DAY }, () => 1 - 0.001 * Math.abs(rng.normal()));
    const why = whyOf({ values, ...levelAndNoise(values), least: 0, most: 1, signs: [1] });
    expect(why.get('shift')).toBe('not-seen');
  });

  it('where all is taken there is no room, also in a series shorter than its warm-up', () => {
    expect(new Set(whyOf({ isFree: () => false }).values())).toEqual(new Set(['no-room']));
    const values = Float64Array.from({ length: 100 }, (_, at) => at % 7);
    expect(new Set(whyOf({ values, ...levelAndNoise(values), from: 100 }).values())).toEqual(new Set(['no-room']));
  });
});
