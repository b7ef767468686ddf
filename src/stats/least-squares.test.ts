import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { leastSquares } from './least-squares.ts';
import { createRng } from './rng.ts';

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly matrix: Column;
  readonly values: Column;
  readonly weights: Column;
  readonly plain: Column;
  readonly weighted: Column;
  readonly ridge: Column;
  readonly residual: number;
}

const golden = readGoldenFile<{ leastSquares: Case[] }>('lines').leastSquares;

test.each(golden)('of "$name" the coefficients are NumPy’s, weighted too, and with a ridge scikit-learn’s', (each) => {
  const matrix = { rows: each.rows, cols: each.cols, values: numbers(each.matrix) };
  const values = numbers(each.values);
  // Columns that are 1e-5 apart cost five digits on either side.
  const most = each.name === 'ill' ? 1e-8 : 1e-12;
  const { coefficients, residual, rank } = leastSquares(matrix, values);
  expect(farthest(coefficients, numbers(each.plain))).toBeLessThan(most);
  expect(residual).toBeCloseTo(each.residual, 12);
  expect(rank).toBe(each.cols);
  const { coefficients: weighted } = leastSquares(matrix, values, { weights: numbers(each.weights) });
  expect(farthest(weighted, numbers(each.weighted))).toBeLessThan(most);
  const { coefficients: ridge } = leastSquares(matrix, values, { ridge: 0.7 });
  expect(farthest(ridge, numbers(each.ridge))).toBeLessThan(1e-12);
});

test('residuals are orthogonal to every column', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 6, max: 30 }), fc.integer(), (cols, rows, seed) => {
      const rng = createRng(seed);
      const values = Float64Array.from({ length: rows * cols }, () => rng.normal());
      const y = Float64Array.from({ length: rows }, () => rng.normal());
      const { coefficients } = leastSquares({ rows, cols, values }, y);
      const left = y.map(
        (each, row) => each - coefficients.reduce((s, c, col) => s + c * (values[row * cols + col] ?? 0), 0),
      );
      // Where columns are nearly the same, coefficients are large, and so is their rounding.
      const most = 1e-12 * coefficients.reduce((largest, each) => Math.max(largest, Math.abs(each)), 1);
      for (let col = 0; col < cols; col++) {
        expect(Math.abs(left.reduce((sum, each, row) => sum + each * (values[row * cols + col] ?? 0), 0))).toBeLessThan(
          most,
        );
      }
    }),
  );
});

test('a column that depends on another gets nothing, and the fit is as good', () => {
  const values = Float64Array.of(1, 2, 1, 2, 4, 1, 3, 6, 1, 5, 10, 1);
  const { coefficients, rank, residual } = leastSquares({ rows: 4, cols: 3, values }, Float64Array.of(3, 5, 7, 11));
  expect(rank).toBe(2);
  expect(residual).toBeLessThan(1e-24);
  expect(coefficients.filter((each) => each === 0).length).toBe(1);
});

test('rows with a gap are left out; without a row all is 0', () => {
  const values = Float64Array.of(1, 0, 1, 1, 1, Number.NaN, 1, 3, 1, 4);
  const y = Float64Array.of(1, 3, 9, Number.NaN, 9);
  const { coefficients, rank } = leastSquares({ rows: 5, cols: 2, values }, y);
  expect(coefficients[0]).toBeCloseTo(1, 12);
  expect(coefficients[1]).toBeCloseTo(2, 12);
  expect(rank).toBe(2);
  expect(leastSquares({ rows: 0, cols: 2, values: new Float64Array(0) }, new Float64Array(0))).toEqual({
    coefficients: new Float64Array(2),
    residual: 0,
    rank: 0,
  });
});
