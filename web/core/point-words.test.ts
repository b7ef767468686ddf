import { expect, test } from 'vitest';
import { FLAG } from '#model/score.ts';
import { heldBackBy, pointState } from './point-words.ts';

test.each([
  [FLAG.missing, null, 'missingSample'],
  [FLAG.findingOpen, 1, 'inFinding'],
  [FLAG.findingOpen | FLAG.beyondThreshold, 9, 'inFinding'],
  [FLAG.beyondThreshold | FLAG.failedRelative, 9, 'beyond'],
  [0, 1.2, 'within'],
  [0, null, 'noScore'],
])('flags %i with a score of %s are a point that is %s', (flags, score, state) => {
  expect(pointState(flags, score)).toBe(state);
});

test('the guards that held a point back are named, and none for a point that no guard was asked about', () => {
  expect(heldBackBy(FLAG.beyondThreshold | FLAG.failedDirection | FLAG.failedPersistence)).toEqual([
    'direction',
    'persistence',
  ]);
  expect(heldBackBy(FLAG.beyondThreshold)).toEqual([]);
  expect(heldBackBy(FLAG.failedRelative)).toEqual([]);
});
