import { expect, test } from 'vitest';
import { FLAG } from '#model/score.ts';
import { createVerdicts } from './verdicts.ts';

const STEP = 30_000;

test('a point is news the first time, and when the guards say something else of it', () => {
  const verdicts = createVerdicts();
  expect(verdicts.changed('a', 10 * STEP, STEP, 0)).toBe(true);
  expect(verdicts.changed('a', 10 * STEP, STEP, 0)).toBe(false);
  expect(verdicts.changed('a', 10 * STEP, STEP, FLAG.beyondThreshold)).toBe(true);
  expect(verdicts.changed('a', 10 * STEP, STEP, FLAG.beyondThreshold)).toBe(false);
  expect(verdicts.changed('b', 10 * STEP, STEP, FLAG.beyondThreshold)).toBe(true);
});

test('what is not of the guards is no news', () => {
  const verdicts = createVerdicts();
  verdicts.changed('a', STEP, STEP, FLAG.beyondThreshold | FLAG.findingOpen);
  expect(verdicts.changed('a', STEP, STEP, FLAG.beyondThreshold | FLAG.failedPersistence)).toBe(false);
});

test('a later point in the place of an old one is news', () => {
  const verdicts = createVerdicts();
  verdicts.changed('a', 1 * STEP, STEP, 0);
  expect(verdicts.changed('a', 17 * STEP, STEP, 0)).toBe(true);
});

test('a series whose newest point is older is let go, and its points are news again', () => {
  const verdicts = createVerdicts();
  for (const series of ['old', 'young']) verdicts.changed(series, 10 * STEP, STEP, 0);
  verdicts.changed('young', 11 * STEP, STEP, 0);
  verdicts.forgetBefore(11 * STEP);
  expect(verdicts.changed('young', 11 * STEP, STEP, 0)).toBe(false);
  expect(verdicts.changed('old', 10 * STEP, STEP, 0)).toBe(true);
});

test('of the newest steps each is told apart, and what is older than those is news each time', () => {
  const verdicts = createVerdicts();
  const flagsOf = (step: number) => (step % 5 === 0 ? FLAG.beyondThreshold : 0);
  const said = (step: number) => verdicts.changed('a', step * STEP, STEP, flagsOf(step));
  for (let step = 100; step < 140; step++) expect(said(step)).toBe(true);
  for (let step = 124; step < 140; step++) expect(said(step)).toBe(false);
  expect(said(123)).toBe(true);
  expect(said(123)).toBe(true);
  expect(verdicts.changed('a', 130 * STEP, STEP, 0)).toBe(true);
  // A gap lets go of what is then too far back, and of nothing else.
  expect(said(150)).toBe(true);
  expect([said(139), said(135), said(134)]).toEqual([false, false, true]);
});
