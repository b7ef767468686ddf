import { expect, test } from 'vitest';
import { forecastWeights } from './forecast-weights.ts';
import { fitPolynomial } from './polynomial.ts';
import { createRng } from './rng.ts';

const cases = [1, 2, 3, 4, 10, 120, 500].flatMap((count) => [0, 1, 2].map((degree) => [count, degree] as const));

test.each(cases)(
  'of %d points and degree %d they are the polynomial fitted to the points, one step on',
  (count, degree) => {
    const rng = createRng(count + degree);
    const weights = new Float64Array(count);
    const squares = forecastWeights(count, degree, weights);
    // The newest first, at times −1, −2 and so on.
    const x = Float64Array.from({ length: count }, (_, index) => -1 - index);
    const y = Float64Array.from(x, () => 5 + rng.normal());
    const tricubes = x.map((_, index) => (1 - (index / count) ** 3) ** 3);
    const foretold = y.reduce((sum, value, index) => sum + value * (weights[index] as number), 0);
    expect(foretold).toBeCloseTo(fitPolynomial(x, y, degree, tricubes).at(0), 9);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(squares).toBeCloseTo(
      weights.reduce((sum, weight) => sum + weight * weight, 0),
      12,
    );
  },
);

test('a line is foretold by degree 1, a parabola by degree 2', () => {
  for (const [degree, value] of [
    [1, (time: number) => 3 - 2 * time],
    [2, (time: number) => 3 - 2 * time + 0.5 * time * time],
  ] as const) {
    const weights = new Float64Array(30);
    forecastWeights(30, degree, weights);
    expect(weights.reduce((sum, weight, index) => sum + weight * value(-1 - index), 0)).toBeCloseTo(3, 9);
  }
});

test('newer points count for more', () => {
  const weights = new Float64Array(20);
  forecastWeights(20, 0, weights);
  for (let index = 1; index < 20; index++) expect(weights[index]).toBeLessThan(weights[index - 1] as number);
});
