// `ends: back`: a finding whose method got used to it stays open until the value is back.
import { describe, expect, test } from 'vitest';
import type { Guards } from '#model/plan.ts';
import { FLAG } from '#model/score.ts';
import { ALGORITHMS } from '../index.ts';
import { createEngine } from './engine.ts';
import { createJudge } from './judge.ts';
import { blockOf, gather, MINUTE_MS, merge, minuteOf, minutesOf, planOf, START_MS, seriesOf } from './test-stream.ts';

/** Quiet for an hour, then at `level` for as many minutes, then maybe quiet again. */
function shifted(level: number, minutes: number, after = 0): number[] {
  const noise = (minute: number) => Math.sin(minute * 2.3);
  return Array.from({ length: 60 + minutes + after }, (_, minute) => {
    return noise(minute) + (minute >= 60 && minute < 60 + minutes ? level : 100);
  });
}

/** Of a method that is used to anything within minutes, while what it expects follows over the hour. */
function run(values: readonly (number | undefined)[], guards: Partial<Guards> = {}, algorithm = 'rolling-z-score') {
  const parameters = algorithm === 'rolling-z-score' ? { baselineMs: 3_600_000, minPoints: 20 } : { above: 120 };
  const persistence = { points: 2, of: 2, clear: 2 };
  const plan = planOf({ algorithm, parameters, guards: { persistence, ...guards } });
  const engine = createEngine([plan], ALGORITHMS);
  engine.addSeries([seriesOf(0)]);
  const { findings, rows } = gather(engine, [blockOf(minutesOf(0, values))]);
  const spans = [...findings.values()].map(({ startMs, endMs }) => [minuteOf(startMs), minuteOf(endMs)]);
  return { spans, rows, findings: [...findings.values()] };
}

describe('what stays where it went', () => {
  const values = shifted(150, 120);
  test('is over as soon as it is scored normal, unless the value must be back', () => {
    expect(run(values).spans).toEqual([[60, 65]]);
    const [span] = run(values, { ends: 'back' }).spans;
    expect(span?.[0]).toBe(60);
    // What is expected reaches it when the window holds nothing else, an hour later: a little before, it is near enough.
    expect(span?.[1]).toBeGreaterThan(110);
    expect(span?.[1]).toBeLessThan(120);
  });

  test('is one finding, whose later points are flagged as open and not as beyond the threshold', () => {
    const { rows, findings } = run(values, { ends: 'back' });
    expect(findings).toHaveLength(1);
    const late = rows.filter(({ timeMs }) => (minuteOf(timeMs) ?? 0) >= 70 && (minuteOf(timeMs) ?? 0) <= 105);
    expect(new Set(late.map(({ flags }) => flags))).toEqual(new Set([FLAG.findingOpen]));
    // They are its points, and none of them is its peak.
    expect(findings[0]?.members[0]?.points).toBeGreaterThan(50);
    expect(minuteOf(findings[0]?.peak.timeMs)).toBeLessThan(66);
  });

  test('says within what distance it would be over, of what it was when its series joined', () => {
    const told = (ends?: 'back') => {
      const [finding] = run(values, ends === undefined ? {} : { ends }).findings;
      return [finding?.opening, finding?.peak].map((one) => one?.guards.find(({ guard }) => guard === 'ends'));
    };
    expect(told()).toEqual([undefined, undefined]);
    const [opening, peak] = told('back');
    // Three sigmas of noise between -1 and 1, and not of the shift.
    expect(opening).toMatchObject({ passed: true, actual: expect.closeTo(50, -1) });
    expect(opening?.limit).toBeGreaterThan(1);
    expect(opening?.limit).toBeLessThan(3);
    expect(peak?.limit).toBe(opening?.limit);
  });

  test('must still pass the other guards', () => {
    // A quarter off: no longer, once what is expected has come to 120.
    const [span] = run(values, { ends: 'back', minRelativeDeviation: 0.25 }).spans;
    expect(span?.[1]).toBeGreaterThan(70);
    expect(span?.[1]).toBeLessThan(90);
  });

  test('below as above', () => {
    const [span] = run(shifted(50, 120), { ends: 'back' }).spans;
    expect(span?.[0]).toBe(60);
    expect(span?.[1]).toBeGreaterThan(110);
  });
});

