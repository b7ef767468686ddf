import { expect, test } from 'vitest';
import { solveMonotone } from './solve-monotone.ts';

test.each([
  ['a cube, flat at its root', (x: number) => [x ** 3, 3 * x * x] as const, 5, true, 0],
  ['an exponential from far off', (x: number) => [Math.exp(x) - 2, Math.exp(x)] as const, -700, true, Math.log(2)],
  ['a falling line', (x: number) => [3 - x, -1] as const, 1e6, false, 3],
  ['one that Newton leaves for ever', (x: number) => [Math.atan(x - 1), 1 / (1 + (x - 1) ** 2)] as const, 50, true, 1],
])('%s', (_, evaluate, start, rising, root) => {
  expect(Math.abs(solveMonotone(evaluate, start, rising) - root)).toBeLessThan(1e-12);
});
