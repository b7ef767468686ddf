import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { clearRun, countVerdict, createRun, fieldOf, placesOf, pushPoint, type Verdict } from './run.ts';

function runOf(of: number, verdicts: readonly Verdict[]) {
  const run = createRun(of);
  verdicts.forEach((verdict, index) => {
    pushPoint(run, verdict, index, index + 0.5, index * 10, { ...emptyScore(), score: verdict * 5 }, Number.NaN);
  });
  return run;
}

test('only the last points are counted, each direction by itself', () => {
  const run = runOf(4, [1, 1, 1, -1, 0, 1]);
  expect(countVerdict(run, 1)).toBe(2);
  expect(countVerdict(run, -1)).toBe(1);
});

test('the places of anomalous points come oldest first, with what was measured there', () => {
  const run = runOf(3, [1, 1, 0, 1]);
  const places = placesOf(run, 1);
  expect(places.map((place) => fieldOf(run, place, 'timeMs'))).toEqual([1, 3]);
  expect(places.map((place) => fieldOf(run, place, 'value'))).toEqual([10, 30]);
});

test('a streak may be longer than the window, and ends with another verdict', () => {
  expect(runOf(2, [1, 1, 1, 1]).streak).toBe(4);
  expect(runOf(2, [1, 1, -1]).streak).toBe(1);
  expect(runOf(2, [1, 0, 0, 0]).streak).toBe(3);
});

test('a cleared run has forgotten everything', () => {
  const run = runOf(3, [1, 1, 1]);
  clearRun(run);
  expect([countVerdict(run, 1), run.streak, placesOf(run, 1)]).toEqual([0, 0, []]);
  pushPoint(run, 1, 9, 9, 9, emptyScore(), Number.NaN);
  expect([countVerdict(run, 1), run.streak]).toEqual([1, 1]);
});

test('points are held only while one of them is anomalous', () => {
  const run = runOf(3, [0, 0, 1]);
  expect(run.points).toBeDefined();
  for (const index of [3, 4]) pushPoint(run, 0, index, index, 0, emptyScore(), Number.NaN);
  expect(placesOf(run, 1)).toHaveLength(1);
  pushPoint(run, 0, 5, 5, 0, emptyScore(), Number.NaN);
  expect([run.points, run.streak, countVerdict(run, 0)]).toEqual([undefined, 3, 3]);
  pushPoint(run, 1, 6, 6, 7, emptyScore(), Number.NaN);
  expect([run.streak, countVerdict(run, 0), fieldOf(run, run.place, 'value')]).toEqual([1, 2, 7]);
});
