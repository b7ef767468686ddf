import { expect, test } from 'vitest';
import { farthest } from '../../test/reference/golden.ts';
import { createRng } from './rng.ts';
import { seasonalStrength, subtractProfile, withoutTrend } from './seasonal-profile.ts';

const { NaN: gap } = Number;

test('the trend taken off is the mean of a period around each point, of what there is', () => {
  const out = withoutTrend(Float64Array.of(1, 2, 3, gap, 5, 6), 3, new Float64Array(6));
  expect(farthest(out, Float64Array.of(-0.5, 0, 0.5, gap, -0.5, 0.5))).toBeLessThan(1e-15);
});

test('of noise alone few cycles foretell nothing, however many means they have', () => {
  const rng = createRng(1);
  const strengths = Array.from({ length: 50 }, () => {
    const noise = Float64Array.from({ length: 300 }, () => rng.normal());
    return seasonalStrength(withoutTrend(noise, 100, new Float64Array(300)), 100).strength;
  });
  expect(Math.max(...strengths)).toBeLessThan(0.05);
});

test('of signal and noise with equal variance the strength is a half, also where the period is long', () => {
  const rng = createRng(2);
  const values = Float64Array.from(
    { length: 7000 },
    (_, i) => Math.SQRT2 * Math.sin(i * 0.002 * Math.PI) + rng.normal(),
  );
  const { strength, agreeing, phases } = seasonalStrength(values, 1000);
  expect(strength).toBeCloseTo(0.5, 1);
  expect(agreeing).toBe(1);
  expect(phases).toBe(48);
});

test('a profile taken off leaves nothing of what comes back, gaps stay gaps', () => {
  const values = Float64Array.from({ length: 60 }, (_, index) => (index === 7 ? gap : index % 12));
  subtractProfile(values, values.slice(), 12, 12);
  expect(values[7]).toBeNaN();
  expect(values.every((value, index) => index === 7 || Math.abs(value) < 1e-14)).toBe(true);
});

test('nothing has no strength', () => {
  expect(seasonalStrength(new Float64Array(30), 5).strength).toBe(0);
  expect(seasonalStrength(new Float64Array(30).fill(gap), 5).strength).toBe(0);
});
