import { expect, test } from 'vitest';
import { createStates } from './states.ts';

test('states of one size do not touch each other, and one that was given back is given again with other figures', () => {
  const states = createStates();
  const taken = Array.from({ length: 300 }, (_, index) => states.take(Float64Array.of(index, 1 - index, 7)));
  taken.forEach((state, index) => {
    state[2] = index / 2;
  });
  expect(taken.map((state) => [...state])).toEqual(taken.map((_, index) => [index, 1 - index, index / 2]));
  const [first = new Float64Array(0)] = taken;
  states.give(first);
  expect(states.take(Float64Array.of(1, 2, 3))).toBe(first);
  expect([...first]).toEqual([1, 2, 3]);
  expect(states.take(Float64Array.of(4))).toHaveLength(1);
  // Far fewer pieces than states: that is what they are for.
  expect(new Set(taken.map(({ buffer }) => buffer)).size).toBeLessThan(30);
});
