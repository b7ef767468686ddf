import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Point, pathOf, simplify } from './path.ts';

test.each([
  ['nothing', [], ''],
  ['a point', [[3, 4]], 'M3 4'],
  [
    'steps to all sides, in as few letters as they need',
    [
      [0, 0],
      [2, 0],
      [2, 5],
      [4, 1],
      [6, 8],
    ],
    'M0 0h2v5l2-4l2 7',
  ],
] as const)('the path of %s', (_what, line, d) => {
  expect(pathOf(line)).toBe(d);
});

test('a straight line needs its ends alone', () => {
  const line = Array.from({ length: 9 }, (_, x): Point => [x, 2 * x]);
  expect(simplify(line, 0)).toEqual([
    [0, 0],
    [8, 16],
  ]);
});

test('no point of a line is farther from what is left of it than was allowed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 60 }), (heights) => {
      const line = heights.map((y, x): Point => [x, y]);
      const left = simplify(line, 1.5);
      expect([left[0], left.at(-1)]).toEqual([line[0], line.at(-1)]);
      for (const [x, y] of line) {
        const next = left.findIndex((point) => point[0] >= x);
        const [toX, toY] = left[next] as Point;
        const [fromX, fromY] = left[Math.max(0, next - 1)] as Point;
        const at = toX === fromX ? toY : fromY + ((toY - fromY) * (x - fromX)) / (toX - fromX);
        expect(Math.abs(at - y)).toBeLessThanOrEqual(1.5 + 1e-9);
      }
    }),
  );
});
