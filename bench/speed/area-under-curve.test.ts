import { expect, test } from 'vitest';
import { areaUnderCurve } from './area-under-curve.ts';

test.each([
  ['all pairs are right', [1, 2, 3, 4], [0, 0, 1, 1], 1],
  ['all are wrong', [4, 3, 2, 1], [0, 0, 1, 1], 0],
  ['three of four are right', [1, 3, 2, 4], [0, 0, 1, 1], 0.75],
  ['all are equal', [5, 5, 5], [0, 1, 0], 0.5],
  ['two are equal', [1, 2, 2, 3], [0, 0, 1, 1], 0.875],
])('where %s', (_, scores, odd, area) => {
  expect(areaUnderCurve(Float64Array.from(scores), Uint8Array.from(odd))).toBe(area);
});
