import { expect, test } from 'vitest';
import { apart, readGoldenFile } from '../../test/reference/golden.ts';
import { studentDensity, studentLower, studentUpper, studentUpperQuantile } from './student-t.ts';

type Rows<Row extends readonly number[]> = readonly Row[];

const golden = readGoldenFile<{
  student: Rows<[number, number, number, number]>;
  studentQuantile: Rows<[number, number, number]>;
}>('distributions');

test.each(golden.student)('tails and density at %d with %d degrees are SciPy’s', (t, degrees, upper, density) => {
  expect(apart(studentUpper(t, degrees), upper)).toBeLessThan(1e-11);
  expect(apart(studentLower(-t, degrees), upper)).toBeLessThan(1e-11);
  expect(apart(studentDensity(t, degrees), density)).toBeLessThan(1e-11);
});

test.each(golden.studentQuantile)('the upper quantile of %d with %d degrees is SciPy’s', (tail, degrees, t) => {
  expect(apart(studentUpperQuantile(tail, degrees), t)).toBeLessThan(1e-10);
});

test('with one degree it is Cauchy’s, with a half its tail goes on for ever', () => {
  for (const t of [1e-6, 1, 1e3]) expect(apart(studentUpper(t, 1), Math.atan2(1, t) / Math.PI)).toBeLessThan(1e-14);
  for (const tail of [1e-100, 1e-70]) {
    const t = studentUpperQuantile(tail, 0.5);
    expect(apart(studentUpper(t, 0.5), tail)).toBeLessThan(1e-11);
    expect(apart(studentUpperQuantile(tail / 10, 0.5) / t, 100)).toBeLessThan(1e-10);
  }
});

test('at the ends, and outside', () => {
  expect([0, 1, 0.5, 2].map((tail) => studentUpperQuantile(tail, 5))).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    Number.NaN,
  ]);
  expect([studentUpper(Number.POSITIVE_INFINITY, 3), studentUpper(Number.NEGATIVE_INFINITY, 3)]).toEqual([0, 1]);
  expect(studentUpper(Number.NaN, 3)).toBeNaN();
});
