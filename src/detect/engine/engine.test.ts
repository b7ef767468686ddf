import { describe, expect, test } from 'vitest';
import { FLAG } from '#model/score.ts';
import { ALGORITHMS } from '../index.ts';
import { createEngine } from './engine.ts';
import { blockOf, gather, MINUTE_MS, merge, minuteOf, minutesOf, planOf, START_MS, seriesOf } from './test-stream.ts';

const NAN = Number.NaN;
const engineOf = (plans: Parameters<typeof createEngine>[0]) => createEngine(plans, ALGORITHMS);

describe('rows', () => {
  test('come in the order of the samples, one for each plan that watches the series', () => {
    const engine = engineOf([
      planOf({ detector: 'all' }),
      planOf({ detector: 'cart', selector: { app: 'cart' }, threshold: 6 }),
    ]);
    engine.addSeries([seriesOf(0, { app: 'web' }), seriesOf(1, { app: 'cart' })]);
    const { scores, newTracks } = engine.step(blockOf([...minutesOf(1, [20]), ...minutesOf(0, [5])]));
    expect(newTracks.map(({ track, info }) => [track, info.detector, info.labels.app])).toEqual([
      [0, 'all', 'cart'],
      [1, 'cart', 'cart'],
      [2, 'all', 'web'],
    ]);
    expect([...scores.tracks]).toEqual([0, 1, 2]);
    expect([...scores.values]).toEqual([20, 20, 5]);
    expect([...scores.scores]).toEqual([6, 6, 1.5]);
    expect([...scores.timesMs]).toEqual([START_MS, START_MS, START_MS]);
    expect([...scores.seenMs]).toEqual([START_MS + 1000, START_MS + 1000, START_MS + 1000]);
    // Strictly: a score of 6 is not beyond 6.
    expect([...scores.flags]).toEqual([FLAG.beyondThreshold | FLAG.failedPersistence, 0, 0]);
  });

  test('tracks are announced once', () => {
    const engine = engineOf([planOf()]);
    engine.addSeries([seriesOf(0)]);
    expect(engine.step(blockOf(minutesOf(0, [1]))).newTracks).toHaveLength(1);
    engine.addSeries([seriesOf(0)]);
    expect(engine.step(blockOf(minutesOf(0, [1], 1))).newTracks).toHaveLength(0);
  });

  test('a series that comes back under another id goes on where it was', () => {
    const engine = engineOf([planOf()]);
    engine.addSeries([seriesOf(0)]);
    engine.step(blockOf(minutesOf(0, [1])));
    engine.addSeries([seriesOf(7)]);
    const { scores, newTracks } = engine.step(blockOf(minutesOf(7, [1], 1)));
    expect([newTracks, [...scores.tracks]]).toEqual([[], [0]]);
  });

  test('a missing or infinite value has a row without a score', () => {
    const engine = engineOf([planOf()]);
    engine.addSeries([seriesOf(0)]);
    const { scores } = engine.step(blockOf(minutesOf(0, [NAN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])));
    expect([...scores.flags]).toEqual([FLAG.missing, FLAG.missing, FLAG.missing]);
    expect([...scores.scores]).toEqual([NAN, NAN, NAN]);
  });

  test('a plan that asks for a method nobody has is refused at the start', () => {
    expect(() => engineOf([planOf({ detector: 'mine', algorithm: 'magic' })])).toThrow(/"mine".*"magic"/);
    expect(() => engineOf([planOf({ algorithm: 'toString' })])).toThrow(/toString/);
  });
});

test('every sample is counted: stepped, out of order, doubled, unknown or not watched', () => {
  const engine = engineOf([planOf()]);
  engine.addSeries([seriesOf(0), seriesOf(1, { __name__: 'other_seconds' })]);
  const samples = [
    ...minutesOf(0, [1, NAN, 3]),
    ...minutesOf(0, [9], 2),
    ...minutesOf(0, [9], 1),
    ...minutesOf(1, [1, 2]),
    ...minutesOf(5, [1]),
  ];
  const { scores } = engine.step(blockOf(samples));
  expect([...scores.values]).toEqual([1, NAN, 3]);
  expect(engine.counters()).toEqual({ samples: 5, rows: 3, missing: 1, outOfOrder: 2, unknownSeries: 1, unwatched: 2 });
});

