import { describe, expect, test } from 'vitest';
import { ALGORITHMS, createEngine } from '#detect/index.ts';
import type { Finding } from '#model/finding.ts';
import { createRng } from '#stats/rng.ts';
import { openStretches } from '../open-stretches.ts';
import { createBacktest, type History, type Outcome, type RunPorts } from './run.ts';
import { createRunner, type FromWorker, type ToWorker } from './runner.ts';
import { DEFAULTS, planOf } from './settings.ts';
import { foundBefore, verdictOf } from './verdict.ts';
import { createLoop } from './worker-loop.ts';

const MINUTE = 60_000;
const COUNT = 2000;
const FROM = 1_760_000_000_000;

function historyOf(count = COUNT): History {
  const random = createRng(1);
  const values = Float64Array.from({ length: count }, () => 100 + 5 * random.normal());
  for (let i = 1200; i < 1210; i++) values[i] = 300;
  const timesMs = values.map((_, i) => FROM + i * MINUTE);
  return { labels: { __name__: 'm', pod: 'p' }, stepMs: MINUTE, timesMs, values };
}

const PLAN = planOf({ ...DEFAULTS, method: 'median-mad', threshold: 6 }, 'm');
/** Each look at the clock is later by so much: how long a block may be follows. */
const clock = (stepMs: number) => {
  let ms = 0;
  return () => (ms += stepMs);
};
const through: RunPorts = { nowMs: clock(0.5), goesOn: async () => true };

async function outcomeOf(ports = through): Promise<Outcome> {
  const outcome = await createBacktest(historyOf()).run({ plan: PLAN }, ports);
  if (outcome === undefined) throw new Error('it was left');
  return outcome;
}

describe('a back-test', () => {
  test('says what one engine says that steps all at once', async () => {
    const { labels, stepMs, timesMs, values } = historyOf();
    const engine = createEngine([PLAN], ALGORITHMS);
    engine.addSeries([{ id: 0, labels, stepMs }]);
    const whole = engine.step({ timesMs, seenMs: timesMs, ids: new Uint32Array(COUNT), values });
    for (const stepTakes of [0.5, 100]) {
      const { points, findings } = await outcomeOf({ ...through, nowMs: clock(stepTakes) });
      expect(points.scores).toEqual(whole.scores.scores);
      expect(points.upper).toEqual(whole.scores.upper);
      expect(points.flags).toEqual(whole.scores.flags);
      expect(findings).toEqual(whole.findings);
    }
  });

  test('gives way while it runs, and can be left', async () => {
    const ratios: number[] = [];
    const goesOn = async (ratio: number) => ratios.push(ratio) < 3;
    expect(await createBacktest(historyOf()).run({ plan: PLAN }, { nowMs: clock(8), goesOn })).toBeUndefined();
    expect(ratios).toHaveLength(3);
    expect(ratios.every((ratio) => ratio > 0 && ratio < 1)).toBe(true);
  });

  test('of nothing is nothing', async () => {
    expect((await createBacktest(historyOf(0)).run({ plan: PLAN }, through))?.findings).toEqual([]);
  });
});