test('what comes back ends as it did, also beyond what is expected by then', () => {
  const values = shifted(150, 30, 30);
  // The last anomalous point is the last of the shift: 100 is far below what is expected now, and on the other side.
  expect(run(values, { ends: 'back' }).spans).toEqual([[60, 89]]);
});

test('a method without a band that follows is as it was', () => {
  const values = shifted(150, 20, 30);
  const { spans } = run(values, { ends: 'back' }, 'static-threshold');
  expect(spans).toEqual([[60, 79]]);
  expect(spans).toEqual(run(values, {}, 'static-threshold').spans);
});

test('what was constant has no band: half of how far it went is the room', () => {
  // Queues, errors, restarts: nothing for an hour, then 5 for good.
  const values = Array.from({ length: 180 }, (_, minute) => (minute < 60 ? 0 : 5));
  const [scored] = run(values).spans;
  expect(scored?.[1]).toBeLessThan(70);
  const [back] = run(values, { ends: 'back' }).spans;
  // Half of the window holds it half an hour later.
  expect(back).toEqual([60, 89]);
});

test('a gap is passed over, and a silence ends it as any other', () => {
  const values: (number | undefined)[] = shifted(150, 40);
  for (let minute = 70; minute < 73; minute++) values[minute] = undefined;
  expect(run(values, { ends: 'back' }).spans).toEqual([[60, undefined]]);
  for (let minute = 80; minute < 95; minute++) values[minute] = undefined;
  expect(run(values, { ends: 'back' }).spans[0]).toEqual([60, 79]);
});

test('each of a family is held on its own side', () => {
  const labels = (name: string) => ({ __name__: name });
  const plans = ['latency_p50_seconds', 'latency_p90_seconds'].map((metricName) =>
    planOf({
      ...{ metricName, algorithm: 'rolling-z-score', parameters: { baselineMs: 3_600_000, minPoints: 20 } },
      guards: { persistence: { points: 2, of: 2, clear: 2 }, ends: 'back' },
    }),
  );
  const engine = createEngine(plans, ALGORITHMS);
  engine.addSeries([seriesOf(0, labels('latency_p50_seconds')), seriesOf(1, labels('latency_p90_seconds'))]);
  // One goes up for ten minutes, the other down for forty.
  const samples = merge(minutesOf(0, shifted(150, 10, 60)), minutesOf(1, shifted(50, 40, 30)));
  const { findings } = gather(engine, [blockOf(samples)]);
  expect(findings.size).toBe(1);
  const [finding] = [...findings.values()];
  const points = Object.fromEntries(finding?.members.map(({ metricName, points }) => [metricName, points]) ?? []);
  expect(points.latency_p50_seconds).toBe(10);
  expect(points.latency_p90_seconds).toBeGreaterThan(30);
});

test('a judge of whole windows says since when a finding is open, also after its score is normal', () => {
  const persistence = { points: 2, of: 2, clear: 2 };
  const judge = createJudge(planOf({ algorithm: 'rolling-z-score', guards: { persistence, ends: 'back' } }));
  const values = [0, 1, 0, 1, 9, 9, 9, 9, 9, 1, 0];
  const scores = [0, 0, 0, 0, 6, 5, 2, 1, 1, 0, 0];
  const take = (count: number) =>
    judge.take({
      ...{ key: 'k', labels: { __name__: 'latency_seconds' }, stepMs: MINUTE_MS, seenMs: START_MS + count * MINUTE_MS },
      timesMs: Float64Array.from({ length: count }, (_, minute) => START_MS + minute * MINUTE_MS),
      values: Float64Array.from(values.slice(0, count)),
      scores: Float64Array.from(scores.slice(0, count)),
      expected: new Float64Array(count),
      lower: new Float64Array(count).fill(-3),
      upper: new Float64Array(count).fill(3),
    }).openSinceMs;
  expect([4, 5, 6, 8, 9, 10, 11].map((count) => minuteOf(take(count)))).toEqual([
    ...[undefined, undefined, 5, 5, 5, 5, undefined],
  ]);
});
