import fc from 'fast-check';
import { expect, test } from 'vitest';
import { farthest, numbers, readGolden } from '../../test/reference/golden.ts';
import { createRng } from './rng.ts';
import { SLIDING_SIZE, slideVariance, slidingMean, slidingSquares } from './sliding-variance.ts';

const CAPACITY = 12;

/** Mean and sample variance after each value, from a ring of the last CAPACITY. */
function slide(values: Float64Array): { means: Float64Array; variances: Float64Array } {
  const state = new Float64Array(SLIDING_SIZE + CAPACITY);
  const means = new Float64Array(values.length);
  const variances = new Float64Array(values.length);
  for (const [index, value] of values.entries()) {
    const place = index % CAPACITY;
    const left = index < CAPACITY ? Number.NaN : (state[SLIDING_SIZE + place] ?? Number.NaN);
    state[SLIDING_SIZE + place] = value;
    slideVariance(state, 0, value, left, SLIDING_SIZE, (place + 1) % CAPACITY);
    means[index] = slidingMean(state, 0);
    variances[index] = slidingSquares(state, 0) / (Math.min(index + 1, CAPACITY) - 1);
  }
  return { means, variances };
}

function plainly(values: Float64Array): { means: Float64Array; variances: Float64Array } {
  const windows = Array.from(values, (_, index) => values.subarray(Math.max(0, index - CAPACITY + 1), index + 1));
  const mean = (held: Float64Array) => {
    const base = held[0] ?? 0;
    return base + held.reduce((sum, each) => sum + (each - base), 0) / held.length;
  };
  const means = Float64Array.from(windows, mean);
  const variances = Float64Array.from(windows, (held) => {
    const base = held[0] ?? 0;
    const centre = mean(held.map((each) => each - base));
    return held.reduce((sum, each) => sum + (each - base - centre) ** 2, 0) / (held.length - 1);
  });
  return { means, variances };
}

test('means are pandas’ to 1e-9, offset and gaps and all', () => {
  for (const { values, rollingMean } of Object.values(readGolden().series)) {
    if (values.includes(null)) continue;
    const { means } = slide(numbers(values));
    expect(farthest(means.subarray(CAPACITY), numbers(rollingMean).subarray(CAPACITY))).toBeLessThan(1e-9);
  }
});

test('outliers, level shifts and an offset of 1e9 leave mean and variance right to 1e-9', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rng = createRng(seed);
      let level = rng.uniform() < 0.5 ? 0 : 1e9;
      const values = Float64Array.from({ length: 200 }, () => {
        if (rng.uniform() < 0.03) level += 1e6 * rng.normal();
        return level + rng.normal() * (rng.uniform() < 0.05 ? 1e8 : 1);
      });
      const { means, variances } = slide(values);
      const plain = plainly(values);
      expect(farthest(means, plain.means)).toBeLessThan(1e-9);
      expect(farthest(variances.subarray(1), plain.variances.subarray(1))).toBeLessThan(1e-9);
    }),
    { numRuns: 200 },
  );
});

test('a constant has no variance at all, also after an outlier has gone', () => {
  const values = new Float64Array(60).fill(0.1);
  values[20] = 1e12;
  const { variances } = slide(values);
  expect(variances.subarray(20 + CAPACITY).every((variance) => variance === 0)).toBe(true);
});
