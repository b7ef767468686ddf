import { expect, test } from 'vitest';
import { createArimaFinder, LEAST_POINTS } from './auto-arima.ts';
import { createRng } from './rng.ts';

/** 1,000 points of an ARMA, after as many that are thrown away. */
function simulate(seed: number, ar: readonly number[], ma: readonly number[], length = 1000): Float64Array {
  const rng = createRng(seed);
  const noise = Array.from({ length: 2 * length }, () => rng.normal());
  const values: number[] = [];
  for (const [index, shock] of noise.entries()) {
    let value = shock;
    for (const [lag, share] of ar.entries()) value += share * (values[index - lag - 1] ?? 0);
    for (const [lag, share] of ma.entries()) value += share * (noise[index - lag - 1] ?? 0);
    values.push(value);
  }
  return Float64Array.from(values.slice(length));
}

const finder = createArimaFinder(2000);

test.each([
  [[0.7], []],
  [[], [0.6]],
  [[1.2, -0.5], []],
  [[0.6], [0.4]],
])('an ARMA with ar %j and ma %j is found nearly as it was made', (ar, ma) => {
  for (let seed = 0; seed < 5; seed++) {
    const found = finder.find(
      simulate(seed, ar, ma).map((value) => 5000 + 30 * value),
      0,
    );
    expect(found?.variance).toBeGreaterThan(0.88 * 900);
    expect(found?.variance).toBeLessThan(1.12 * 900);
    expect(found?.order.differences).toBe(0);
    expect((found?.order.ar ?? 9) + (found?.order.ma ?? 9)).toBeLessThanOrEqual(ar.length + ma.length + 3);
  }
});

test('a walk is mostly differenced, and noise is mostly left alone', () => {
  let plain = 0;
  let differenced = 0;
  for (let seed = 0; seed < 20; seed++) {
    let level = 0;
    const walk = simulate(seed, [], []).map((shock) => {
      level += shock;
      return level;
    });
    const found = finder.find(walk, 0);
    expect(found?.variance).toBeLessThan(1.15);
    if (found?.order.differences === 1) differenced++;
    const { order } = finder.find(simulate(seed, [], []), 0) ?? {};
    if (order?.ar === 0 && order.ma === 0 && order.differences === 0) plain++;
  }
  expect(plain).toBeGreaterThan(8);
  expect(differenced).toBeGreaterThan(12);
});

test('a season that stays is differenced and smoothed: what is left is the noise', () => {
  const rng = createRng(2);
  const shape = Float64Array.from({ length: 24 }, () => 20 * rng.normal());
  const values = Float64Array.from({ length: 24 * 40 }, (_, index) => (shape[index % 24] ?? 0) + rng.normal());
  const found = finder.find(values, 24);
  expect(found?.order).toMatchObject({ seasonal: 'differenced', seasonalMa: 1 });
  expect(found?.seasonalMa).toBeLessThan(-0.8);
  expect(found?.variance).toBeLessThan(1.2);
});

test('neither the unit nor where zero is changes what is found', () => {
  const values = simulate(1, [0.6], [0.4]);
  const found = finder.find(values, 0);
  const scaled = finder.find(
    values.map((value) => 1e9 * value + 1e12),
    0,
  );
  expect(scaled?.order).toEqual(found?.order);
  for (const lag of [0, 1, 2]) expect(scaled?.ar[lag]).toBeCloseTo(found?.ar[lag] ?? Number.NaN, 4);
});

test('of a constant all errors are 0, and of too few points nothing is said', () => {
  expect(finder.find(new Float64Array(100).fill(7), 0)?.variance).toBe(0);
  expect(finder.find(new Float64Array(LEAST_POINTS - 1), 0)).toBeUndefined();
});
