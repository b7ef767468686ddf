import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downsample } from './downsample.ts';

const OPTIONS = { most: 100, keep: 'largest', gapMs: 5 } as const;

describe('a line that is thinned out', () => {
  it('keeps its extremes and its order, and is short enough', () => {
    const values = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(Number.NaN)), {
      maxLength: 2000,
    });
    fc.assert(
      fc.property(values, fc.boolean(), (given, largest) => {
        const times = Float64Array.from(given, (_, index) => index);
        const line = downsample(times, Float64Array.from(given), {
          ...OPTIONS,
          keep: largest ? 'largest' : 'smallest',
        });
        const finite = given.filter((value) => Number.isFinite(value));
        const kept = line.values.filter((value) => value !== null);
        const extreme = largest ? Math.max : Math.min;
        expect(extreme(...kept)).toBe(extreme(...finite));
        expect(line.timesMs.length).toBeLessThanOrEqual(110);
        expect(line.timesMs).toEqual(line.timesMs.toSorted((a, b) => a - b));
        expect(line.values.length).toBe(line.timesMs.length);
      }),
    );
  });

  it('is unchanged when it is short', () => {
    expect(downsample(Float64Array.of(1, 2, 3), Float64Array.of(9, Number.NaN, 7), OPTIONS)).toEqual({
      timesMs: [1, 2, 3],
      values: [9, null, 7],
    });
  });

  it('has a null in each hole', () => {
    expect(downsample(Float64Array.of(1, 2, 12), Float64Array.of(9, 8, 7), OPTIONS)).toEqual({
      timesMs: [1, 2, 7, 12],
      values: [9, 8, null, 7],
    });
  });

  it('of nothing is nothing', () => {
    expect(downsample(new Float64Array(), new Float64Array(), OPTIONS)).toEqual({ timesMs: [], values: [] });
  });
});
