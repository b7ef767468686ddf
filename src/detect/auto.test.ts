import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import { createRng } from '#stats/rng.ts';
import { auto } from './auto.ts';
import { emptySeries } from './rolling-scorer.ts';
import { scorerOf } from './test-series.ts';

const DAY = 86_400_000;

/** Scores of a function of time, a point in each step, with the state that is left. */
function play(valueAt: (timeMs: number) => number, days: number, stepMs = 300_000) {
  const { online } = scorerOf(auto, {}, stepMs);
  const state = online.start(emptySeries(stepMs));
  const out = emptyScore();
  const points: { timeMs: number; value: number; score: number; expected: number }[] = [];
  for (let timeMs = 0; timeMs < days * DAY; timeMs += stepMs) {
    const value = valueAt(timeMs);
    online.step(state, timeMs, value, out);
    points.push({ timeMs, value, score: out.score, expected: out.expected });
  }
  return { points, name: online.nameOf?.(state) };
}

const noise = (seed: number, size = 1) => {
  const rng = createRng(seed);
  return () => size * rng.normal();
};
const far = (points: readonly { score: number }[]) => points.filter(({ score }) => Math.abs(score) > 4).length;

test('where the day repeats itself it is followed, and a night’s value at noon is far', () => {
  const any = noise(1);
  const day = (timeMs: number) => 100 + 50 * Math.sin((2 * Math.PI * timeMs) / DAY);
  const noon = 9.25 * DAY;
  const { points, name } = play((timeMs) => (Math.abs(timeMs - noon) < 900_000 ? 60 : day(timeMs) + any()), 10);
  expect(name).toMatch(/^auto: time of (day|week)$/);
  const odd = points.filter(({ timeMs }) => Math.abs(timeMs - noon) < 900_000);
  for (const { score } of odd) expect(score).toBeLessThan(-4);
  expect(far(points.slice(3 * 288))).toBe(odd.length);
});

test('where no day is like another the recent level is followed', () => {
  const any = noise(2);
  let level = 0;
  expect(play(() => (level += any()), 10).name).toBe('auto: recent level');
});

test('a step that stays is far for hours, and is the usual after days', () => {
  const any = noise(3);
  const { points } = play((timeMs) => (timeMs >= 5 * DAY ? 20 : 0) + any(), 12);
  const hours = (from: number, to: number) =>
    points.filter(({ timeMs }) => timeMs >= 5 * DAY + from * 3_600_000 && timeMs < 5 * DAY + to * 3_600_000);
  expect(far(hours(0, 1))).toBeGreaterThan(6);
  expect(far(hours(96, 168))).toBe(0);
});

test('who has a spike now and then is not reported for each of them, and one of another size is', () => {
  const any = noise(4);
  const spikes = (timeMs: number) => (timeMs % (6 * 3_600_000) === 0 ? 40 : 0);
  const { points } = play((timeMs) => (timeMs === 9.5 * DAY ? 400 : spikes(timeMs)) + any(), 10);
  const told = points.filter(({ timeMs, score }) => timeMs > 4 * DAY && Math.abs(score) > 6);
  expect(told.map(({ timeMs }) => timeMs)).toEqual([9.5 * DAY]);
});

test('one absurd value does not blind it: a day later ten sigmas are far again', () => {
  const any = noise(5);
  const { points } = play((timeMs) => (timeMs === 5 * DAY ? 1e12 : timeMs === 6.5 * DAY ? 30 : any()), 7);
  const odd = points.find(({ timeMs }) => timeMs === 6.5 * DAY);
  expect(odd?.score).toBeGreaterThan(4);
});

test('what is odd together ranks above what is not, below three sigmas', () => {
  const any = noise(6);
  const { points } = play((timeMs) => any() * (timeMs >= 5 * DAY && timeMs < 5.25 * DAY ? 2 : 1), 6);
  const mean = (some: readonly { score: number }[]) =>
    some.reduce((sum, { score }) => sum + Math.abs(score), 0) / some.length;
  const inside = points.filter(({ timeMs }) => timeMs >= 5.05 * DAY && timeMs < 5.25 * DAY);
  expect(mean(inside)).toBeGreaterThan(1.4 * mean(points.slice(2 * 288, 5 * 288)));
});