describe('a worker', () => {
  test('leaves a run for a newer one, and answers that alone', async () => {
    const told: FromWorker[] = [];
    let letIn: () => void = () => undefined;
    const pause = () => new Promise<void>((resolve) => (letIn = resolve));
    const hear = createLoop({ nowMs: clock(8), tell: (message) => told.push(message), pause });
    await hear({ kind: 'load', history: historyOf() });
    const first = hear({ kind: 'run', id: 1, wish: { plan: PLAN } });
    const second = hear({ kind: 'run', id: 2, wish: { plan: { ...PLAN, parameters: { baselineMs: 1_800_000 } } } });
    const drive = async (): Promise<void> => {
      for (let turn = 0; turn < 10_000 && told.every(({ kind }) => kind !== 'done'); turn++) {
        letIn();
        await Promise.resolve();
      }
    };
    await Promise.all([first, second, drive()]);
    expect(told.filter(({ kind }) => kind === 'done').map(({ id }) => id)).toEqual([2]);
    expect(told.some(({ kind, id }) => kind === 'progress' && id === 2)).toBe(true);
    expect(told.every(({ id }) => id === 2)).toBe(true);
  });

  test('ends a run that is nearly there though a newer one waits, and then that alone', async () => {
    const told: FromWorker[] = [];
    const plans = [4, 5, 6].map((n) => ({ ...PLAN, parameters: { baselineMs: n * 600_000 } }));
    const hear = createLoop({ nowMs: clock(0.5), tell: (message) => told.push(message), pause: async () => {} });
    await hear({ kind: 'load', history: historyOf() });
    await Promise.all(plans.map((plan, id) => hear({ kind: 'run', id, wish: { plan } })));
    expect(told.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['done 0', 'done 2']);
  });

  test('says what went wrong', async () => {
    const told: FromWorker[] = [];
    const hear = createLoop({ nowMs: clock(1), tell: (message) => told.push(message), pause: async () => {} });
    await hear({ kind: 'load', history: historyOf() });
    await hear({ kind: 'run', id: 1, wish: { plan: { ...PLAN, algorithm: 'no' } } });
    expect(told).toEqual([{ kind: 'failed', id: 1, message: expect.stringContaining('no algorithm "no"') }]);
  });

  test('is asked with plans alone once it has the history, and an answer stands until a newer one comes', async () => {
    const sent: ToWorker[] = [];
    let say: (message: FromWorker) => void = () => undefined;
    const runner = createRunner(historyOf(), (hear) => {
      say = hear;
      return { send: (message) => sent.push(message), stop: () => undefined };
    });
    const outcome = await outcomeOf();
    runner.run({ plan: PLAN });
    runner.run({ plan: { ...PLAN, threshold: 5 } });
    expect(sent.map(({ kind }) => kind)).toEqual(['load', 'run', 'run']);
    say({ kind: 'progress', id: 1, ratio: 0.5 });
    expect(runner.get()).toEqual({ progress: 0.5 });
    say({ kind: 'done', id: 1, outcome });
    expect(runner.get()).toEqual({ wish: { plan: PLAN }, outcome });
    say({ kind: 'done', id: 2, outcome });
    const answered = { wish: { plan: { ...PLAN, threshold: 5 } }, outcome };
    expect(runner.get()).toEqual(answered);
    say({ kind: 'failed', id: 1, message: 'late' });
    expect(runner.get()).toEqual(answered);
    say({ kind: 'failed', id: undefined, message: 'the worker ended' });
    expect(runner.get()).toEqual({ error: 'the worker ended' });
  });
});

describe('a verdict', () => {
  const ALL = { fromMs: FROM, toMs: FROM + COUNT * MINUTE };

  test('tells new, same and gone apart by when they were', async () => {
    const { points, findings } = await outcomeOf();
    expect(findings.length).toBeGreaterThan(0);
    const now = { ...points, stepMs: MINUTE };
    const same = verdictOf(findings, now, foundBefore(now), ALL);
    expect(new Set(same.found.map(({ state }) => state))).toEqual(new Set(['same']));
    const none = { ...now, flags: new Uint8Array(COUNT) };
    expect(verdictOf(findings, now, foundBefore(none), ALL)).toMatchObject({
      count: findings.length,
      fresh: findings.length,
      gone: 0,
    });
    const silent = verdictOf([], none, foundBefore(now), ALL);
    expect(silent).toMatchObject({ count: 0, redMs: 0, perDay: 0, gone: openStretches(now.flags).length });
    const strongest = silent.found.find(({ value }) => value === 300);
    expect(strongest?.startMs).toBe(FROM + 1200 * MINUTE);
    expect(verdictOf(findings, now, undefined, ALL)).toMatchObject({ fresh: 0, gone: 0, count: findings.length });
  });

  test('counts a day by what was measured, and only in the range', async () => {
    const { points, findings } = await outcomeOf();
    const now = { ...points, stepMs: MINUTE };
    const { perDay, count, redMs } = verdictOf(findings, now, foundBefore(now), ALL);
    expect(perDay).toBeCloseTo((count * 1440) / COUNT, 9);
    expect(redMs).toBe(openStretches(now.flags).reduce((sum, { from, to }) => sum + (to - from + 1), 0) * MINUTE);
    const around = { fromMs: FROM + 1190 * MINUTE, toMs: FROM + 1220 * MINUTE };
    expect(verdictOf(findings, now, foundBefore(now), around)).toMatchObject({ count: 1, perDay: undefined });
    const halves = Float64Array.from(points.timesMs, (ms, i) => ms + (i < 1000 ? 0 : 86_400_000));
    expect(verdictOf([], { ...now, timesMs: halves }, undefined, { ...ALL, toMs: ALL.toMs + 86_400_000 }).redMs).toBe(
      redMs,
    );
  });

  test('leaves a finding that goes on open', () => {
    const peak = { score: 9, value: 2, expected: 1 } as Finding['peak'];
    const finding = { id: 'x', startMs: FROM, peak } as Finding;
    const now = { stepMs: MINUTE, timesMs: [FROM], values: [2], expected: [1], scores: [9], flags: [64] };
    expect(
      verdictOf([finding], now, foundBefore(now), { fromMs: FROM + MINUTE, toMs: FROM + 2 * MINUTE }).found,
    ).toEqual([{ state: 'same', startMs: FROM, endMs: undefined, ...peak }]);
  });
});
