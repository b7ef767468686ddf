import { expect, test } from 'vitest';
import { farthest } from '../../test/reference/golden.ts';
import { gridLoess, loessAt } from './grid-loess.ts';
import { loess } from './loess.ts';
import { createRng } from './rng.ts';

const rng = createRng(9);
const values = Float64Array.from({ length: 80 }, () => rng.normal());
const smooth = (options: Parameters<typeof gridLoess>[2], weights?: Float64Array) => {
  const out = new Float64Array(values.length);
  gridLoess(values, values.length, options, weights, out);
  return out;
};

test.each([0, 1] as const)('degree %s is the general loess, but for the authors’ rounding of far weights', (degree) => {
  const x = values.map((_, index) => index);
  const ours = smooth({ span: 15, degree, jump: 1 });
  expect(farthest(ours, loess(x, values, { span: 15, degree }))).toBeLessThan(1e-7);
});

test('the short way through the middle is the long one with weights of 1', () => {
  const ones = new Float64Array(values.length).fill(1);
  for (const span of [3, 15, 79, 81, 301]) {
    const options = { span, degree: 1, jump: 1 } as const;
    expect(farthest(smooth(options), smooth(options, ones))).toBeLessThan(1e-13);
  }
});

test('jumps fit at each so many points and at the last, with lines between', () => {
  const all = smooth({ span: 15, degree: 1, jump: 1 });
  const some = smooth({ span: 15, degree: 1, jump: 7 });
  for (const index of [0, 7, 70, 77, 79]) expect(some[index]).toBe(all[index]);
  expect(some[3]).toBeCloseTo((all[0] ?? 0) + (3 / 7) * ((all[7] ?? 0) - (all[0] ?? 0)), 14);
});

test('a line goes on beyond either end', () => {
  const line = Float64Array.from({ length: 20 }, (_, index) => 2 * index + 1);
  const options = { span: 7, degree: 1, jump: 1 } as const;
  expect(loessAt(line, 20, options, undefined, -1)).toBeCloseTo(-1, 12);
  expect(loessAt(line, 20, options, undefined, 20)).toBeCloseTo(41, 12);
});

test('where nothing weighs anything the value stays', () => {
  const none = new Float64Array(values.length);
  expect(smooth({ span: 5, degree: 1, jump: 1 }, none)).toEqual(values);
  expect(loessAt(values, 80, { span: 5, degree: 1, jump: 1 }, none, -1)).toBeUndefined();
});
