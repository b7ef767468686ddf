import { expect, test } from 'vitest';
import { mad, SIGMA_PER_MAD } from './mad.ts';
import { createRealFft } from './real-fft.ts';
import { createRng } from './rng.ts';
import { spectralResidual } from './spectral-residual.ts';

function residualOf(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  spectralResidual(createRealFft(values.length), values, out);
  return out;
}

/** The discrete Fourier transform by its definition. */
function slowly(values: Float64Array): Float64Array {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const half = Math.floor(n / 2);
  const spectrum = Array.from({ length: half + 1 }, (_, k) => {
    let re = 0;
    let im = 0;
    values.forEach((value, t) => {
      re += (value - mean) * Math.cos((2 * Math.PI * k * t) / n);
      im -= (value - mean) * Math.sin((2 * Math.PI * k * t) / n);
    });
    return { log: Math.log(Math.hypot(re, im)), phase: Math.atan2(im, re) };
  });
  const out = new Float64Array(n);
  for (let k = 1; k <= half; k++) {
    const near = spectrum.slice(Math.max(1, k - 1), k + 2).map(({ log }) => log);
    const { log = 0, phase = 0 } = spectrum[k] ?? {};
    const size = Math.exp(log - near.reduce((sum, one) => sum + one, 0) / near.length);
    // Each frequency but the last of an even length stands for two.
    const times = 2 * k === n ? 1 : 2;
    for (let t = 0; t < n; t++) {
      out[t] = (out[t] as number) + (times * size * Math.cos(phase + (2 * Math.PI * k * t) / n)) / n;
    }
  }
  return out;
}

test.each([16, 45, 125])('of %d values it is what its definition says', (length) => {
  const rng = createRng(length);
  const values = Float64Array.from({ length }, (_, index) => 1000 + 5 * Math.sin(index) + rng.normal());
  const expected = slowly(values);
  for (const [index, value] of residualOf(values).entries()) expect(value).toBeCloseTo(expected[index] ?? NaN, 9);
});

test('one point that is off stands out, with its sign, also on a wave', () => {
  const rng = createRng(1);
  const values = Float64Array.from({ length: 300 }, (_, index) => 20 * Math.sin(index / 8) + rng.normal());
  values[200] = (values[200] as number) - 12;
  const residual = residualOf(values);
  const sigma = SIGMA_PER_MAD * mad(residual);
  expect((residual[200] ?? 0) / sigma).toBeLessThan(-6);
  expect(Math.min(...residual)).toBe(residual[200]);
});

test('of normal noise 0.27 % lies beyond three of its deviations', () => {
  let beyond = 0;
  for (let seed = 0; seed < 200; seed++) {
    const rng = createRng(seed);
    const residual = residualOf(Float64Array.from({ length: 500 }, () => rng.normal()));
    const sigma = SIGMA_PER_MAD * mad(residual);
    beyond += residual.filter((value) => Math.abs(value) > 3 * sigma).length / 100_000;
  }
  expect(beyond).toBeGreaterThan(0.002);
  expect(beyond).toBeLessThan(0.0045);
});

test('a constant has none, wherever it is', () => {
  expect([...residualOf(new Float64Array(20).fill(-0.1 * 3))]).toEqual(new Array(20).fill(0));
});
