import { expect, test } from 'vitest';
import { createRng } from './rng.ts';
import { createSquaresFitter } from './squares-fit.ts';

test('the bottom of Rosenbrock’s valley is found from the usual start', () => {
  const x = Float64Array.of(-1.2, 1);
  const squares = createSquaresFitter(2, 2).fit(
    ([a = 0, b = 0], out) => {
      out[0] = 10 * (b - a * a);
      out[1] = 1 - a;
    },
    0,
    2,
    x,
  );
  expect(squares).toBeLessThan(1e-10);
  expect([...x]).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
});

test('a decay is found among noise, and a second fit with the same memory gives the same', () => {
  const rng = createRng(1);
  const values = Float64Array.from({ length: 500 }, (_, index) => 5 * Math.exp(-index / 100) + 0.01 * rng.normal());
  const fitter = createSquaresFitter(3, 600);
  const run = () => {
    const x = Float64Array.of(1, 1);
    const squares = fitter.fit(
      ([size = 0, rate = 0], out) => {
        for (const [index, value] of values.entries()) out[index] = value - size * Math.exp((-rate * index) / 100);
      },
      0,
      values.length,
      x,
    );
    return { x: [...x], squares };
  };
  const first = run();
  expect(first.x).toEqual([expect.closeTo(5, 1), expect.closeTo(1, 2)]);
  expect(first.squares / 500).toBeLessThan(0.012 ** 2);
  expect(run()).toEqual(first);
});

test('without a parameter there is a sum and no step, and one that changes nothing stays', () => {
  const fitter = createSquaresFitter(2, 2);
  expect(fitter.fit((_, out) => out.fill(3, 0, 2), 0, 2, new Float64Array(0))).toBe(18);
  const x = Float64Array.of(0, 7);
  fitter.fit(([a = 0], out) => out.fill(a - 2, 0, 2), 0, 2, x);
  expect([...x]).toEqual([expect.closeTo(2, 6), 7]);
});
