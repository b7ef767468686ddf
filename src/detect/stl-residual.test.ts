import { expect, test } from 'vitest';
import { createRng } from '#stats/rng.ts';
import { stl } from '#stats/stl.ts';
import { DAY_MS } from './season-buckets.ts';
import { stlResidual } from './stl-residual.ts';
import { STEP_MS, scorerOf, seriesFrom, stepAll } from './test-series.ts';

const A_DAY = 1440;

function daily(length: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from(
    { length },
    (_, index) => 100 + index / A_DAY + 20 * Math.sin((2 * Math.PI * index) / A_DAY) + rng.normal(),
  );
}
const { scorer } = scorerOf(stlResidual);

test('with a part for each point it expects what the decomposition says, between the middles of its parts', () => {
  const rng = createRng(1);
  const values = Float64Array.from({ length: 120 }, (_, index) => 50 + 9 * Math.sin(index / 2) + rng.normal());
  const found = stl(values, { period: 12, innerRounds: 2, outerRounds: 2 });
  const smoothAt = (part: number) => (found?.trend[part] ?? 0) + (found?.seasonal[part] ?? 0);
  const { expected } = scorerOf(stlResidual, { periodMs: 12 * STEP_MS, parts: 12 }).scorer.score(seriesFrom(values));
  // A point is at the start of its part, half way from the middle of the one before.
  for (let index = 1; index < 120; index++) {
    expect(expected[index]).toBeCloseTo((smoothAt(index - 1) + smoothAt(index)) / 2, 9);
  }
});

test('of days with a season and noise 0.1 to 0.6 % lies beyond ±3, also at the ends', () => {
  const shares = { all: 0, ends: 0 };
  for (let seed = 0; seed < 12; seed++) {
    const { scores } = scorer.score(seriesFrom(daily(3 * A_DAY, seed)));
    const beyond = Array.from(scores, (score) => Number(Math.abs(score) > 3));
    shares.all += beyond.reduce((sum, one) => sum + one, 0) / (12 * 3 * A_DAY);
    shares.ends += [...beyond.slice(0, 60), ...beyond.slice(-60)].reduce((sum, one) => sum + one, 0) / (12 * 120);
  }
  expect(shares.all).toBeGreaterThan(0.001);
  expect(shares.all).toBeLessThan(0.006);
  expect(shares.ends).toBeLessThan(0.02);
});

test('what is usual at noon is no anomaly, and at midnight is', () => {
  const values = daily(4 * A_DAY, 3);
  const high = values[3.25 * A_DAY] as number;
  values[3 * A_DAY + 5] = high;
  const { scores } = scorer.score(seriesFrom(values));
  expect(Math.abs(scores[3.25 * A_DAY] ?? 9)).toBeLessThan(3.5);
  expect(scores[3 * A_DAY + 5]).toBeGreaterThan(10);
});

test('after a gap the season is where the time says, not where the points do', () => {
  const values = daily(4 * A_DAY, 4);
  const series = seriesFrom(values);
  const kept = Array.from(values.keys()).filter((index) => index < 1.5 * A_DAY || index > 1.8 * A_DAY);
  const { scores } = scorer.score({
    stepMs: STEP_MS,
    timesMs: Float64Array.from(kept, (index) => series.timesMs[index] as number),
    values: Float64Array.from(kept, (index) => values[index] as number),
  });
  const share = scores.filter((score) => Math.abs(score) > 3).length / scores.length;
  expect(share).toBeLessThan(0.006);
});

test('less than two periods, or none, has no score', () => {
  expect(scorer.score(seriesFrom(daily(1.9 * A_DAY, 1))).scores.every(Number.isNaN)).toBe(true);
  expect(scorer.score(seriesFrom([])).scores).toHaveLength(0);
});

test('in a stream the newest point is compared with what its window says', () => {
  const values = [...daily(700, 5)].map((value, index) => value + 30 * Math.sin((2 * Math.PI * index) / 60));
  const given = { periodMs: 60 * STEP_MS, windowMs: 360 * STEP_MS, parts: 20 };
  const scores = stepAll(stlResidual, [...values, 300], given);
  expect(scores.at(-1)?.score).toBeGreaterThan(10);
  expect(scores.at(-1)?.baselineCount).toBe(360);
});

test('a gap of years costs no more than a window', () => {
  const values = daily(3 * A_DAY, 6);
  const { timesMs } = seriesFrom(values);
  timesMs.fill(0, 0, 1);
  for (let index = A_DAY; index < timesMs.length; index++) timesMs[index] = (timesMs[index] as number) + 4000 * DAY_MS;
  const { scores } = scorer.score({ stepMs: STEP_MS, timesMs, values });
  expect(scores[0]).toBeNaN();
  expect(scores.at(-1)).not.toBeNaN();
});
