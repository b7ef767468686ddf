import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { logGamma, stirlingError } from './log-gamma.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{ logGamma: Rows<[number, number]> }>('distributions');

test.each(golden.logGamma)('ln Γ(%d) is SciPy’s', (x, expected) => {
  // Near the zeros at 1 and 2 SciPy's own error is 1e-16, whatever is left of the value; the next test is stricter.
  expect(Math.abs(logGamma(x) - expected)).toBeLessThan(2e-14 * (0.01 + Math.abs(expected)));
});

test.each([1e-6, -1e-6, 1e-4, -1e-3])('beside its zero at 1 (%d) it keeps its digits', (off) => {
  // −γz + Σ (−1)ᵏ ζ(k) zᵏ ÷ k
  const z = 1 + off - 1;
  const zetas = [Math.PI ** 2 / 6, 1.2020569031595942, Math.PI ** 4 / 90, 1.03692775514337];
  const series = zetas.reduce(
    (sum, zeta, index) => sum + (zeta * (-z) ** (index + 2)) / (index + 2),
    -0.5772156649015329 * z,
  );
  expect(apart(logGamma(1 + off), series)).toBeLessThan(1e-14);
});

test('Stirling’s error is what his formula lacks', () => {
  for (const x of [0.01, 0.5, 1, 7, 9.9, 10, 25]) {
    const formula = (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2;
    expect(Math.abs(stirlingError(x) - (logGamma(x) - formula))).toBeLessThan(1e-13);
  }
});

test('outside its range it is infinite or NaN', () => {
  expect([0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(logGamma)).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NaN,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]);
});
