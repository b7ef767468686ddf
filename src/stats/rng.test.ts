import { expect, test } from 'vitest';
import { createRng } from './rng.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number) => {
    const rng = createRng(seed);
    return [rng.uniform(), rng.normal(), rng.normal(), rng.uniform()];
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('normal numbers have mean 0, variance 1, and 0.27 % beyond 3', () => {
  const rng = createRng(42);
  const count = 400_000;
  let sum = 0;
  let squares = 0;
  let beyond = 0;
  for (let index = 0; index < count; index++) {
    const value = rng.normal();
    sum += value;
    squares += value * value;
    if (Math.abs(value) > 3) beyond++;
  }
  expect(Math.abs(sum / count)).toBeLessThan(0.01);
  expect(Math.abs(squares / count - 1)).toBeLessThan(0.01);
  expect(beyond / count).toBeGreaterThan(0.0024);
  expect(beyond / count).toBeLessThan(0.003);
});

test('uniform numbers fill [0, 1) evenly', () => {
  const rng = createRng(7);
  const tenths = new Array<number>(10).fill(0);
  for (let index = 0; index < 100_000; index++) {
    const tenth = Math.floor(rng.uniform() * 10);
    tenths[tenth] = (tenths[tenth] ?? Number.NaN) + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});
