import { expect, test } from 'vitest';
import { HOUR, makeRatio, makeSeries, momentMs, type Shape } from './make-series.ts';

const QUIET: Shape = { seed: 1, what: 'a level', stepMs: HOUR, days: 3, level: 100, noise: 0, faults: [] };

test('the same shape gives the same series, and another seed another', () => {
  const noisy = { ...QUIET, noise: 0.1 };
  expect(makeSeries(noisy)).toEqual(makeSeries(noisy));
  expect(makeSeries(noisy).values).not.toEqual(makeSeries({ ...noisy, seed: 2 }).values);
});

test('a fault is in its points and in no other', () => {
  const { timesMs, values, faults } = makeSeries({
    ...QUIET,
    faults: [{ kind: 'drop-out', at: [1, 6], hours: 2, size: 0 }],
  });
  expect(faults).toEqual([{ kind: 'drop-out', fromMs: momentMs([1, 6]), toMs: momentMs([1, 7]) }]);
  values.forEach((value, row) => {
    const hour = ((timesMs[row] as number) - momentMs([0, 0])) / HOUR;
    expect(value).toBe(hour === 30 || hour === 31 ? 2 : 100);
  });
});

test('a fault beyond the end is refused', () => {
  expect(() => makeSeries({ ...QUIET, faults: [{ kind: 'shift', at: [3, 0], hours: 1, size: 9 }] })).toThrow(
    'a shift lies outside of its series',
  );
});

test('jobs, bursts, releases, summer time, gaps and glitches are where they are said to be', () => {
  const at = (shape: Partial<Shape>, day: number, hour: number) =>
    makeSeries({ ...QUIET, noise: 1e-9, ...shape }).values[24 * day + hour] as number;
  const job = { hour: 3, hours: 1, size: 1e9, since: 1 };
  expect(at({ jobs: [job] }, 0, 3)).toBeCloseTo(100, 4);
  expect(at({ jobs: [job] }, 1, 3)).toBeCloseTo(200, 4);
  expect(at({ jobs: [job], clock: { at: [2, 0], hours: 1 } }, 2, 2)).toBeCloseTo(200, 4);
  expect(at({ bursts: { everyMs: 5 * HOUR, lastsMs: HOUR, size: 1e9 } }, 0, 10)).toBeCloseTo(200, 4);
  expect(at({ releases: [{ at: [1, 0], factor: 1.5 }] }, 1, 0)).toBeCloseTo(150, 4);
  expect(at({ weekend: 0.5, holidays: [1] }, 1, 12)).toBeCloseTo(50, 4);
  expect(at({ gaps: [{ at: [1, 0], hours: 1 }] }, 1, 0)).toBeNaN();
  expect(at({ glitches: [{ at: [1, 0], value: -1 }] }, 1, 0)).toBe(-1);
});

test('a ratio is of as many requests as lie beneath it', () => {
  const { values, beneath } = makeRatio({
    ...{ seed: 1, what: 'errors', stepMs: HOUR, days: 2, requests: 40, atNight: 0, failing: 0.1 },
    faults: [{ at: [1, 12], hours: 1, failing: 1 }],
  });
  expect(beneath?.[0]).toBe(0);
  expect(values[0]).toBe(0);
  expect(values[36]).toBe(1);
  values.forEach((value, row) => {
    expect(Number.isInteger(Math.round(value * (beneath?.[row] ?? 0) * 1e6) / 1e6)).toBe(true);
  });
});