test('samples out of order do not disturb what is scored', () => {
  const values = Array.from({ length: 40 }, (_, minute) => Math.sin(minute) + (minute === 35 ? 50 : 0));
  const clean = minutesOf(0, values);
  const disturbed = clean.flatMap((sample, index) =>
    index % 5 === 4 ? [sample, { ...sample, value: 1e9 }] : [sample],
  );
  const scored = (samples: typeof clean) => {
    const engine = engineOf([planOf({ algorithm: 'median-iqr' })]);
    engine.addSeries([seriesOf(0)]);
    return gather(engine, [blockOf(samples)]);
  };
  expect(scored(disturbed)).toEqual(scored(clean));
});

test('a method that only scores windows is stepped over its last points', () => {
  const engine = engineOf([planOf({ algorithm: 'z-score', parameters: { windowMs: 12 * MINUTE_MS } })]);
  engine.addSeries([seriesOf(0)]);
  const values = Array.from({ length: 30 }, (_, minute) => Math.cos(minute * minute));
  const { scores } = engine.step(blockOf(minutesOf(0, values)));
  const window = Float64Array.from(values.slice(-12));
  const timesMs = window.map((_, index) => index);
  const scorer = ALGORITHMS['z-score'].create({}, { stepMs: MINUTE_MS });
  expect(scores.scores.at(-1)).toBe(scorer.score({ stepMs: MINUTE_MS, timesMs, values: window }).scores.at(-1));
  expect([...scores.scores].findIndex((score) => !Number.isNaN(score))).toBe(9);
});

test('the same settings in two detectors score a series once, and both rows say the same', () => {
  const engine = engineOf([planOf({ detector: 'a' }), planOf({ detector: 'b' })]);
  engine.addSeries([seriesOf(0)]);
  const { rows, findings } = gather(engine, [blockOf(minutesOf(0, [1, 20, 20, 20, 1]))]);
  const [a, b] = ['a', 'b'].map((name) => rows.filter(({ key }) => key.startsWith(`${name}|`)));
  expect(a).toHaveLength(5);
  expect(b?.map(({ score, flags }) => [score, flags])).toEqual(a?.map(({ score, flags }) => [score, flags]));
  expect([...findings.values()].map(({ detector, members }) => [detector, members.length])).toEqual([['a', 1]]);
});

test('a series that is zero throughout is never found', () => {
  const engine = engineOf(
    Object.keys(ALGORITHMS).map((algorithm) =>
      planOf({ algorithm, threshold: 0, guards: { persistence: { points: 1, of: 1, clear: 1 } } }),
    ),
  );
  engine.addSeries([seriesOf(0)]);
  const { findings } = engine.step(blockOf(merge(minutesOf(0, new Array(300).fill(0)))));
  expect(findings).toEqual([]);
});

test('a quiet time ends a finding, lets none open, and says so of each point', () => {
  const quiet = [{ days: ['Mon'], from: '02:05', to: '02:10' }] as const;
  const calendar = { timeZone: 'Europe/Berlin', active: [], quiet, holidays: [], holidaysAre: 'sunday' } as const;
  const engine = engineOf([planOf({ guards: { calendar } })]);
  engine.addSeries([seriesOf(0)]);
  const { rows, findings } = gather(engine, [blockOf(minutesOf(0, new Array(20).fill(20)))]);
  const [before, after] = [...findings.values()];
  expect([before?.startMs, before?.endMs, before?.closedMs].map(minuteOf)).toEqual([0, 4, 6]);
  expect([after?.startMs, after?.closedMs].map(minuteOf)).toEqual([10, undefined]);
  expect(after?.opening.guards).toContainEqual({
    ...{ guard: 'calendar', passed: true, limit: 'not Mon 02:05–02:10 Europe/Berlin', actual: 'Mon 02:12' },
  });
  const held = rows.flatMap(({ flags }, minute) => ((flags & FLAG.failedCalendar) === 0 ? [] : [minute]));
  expect(held).toEqual([5, 6, 7, 8, 9]);
});
