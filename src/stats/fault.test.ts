import { expect, it } from 'vitest';
import { type Fault, faultyLevel, seasonMoves } from './fault.ts';

const levels = Float64Array.from({ length: 40 }, (_, index) => (index < 20 ? 10 : 100));
const at = (index: number, fault: Partial<Fault>) =>
  faultyLevel({ kind: 'shift', first: 20, last: 29, size: 4, ...fault }, { levels, index, sigma: 2, halfSeason: 20 });

it.each([
  ['a spike moves the level at once', at(20, { kind: 'spike' }), { level: 108, spread: 1 }],
  ['a shift keeps it there', at(29, {}), { level: 108, spread: 1 }],
  ['downwards where the size is below zero', at(29, { size: -4 }), { level: 92, spread: 1 }],
  ['a drift begins with a part', at(20, { kind: 'drift' }), { level: 100.8, spread: 1 }],
  ['and ends with the whole', at(29, { kind: 'drift' }), { level: 108, spread: 1 }],
  ['a drop-out leaves a fiftieth', at(25, { kind: 'drop-out' }), { level: 2, spread: 0.02 }],
  ['noise leaves the level', at(25, { kind: 'noise', size: -8 }), { level: 100, spread: 4 }],
  ['a season is that of half a season earlier', at(25, { kind: 'season' }), { level: 10, spread: 1 }],
])('%s', (_, found, expected) => expect(found).toEqual(expected));

it('a season without a half before it is missing', () => {
  expect(at(5, { kind: 'season', first: 0, last: 9 }).level).toBeNaN();
  expect(seasonMoves(levels, () => 1, { first: 0, last: 9 }, 20)).toBeNaN();
});

it('a swapped season is as far away as its hours are, in sigmas', () => {
  expect(seasonMoves(levels, () => 2, { first: 20, last: 29 }, 20)).toBe(45);
  expect(seasonMoves(levels, () => 2, { first: 30, last: 39 }, 5)).toBe(0);
});
