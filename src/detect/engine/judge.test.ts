import { expect, test } from 'vitest';
import { FLAG } from '#model/score.ts';
import { ALGORITHMS } from '../index.ts';
import { createEngine } from './engine.ts';
import { createJudge } from './judge.ts';
import { planOf } from './test-stream.ts';

const MINUTE = 60_000;
const labels = { __name__: 'm', pod: 'a' };
const plan = planOf({ selector: {}, metricName: 'm', algorithm: 'rolling-z-score', parameters: {}, threshold: 3 });

function values(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => Math.sin(index) + (index >= 50 && index < 55 ? 40 : 0));
}

function times(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => index * MINUTE);
}

test('given what an engine scored, it judges as the engine did', () => {
  const count = 80;
  const engine = createEngine([plan], ALGORITHMS);
  engine.addSeries([{ id: 0, labels, stepMs: MINUTE }]);
  const stepped = engine.step({
    timesMs: times(count),
    seenMs: times(count),
    ids: new Uint32Array(count),
    values: values(count),
  });
  const judge = createJudge(plan);
  const { scores, expected, lower, upper } = stepped.scores;
  const given = { key: 'k', labels, stepMs: MINUTE, timesMs: times(count), values: values(count), seenMs: 0 };
  const judged = judge.take({ ...given, scores, expected, lower, upper });
  expect([...judged.scores.flags]).toEqual([...stepped.scores.flags]);
  expect(judged.findings.map(({ startMs, confirmedMs, endMs }) => ({ startMs, confirmedMs, endMs }))).toEqual(
    stepped.findings.map(({ startMs, confirmedMs, endMs }) => ({ startMs, confirmedMs, endMs })),
  );
  expect(judged.findings.length).toBeGreaterThan(0);
});

test('a window that overlaps the last is judged from where that ended', () => {
  const judge = createJudge(plan);
  const scores = Float64Array.of(0, 9, 9, 0);
  const none = new Float64Array(4).fill(Number.NaN);
  const window = (fromMs: number) => ({
    key: 'k',
    labels,
    stepMs: MINUTE,
    timesMs: Float64Array.from([0, 1, 2, 3], (step) => fromMs + step * MINUTE),
    values: Float64Array.of(1, 2, 3, 4),
    seenMs: fromMs,
    scores,
    expected: none,
    lower: none,
    upper: none,
  });
  expect(judge.take(window(0)).scores.timesMs).toHaveLength(4);
  const again = judge.take(window(MINUTE)).scores;
  expect([...again.timesMs]).toEqual([4 * MINUTE]);
  expect(judge.take(window(MINUTE)).scores.timesMs).toHaveLength(0);
  expect((again.flags[0] ?? 0) & FLAG.beyondThreshold).toBe(0);
});

test('of one series each detector has findings of its own, and the same ones after a restart', () => {
  const none = new Float64Array(4).fill(Number.NaN);
  const given = {
    ...{ key: 'k', labels, stepMs: MINUTE, seenMs: 0, timesMs: times(4), values: values(4) },
    ...{ scores: new Float64Array(4).fill(9), expected: none, lower: none, upper: none },
  };
  const idOf = (of: Parameters<typeof planOf>[0]) =>
    createJudge(planOf({ ...plan, ...of })).take(given).findings[0]?.id;
  const one = { detector: 'shop/a' };
  const others = [
    { detector: 'shop/b' },
    { ...one, algorithm: 'z-score' },
    { ...one, parameters: { windowMs: 600_000 } },
    { ...one, threshold: 4 },
  ];
  expect(new Set([one, ...others].map(idOf)).size).toBe(5);
  expect(idOf(one)).toMatch(/^[0-9a-f]{16}$/);
  expect(idOf({ ...one })).toBe(idOf(one));
});

test('a series that no window reaches back to is let go, also after an episode, and begins anew when it is back', () => {
  const judge = createJudge(plan);
  const none = new Float64Array(6).fill(Number.NaN);
  const window = (key: string, fromMs: number, score: number) => ({
    ...{ key, labels: { ...labels, pod: key }, stepMs: MINUTE, seenMs: fromMs + 5 * MINUTE },
    timesMs: Float64Array.from([0, 1, 2, 3, 4, 5], (step) => fromMs + step * MINUTE),
    values: Float64Array.of(1, 2, 3, 4, 5, 6),
    scores: new Float64Array(6).fill(score),
    ...{ expected: none, lower: none, upper: none },
  });
  const [opened] = judge.take(window('a', 0, 9)).findings;
  judge.take(window('b', 0, 0));
  judge.forgetBefore(5 * MINUTE);
  expect(judge.take(window('b', 0, 0)).scores.timesMs).toHaveLength(0);
  judge.forgetBefore(6 * MINUTE);
  expect(judge.take(window('b', 0, 0)).scores.timesMs).toHaveLength(6);
  // Its episode is over when it has been silent, whoever was let go.
  expect(judge.advance(60 * MINUTE)).toMatchObject([{ id: opened?.id, closedMs: 10 * MINUTE }]);
  judge.forgetBefore(60 * MINUTE);
  const again = judge.take(window('a', 100 * MINUTE, 9));
  expect(again.findings).toHaveLength(1);
  expect(again.findings[0]?.id).not.toBe(opened?.id);
});

test('an episode that closes in silence is told with what it is about, though nothing is held of series without one', () => {
  const judge = createJudge(plan);
  const none = new Float64Array(6).fill(Number.NaN);
  const window = (key: string, score: number) => ({
    ...{ key, labels: { ...labels, namespace: 'shop', pod: key }, stepMs: MINUTE, seenMs: 5 * MINUTE },
    timesMs: Float64Array.from([0, 1, 2, 3, 4, 5], (step) => step * MINUTE),
    values: Float64Array.of(1, 2, 3, 4, 5, 6),
    scores: new Float64Array(6).fill(score),
    ...{ expected: none, lower: none, upper: none },
  });
  judge.take(window('quiet', 0));
  const [opened] = judge.take(window('loud', 9)).findings;
  judge.take(window('also quiet', 0));
  const [closed] = judge.advance(60 * MINUTE);
  expect(closed?.closedMs).toBe(10 * MINUTE);
  for (const finding of [opened, closed]) {
    expect(finding).toMatchObject({
      entity: { kind: 'pod', namespace: 'shop', name: 'loud' },
      family: 'm{namespace="shop",pod="loud"}',
      members: [{ series: 'loud', metricName: 'm' }],
    });
  }
});
