import { expect, it } from 'vitest';
import { createFrameMaker } from '#collect/prometheus/to-frames.ts';
import { memoryTape } from './memory-tape.ts';
import { methodPlans } from './method-plans.ts';
import { play } from './play.ts';

const MINUTE = 60_000;

it('says again and again how far it is, and at what time of the history', async () => {
  const timesMs = Float64Array.from({ length: 60_000 }, (_, minute) => minute * MINUTE);
  const series = { labels: { __name__: 'x' }, timesMs, values: timesMs.map((timeMs) => timeMs % 7) };
  const signals = createFrameMaker({ stepMs: MINUTE }).take([series], (timeMs) => timeMs);
  const reader = memoryTape({ name: 'x', source: 'x', stepMs: MINUTE, signals });
  const told: string[] = [];
  const plans = methodPlans('ema', reader.info.series);
  await play({ reader, plans, workers: 0, onProgress: (text) => told.push(text) });
  const percents = told.map((text) => Number(/^(\d+) % \(19\d\d-\d\d-\d\d \d\d:\d\d UTC\)$/.exec(text)?.[1]));
  expect(new Set(percents).size).toBeGreaterThanOrEqual(4);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents[0]).toBeLessThan(50);
  expect(percents.at(-1)).toBe(100);
});
