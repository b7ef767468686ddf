import { expect, test } from 'vitest';
import { numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { averagePath, growIsolationForest, scoreIsolation } from './isolation-forest.ts';

const golden = readGoldenFile<{ values: number[]; scores: number[]; odd: number; auc: number }>('forest');
const matrix = { rows: golden.scores.length, cols: 3, values: numbers(golden.values) };

function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values, (_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Float64Array(values.length);
  for (const [rank, index] of order.entries()) result[index] = rank;
  return result;
}

/** Spearman's. */
function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const [x, y] = [ranks(a), ranks(b)];
  const distance = x.reduce((sum, rank, index) => sum + (rank - (y[index] ?? 0)) ** 2, 0);
  return 1 - (6 * distance) / (a.length * (a.length ** 2 - 1));
}

/** The chance that one of the last `odd` scores is above one of the others. */
function areaUnderCurve(scores: Float64Array, odd: number): number {
  const from = scores.length - odd;
  const sum = ranks(scores)
    .subarray(from)
    .reduce((total, rank) => total + rank + 1, 0);
  return (sum - (odd * (odd + 1)) / 2) / (odd * from);
}

test.each([1, 2, 3])('with seed %d 100 trees rank as a thousand of scikit-learn’s do', (seed) => {
  const scores = scoreIsolation(growIsolationForest(matrix, { seed }), matrix);
  const theirs = numbers(golden.scores);
  expect(rankCorrelation(scores, theirs)).toBeGreaterThan(0.97);
  expect(Math.abs(areaUnderCurve(scores, golden.odd) - golden.auc)).toBeLessThan(0.01);
  const mean = (values: Float64Array) => values.reduce((sum, each) => sum + each, 0) / values.length;
  expect(Math.abs(mean(scores) - mean(theirs))).toBeLessThan(0.01);
});

test('the same seed gives the same scores, another seed others', () => {
  const score = (seed: number) => scoreIsolation(growIsolationForest(matrix, { seed, trees: 5 }), matrix);
  expect(score(1)).toEqual(score(1));
  expect(score(1)).not.toEqual(score(2));
});

test('a row scores the same alone as among others', () => {
  const forest = growIsolationForest(matrix, { seed: 3 });
  const scores = scoreIsolation(forest, matrix);
  for (const row of [0, 1, 2, 3, 598]) {
    const alone = { rows: 1, cols: 3, values: matrix.values.subarray(3 * row, 3 * row + 3) };
    expect(scoreIsolation(forest, alone)[0]).toBe(scores[row]);
  }
});

test('the expected path is the one of the formula', () => {
  // c(n) = 2 H(n − 1) − 2 (n − 1) ÷ n
  expect([0, 1, 2, 3].map(averagePath)).toEqual([0, 0, 1, 5 / 3]);
  for (const count of [19, 20, 21, 22, 256, 1000]) {
    let harmonic = 0;
    for (let index = 1; index < count; index++) harmonic += 1 / index;
    expect(averagePath(count)).toBeCloseTo(2 * harmonic - (2 * (count - 1)) / count, 12);
  }
});

test('a row that is far from all others scores most, and a row with a gap not at all', () => {
  const values = matrix.values.slice();
  values.set([100, 100, 100], 30);
  values[60] = Number.NaN;
  const scores = scoreIsolation(growIsolationForest({ ...matrix, values }, { seed: 4 }), { ...matrix, values });
  expect(scores[20]).toBeNaN();
  expect(scores.indexOf(scores.filter((score) => !Number.isNaN(score)).reduce((a, b) => Math.max(a, b)))).toBe(10);
});

test.each([
  ['rows that are all the same', 5, new Float64Array(15).fill(3)],
  ['one row', 1, Float64Array.of(1, 2, 3)],
  ['no rows', 0, new Float64Array(0)],
])('%s are neither odd nor not', (_, rows, values) => {
  const forest = growIsolationForest({ rows, cols: 3, values }, { seed: 1 });
  const scores = scoreIsolation(forest, { rows, cols: 3, values });
  for (const score of scores) expect(score).toBeCloseTo(0.5, 12);
});
