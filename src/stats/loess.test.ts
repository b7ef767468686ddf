import { describe, expect, test } from 'vitest';
import { type Column, farthest, numbers, readGoldenFile } from '../../test/reference/golden.ts';
import { loess } from './loess.ts';

interface Case {
  readonly name: string;
  readonly span: number;
  readonly x: Column;
  readonly y: Column;
  readonly lowess: Readonly<Record<string, Column>>;
  readonly constant: Column;
  readonly parabola: Column;
}

const golden = readGoldenFile<{ loess: Case[] }>('smoothing').loess;

describe.each(golden)('over $span $name points', ({ span, x, y, lowess, constant, parabola }) => {
  test.each(Object.entries(lowess))('with %s robust iterations it is statsmodels’ lowess', (iterations, fitted) => {
    const ours = loess(numbers(x), numbers(y), { span, iterations: Number(iterations) });
    expect(farthest(ours, numbers(fitted))).toBeLessThan(1e-11);
  });

  test('degrees 0 and 2 are NumPy’s local fits', () => {
    expect(farthest(loess(numbers(x), numbers(y), { span, degree: 0 }), numbers(constant))).toBeLessThan(1e-12);
    expect(farthest(loess(numbers(x), numbers(y), { span, degree: 2 }), numbers(parabola))).toBeLessThan(1e-10);
  });
});

test('the curve goes on through a gap, and a polynomial of its degree is kept', () => {
  const x = Float64Array.from({ length: 30 }, (_, index) => index + 1e6);
  const parabola = x.map((_, index) => (index - 11) ** 2);
  const gaps = parabola.map((value, index) => (index > 10 && index < 14 ? Number.NaN : value));
  expect(farthest(loess(x, gaps, { span: 9, degree: 2 }), parabola)).toBeLessThan(1e-9);
});

test('points at one x have their mean', () => {
  expect([...loess(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 6), { span: 3 })]).toEqual([3, 3, 3]);
});

test('without a value there is no curve', () => {
  expect(loess(Float64Array.of(1, 2), new Float64Array(2).fill(Number.NaN), { span: 2 }).every(Number.isNaN)).toBe(
    true,
  );
  expect(loess(new Float64Array(0), new Float64Array(0), { span: 2 }).length).toBe(0);
});
