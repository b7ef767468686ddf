import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENDED, readSteps } from './read-steps.ts';
import { createRing } from './ring.ts';

const INTERVAL = 10;

function read(samples: readonly (readonly [number, number])[], isCounter = false, range = {}) {
  const ring = createRing(1000);
  for (const [timeMs, value] of samples) ring.push(timeMs, value);
  const steps = { startMs: 0, endMs: 100, stepMs: 10, ...range };
  const { timesMs, values } = readSteps(ring, steps, { intervalMs: INTERVAL, isCounter });
  return Array.from(timesMs, (timeMs, index) => [timeMs, values[index]]);
}

const scrapes = fc
  .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 60 })
  .chain((values) => fc.record({ values: fc.constant(values), phase: fc.integer({ min: 0, max: INTERVAL - 1 }) }));

describe('a gauge', () => {
  it('is read back as it was scraped, one value a scrape, in whatever phase', () => {
    fc.assert(
      fc.property(scrapes, ({ values, phase }) => {
        const found = read(
          values.map((value, index) => [index * INTERVAL + phase, value]),
          false,
          { endMs: (values.length - (phase === 0 ? 1 : 0)) * INTERVAL },
        );
        expect(found.map(([, value]) => value)).toEqual(values);
      }),
    );
  });

  it.each([
    ['before its first scrape is nothing', [[35, 1]], { endMs: 40 }, [[40, 1]]],
    [
      'a scrape that was passed over leaves no hole',
      [
        [5, 1],
        [25, 2],
      ],
      { endMs: 30 },
      [
        [10, 1],
        [20, 1],
        [30, 2],
      ],
    ],
    [
      'a failed one does, and a longer silence too',
      [
        [5, 1],
        [15, ENDED],
        [25, 2],
      ],
      {},
      [
        [10, 1],
        [30, 2],
        [40, 2],
      ],
    ],
    [
      'what was exposed as NaN is there, and NaN',
      [
        [5, 1],
        [15, Number.NaN],
      ],
      { endMs: 20 },
      [
        [10, 1],
        [20, Number.NaN],
      ],
    ],
    ['what came after the range is not in it', [[15, 1]], { endMs: 10 }, []],
  ] as const)('%s', (_, samples, range, expected) => {
    expect(read(samples, false, range)).toEqual(expected);
  });
});

describe('a counter', () => {
  it('is what it grew a second, from its second scrape on', () => {
    const found = read(
      [
        [5, 100],
        [15, 101],
        [25, 104],
      ],
      true,
      { endMs: 30 },
    );
    // Over the scrapes that the look-back holds: one, then two.
    expect(found).toEqual([
      [20, 100],
      [30, 200],
    ]);
  });

  it('that begins again at zero has grown by what it is; behind a gap it is not guessed at', () => {
    const reset = read(
      [
        [5, 100],
        [15, 1],
      ],
      true,
      { endMs: 20 },
    );
    expect(reset).toEqual([[20, 100]]);
    const gap = read(
      [
        [5, 100],
        [15, ENDED],
        [95, 500],
      ],
      true,
    );
    expect(gap).toEqual([]);
  });

  it('never falls, and over all steps has grown as much as it did', () => {
    const increases = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(increases, (steps) => {
        let total = 0;
        const samples = steps.map((increase, index) => {
          total += increase;
          return [index * INTERVAL + 5, total] as const;
        });
        // Steps of two scrapes each do not overlap: their increases add up to the whole.
        const endMs = Math.floor((steps.length - 1) / 2) * 2 * INTERVAL;
        const found = read(samples, true, { startMs: 20, endMs, stepMs: 2 * INTERVAL });
        const grown = found.reduce((sum, [, rate = 0]) => sum + (rate * 2 * INTERVAL) / 1000, 0);
        const first = steps.slice(1, 2).reduce((sum, one) => sum + one, 0);
        const counted = steps.slice(1, endMs / INTERVAL).reduce((sum, one) => sum + one, 0);
        // Of the first step one scrape is known only: its rate stands for both.
        if (found.length > 0) expect(grown).toBeCloseTo(counted + first, 6);
        expect(found.every(([, rate = 0]) => rate >= 0)).toBe(true);
      }),
    );
  });
});
