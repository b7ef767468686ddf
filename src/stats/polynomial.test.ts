import { expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { fitPolynomial } from './polynomial.ts';

interface Case {
  readonly degree: number;
  readonly x: Column;
  readonly y: Column;
  readonly weights: Column;
  readonly at: Column;
  readonly plain: Column;
  readonly weighted: Column;
}

const golden = readGoldenFile<{ polynomials: Case[] }>('lines').polynomials;

test.each(golden)('degree $degree over epoch seconds is NumPy’s, inside and beyond', (each) => {
  const at = numbers(each.at);
  const plain = fitPolynomial(numbers(each.x), numbers(each.y), each.degree);
  expect(farthest(at.map(plain.at), numbers(each.plain))).toBeLessThan(1e-10);
  const weighted = fitPolynomial(numbers(each.x), numbers(each.y), each.degree, numbers(each.weights));
  expect(farthest(at.map(weighted.at), numbers(each.weighted))).toBeLessThan(1e-10);
});

test('points that are missing or weigh nothing are left out, and no more is fitted than the points say', () => {
  const { NaN: gap } = Number;
  const line = fitPolynomial(
    Float64Array.of(0, 1, 2, gap, 4),
    Float64Array.of(1, 3, gap, 9, 50),
    3,
    Float64Array.of(1, 1, 1, 1, 0),
  );
  expect(line.degree).toBe(1);
  expect(line.at(10)).toBeCloseTo(21, 12);
  expect(fitPolynomial(Float64Array.of(5, 5), Float64Array.of(1, 3), 2).at(99)).toBe(2);
});

test('no points are no polynomial', () => {
  expect(fitPolynomial(new Float64Array(0), new Float64Array(0), 1).at(0)).toBeNaN();
});
