import { describe, expect, test } from 'vitest';
import { planOf } from '#detect/engine/test-stream.ts';
import type { Scheduler } from '#pipeline/scheduler.ts';
import type { WindowOutcome, WindowPlan } from '#pipeline/window-plan.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { detectorRecord, watching } from '../../test/fixtures/watching.ts';
import { createDetectorController } from './detector-controller.ts';
import type { WatchedPod } from './detector-plans.ts';
import type { DetectorRecord } from './detector-record.ts';
import type { DetectorStatus } from './detector-status.ts';

const KEY = 'shop/cart';
const record = (given: Partial<DetectorRecord> = {}) =>
  detectorRecord({ watch: watching(planOf({ selector: { app: 'cart' }, metricName: 'm' })), ...given });

const pod = (name: string, given: Partial<WatchedPod> = {}): WatchedPod => ({
  namespace: 'shop',
  name,
  labels: { app: 'cart' },
  phase: 'Running',
  deleting: false,
  ...given,
});

function setUp() {
  const detectors = new Map<string, DetectorRecord>([[KEY, record()]]);
  const pods: WatchedPod[] = [];
  const plans = new Map<string, WindowPlan>();
  const puts: string[] = [];
  const statuses: DetectorStatus[] = [];
  const forgotten: string[] = [];
  const unwatched: string[] = [];
  const absentOf: string[] = [];
  const firsts: string[] = [];
  const scheduler: Scheduler<WindowPlan> = {
    put(plan) {
      plans.set(plan.key, plan);
      puts.push([...plan.pods].join(' '));
    },
    remove: (key) => plans.delete(key),
    hasten: () => {},
    get: (key) => plans.get(key),
    start: () => {},
    stop: async () => {},
    stats: () => ({ plans: 0, inFlight: 0, runs: 0, failures: 0, lagMs: 0, overdueMs: 0, heldLanes: 0 }),
  };
  const controller = createDetectorController({
    clock: new FakeClock(),
    detector: (key) => detectors.get(key),
    podsOf: () => pods,
    scheduler,
    unwatch: (key) => unwatched.push(key),
    forget: (key) => forgotten.push(key),
    onFirstCheck: (detector) => firsts.push(detector),
    onForgotten: (detector) => firsts.push(`no ${detector}`),
    onAbsent: (_, _namespace, absent) => absentOf.push([...absent].join(' ')),
    putStatus: (_key, _uid, status) => statuses.push(status),
  });
  return {
    controller,
    detectors,
    pods,
    plans,
    puts,
    statuses,
    forgotten,
    unwatched,
    absentOf,
    firsts,
    last: () => statuses.at(-1),
  };
}

const analysed = (given: Partial<Extract<WindowOutcome, { kind: 'analysed' }>> = {}): WindowOutcome => ({
  kind: 'analysed',
  checkedMs: 90_000,
  anomalousPods: [],
  series: 1,
  scored: 1,
  warming: 0,
  newestMs: 60_000,
  refused: 0,
  latestScores: new Map(),
  confirmedMs: [],
  ...given,
});

describe('a reconcile', () => {
  test('without pods says so with the command that shows it, and comes again in a minute', () => {
    const { controller, last, plans } = setUp();
    expect(controller.reconcile(KEY)).toEqual({ requeueAfterMs: 60_000 });
    expect(last()).toMatchObject({ state: 'NoPodsFound', monitoredPods: 0, anomalousPods: [], anomalousPodCount: 0 });
    expect(last()?.conditions[0]?.message).toContain("kubectl get pods -n shop -l 'app=cart'");
    expect(plans.size).toBe(0);
  });

  test('plans the pods that run and carry the labels, and leaves the rest to the scheduler', () => {
    const { controller, pods, puts } = setUp();
    pods.push(pod('b'), pod('a'), pod('c', { labels: { app: 'ads' } }), pod('d', { phase: 'Succeeded' }));
    pods.push(pod('e', { deleting: true }));
    expect(controller.reconcile(KEY)).toEqual({});
    expect(puts).toEqual(['a b']);
  });

  test('plans again only when pods or the spec have changed', () => {
    const { controller, pods, puts, detectors } = setUp();
    pods.push(pod('a'));
    controller.reconcile(KEY);
    controller.reconcile(KEY);
    expect(puts).toHaveLength(1);
    pods.push(pod('b'));
    controller.reconcile(KEY);
    detectors.set(KEY, record({ generation: 2 }));
    controller.reconcile(KEY);
    expect(puts).toHaveLength(3);
  });

  test('of a spec that cannot be used is an Error with the field, and nothing is watched', () => {
    const { controller, pods, detectors, plans, last } = setUp();
    pods.push(pod('a'));
    controller.reconcile(KEY);
    const { watch: _, ...broken } = record({ generation: 2, problems: ['spec.algorithm: unknown algorithm "zscore"'] });
    detectors.set(KEY, broken);
    expect(controller.reconcile(KEY)).toEqual({ requeueAfterMs: 300_000 });
    expect(last()).toMatchObject({ state: 'Error', observedGeneration: 2 });
    expect(last()?.conditions[0]).toMatchObject({ reason: 'InvalidSpec', status: 'False' });
    expect(plans.size).toBe(0);
  });

  test('of one that has no pods any more, or no plan, ends what is open of it', () => {
    const { controller, pods, detectors, unwatched } = setUp();
    pods.push(pod('a'));
    controller.reconcile(KEY);
    expect(unwatched).toEqual([]);
    pods.pop();
    controller.reconcile(KEY);
    expect(unwatched).toEqual(['u1']);
    const { watch: _, ...broken } = record({ generation: 2, problems: ['spec.algorithm: unknown'] });
    detectors.set(KEY, broken);
    controller.reconcile(KEY);
    expect(unwatched).toEqual(['u1']);
  });

  test('of one that is gone, or is being deleted, forgets it', () => {
    const { controller, pods, detectors, plans, forgotten } = setUp();
    pods.push(pod('a'));
    controller.reconcile(KEY);
    detectors.set(KEY, record({ deleting: true }));
    controller.reconcile(KEY);
    expect(plans.size).toBe(0);
    expect(forgotten).toEqual(['u1']);
    detectors.delete(KEY);
    expect(controller.reconcile(KEY)).toEqual({});
    expect(controller.views()).toEqual([]);
  });

  test('before the first check shows what the last run wrote', () => {
    const { controller, pods, detectors } = setUp();
    pods.push(pod('a'));
    controller.reconcile(KEY);
    expect(controller.views()[0]?.status.state).toBe('Pending');
    detectors.set(KEY, record({ status: { state: 'Active', monitoredPods: 3 } }));
    controller.reconcile(KEY);
    expect(controller.views()[0]?.status).toMatchObject({ state: 'Active', monitoredPods: 3, anomalousPods: [] });
  });

  test('of another object of the same name begins anew', () => {
    const { controller, pods, detectors, plans, forgotten } = setUp();
    pods.push(pod('a'));
    controller.reconcile(KEY);
    detectors.set(KEY, record({ uid: 'u2' }));
    controller.reconcile(KEY);
    expect([...plans.keys()]).toEqual(['u2']);
    expect(forgotten).toEqual(['u1']);
  });
});

describe('an outcome', () => {
  const settled = (outcome: WindowOutcome) => {
    const world = setUp();
    world.pods.push(pod('a'), pod('b'));
    world.controller.reconcile(KEY);
    const plans = [...world.plans.values()];
    return { ...world, next: world.controller.settle(plans, new Map([['u1', outcome]])) };
  };

  test.each([
    ['scores', analysed(), 'Active', 'True', 'Scoring', 60_000],
    ['scores and pods that warm up', analysed({ series: 2, warming: 1 }), 'Active', 'True', 'Scoring', 60_000],
    [
      'scores and refusals',
      analysed({ series: 2, refused: 1, message: 'why' }),
      'Active',
      'False',
      'PartlyRefused',
      60_000,
    ],
    ['only warm-up', analysed({ scored: 0, warming: 1 }), 'AwaitingMetrics', 'False', 'WarmingUp', 30_000],
    ['only refusals', analysed({ scored: 0, refused: 1, message: 'why' }), 'Error', 'False', 'Refused', 300_000],
    [
      'no series',
      { kind: 'no-metrics', checkedMs: 1 } as WindowOutcome,
      'AwaitingMetrics',
      'False',
      'NoSeries',
      30_000,
    ],
    [
      'a failure',
      { kind: 'failed', checkedMs: 1, code: 'too-much', message: 'why' } as WindowOutcome,
      'Error',
      'False',
      'TooMuch',
      300_000,
    ],
  ])('with %s', (_, outcome, state, ready, reason, requeueMs) => {
    const { last, next } = settled(outcome);
    expect(last()).toMatchObject({ state, monitoredPods: 2 });
    expect(last()?.conditions[0]).toMatchObject({ status: ready, reason });
    expect(next.get('u1')).toBe(requeueMs);
  });

  test.each([
    [
      'how long its warm-up still takes',
      analysed({ scored: 0, warming: 2, warmMs: 150_000 }),
      /ten points, in about 3 min\.$/,
    ],
    ['how long a short one takes', analysed({ scored: 0, warming: 2, warmMs: 4000 }), /ten points, in about 4 s\.$/],
    [
      'what its method lacks',
      analysed({ scored: 0, warming: 1, tooShort: '12 points: too few' }),
      /yet: 12 points: too few\.$/,
    ],
    [
      'of which pods there is nothing',
      analysed({ absent: 'Scraped without m: b: HTML.' }),
      /are scored\. Scraped without m: b: HTML\.$/,
    ],
    [
      'why there is nothing at all',
      { kind: 'no-metrics', checkedMs: 1, absent: 'b: HTML.' } as WindowOutcome,
      /^b: HTML\.$/,
    ],
    ['where it was looked for', { kind: 'no-metrics', checkedMs: 1 } as WindowOutcome, /^Prometheus has no /],
  ])('says %s', (_, outcome, message) => {
    expect(settled(outcome).last()?.conditions[0]?.message).toMatch(message);
  });

  test('names the anomalous pods, at most a hundred, and counts them all', () => {
    const names = Array.from({ length: 150 }, (_, index) => `p-${index}`);
    const { last } = settled(analysed({ anomalousPods: names }));
    expect(last()?.anomalousPods).toEqual(names.slice(0, 100));
    expect(last()?.anomalousPodCount).toBe(150);
    expect(last()?.lastCheckTime).toBe('1970-01-01T00:01:30.000Z');
  });

  test.each([
    ['the largest by size, with its sign', { a: 2.5, b: -7.655_21 }, -7.66],
    ['a whole number', { a: 3 }, 3],
    ['no minus before nothing', { a: -0.001 }, 0],
    ['none before the first', {}, undefined],
    ['none that is not a number', { a: Number.POSITIVE_INFINITY }, undefined],
  ])('tells of the newest scores %s', (_, scores, latestScore) => {
    const { last } = settled(analysed({ latestScores: new Map(Object.entries(scores)) }));
    expect(last()?.latestScore).toBe(latestScore);
  });

  test('that is a failure keeps the score of the last analysis, and one without series lets it go', () => {
    const { controller, plans, last } = settled(analysed({ latestScores: new Map([['a', 4]]) }));
    const settle = (outcome: WindowOutcome) => controller.settle([...plans.values()], new Map([['u1', outcome]]));
    settle({ kind: 'failed', checkedMs: 999_000, code: 'unavailable', message: 'away' });
    expect(last()).toMatchObject({ state: 'Error', latestScore: 4 });
    settle({ kind: 'no-metrics', checkedMs: 999_000 });
    expect(last()).not.toHaveProperty('latestScore');
  });

  test('a failure keeps the time of the last analysis', () => {
    const { controller, plans, last } = settled(analysed());
    const failed: WindowOutcome = { kind: 'failed', checkedMs: 999_000, code: 'unavailable', message: 'away' };
    controller.settle([...plans.values()], new Map([['u1', failed]]));
    expect(last()).toMatchObject({ state: 'Error', lastCheckTime: '1970-01-01T00:01:30.000Z' });
  });

  const failed: WindowOutcome = { kind: 'failed', checkedMs: 999_000, code: 'unavailable', message: 'Away.' };

  test('that is a failure keeps the anomalous pods that are still there, and says how old that is', () => {
    const { controller, plans, pods, last } = settled(analysed({ anomalousPods: ['a', 'b'] }));
    controller.settle([...plans.values()], new Map([['u1', failed]]));
    expect(last()).toMatchObject({ state: 'Error', anomalousPods: ['a', 'b'], anomalousPodCount: 2 });
    expect(last()?.conditions[0]?.message).toBe('Away. The anomalous pods are those of 1970-01-01T00:01:30.000Z.');
    pods.shift();
    controller.reconcile(KEY);
    controller.settle([...plans.values()], new Map([['u1', failed]]));
    expect(last()).toMatchObject({ anomalousPods: ['b'], anomalousPodCount: 1 });
    pods.splice(0, 1, pod('c'));
    controller.reconcile(KEY);
    controller.settle([...plans.values()], new Map([['u1', failed]]));
    expect(last()).toMatchObject({ anomalousPods: [], anomalousPodCount: 0 });
    expect(last()?.conditions[0]?.message).toBe('Away.');
  });

  test('that is a failure says nothing of what was found by another spec', () => {
    const { controller, plans, detectors, last } = settled(analysed({ anomalousPods: ['a'] }));
    detectors.set(KEY, record({ generation: 2 }));
    controller.reconcile(KEY);
    controller.settle([...plans.values()], new Map([['u1', failed]]));
    expect(last()).toMatchObject({ state: 'Error', anomalousPods: [], anomalousPodCount: 0 });
  });

  test('without the metric asks once a check for the pods to be scraped', () => {
    expect(settled({ kind: 'no-metrics', checkedMs: 1 }).absentOf).toEqual(['a b']);
    expect(settled(analysed()).absentOf).toEqual([]);
  });

  test('of a query without an answer asks for nothing: what it reads may well be scraped', () => {
    const { controller, plans, absentOf } = settled(analysed());
    const asked = [...plans.values()].map((one) => ({ ...one, plan: { ...one.plan, query: 'sum by (pod) (x)' } }));
    controller.settle(asked, new Map([['u1', { kind: 'no-metrics', checkedMs: 1 }]]));
    expect(absentOf).toEqual([]);
  });

  test('of a spec that has changed meanwhile says nothing', () => {
    const { controller, plans, statuses, detectors } = settled(analysed());
    const count = statuses.length;
    detectors.set(KEY, record({ generation: 2 }));
    expect(controller.settle([...plans.values()], new Map([['u1', analysed()]])).size).toBe(0);
    expect(statuses).toHaveLength(count);
  });
});

describe('of several plans', () => {
  const metrics = ['m', 'n'].map((metricName) =>
    planOf({ detector: 'shop/cart', selector: { app: 'cart' }, metricName }),
  );
  const settleAll = ({ controller, plans }: ReturnType<typeof setUp>, of: (plan: WindowPlan) => WindowOutcome) => {
    for (const plan of plans.values()) controller.settle([plan], new Map([[plan.key, of(plan)]]));
  };

  test('the first look is told when all were looked at, and again when it comes back', () => {
    const world = setUp();
    world.detectors.set(KEY, record({ watch: watching(...metrics) }));
    world.pods.push(pod('a'));
    world.controller.reconcile(KEY);
    const [first, second] = [...world.plans.values()];
    const settle = (plan: WindowPlan | undefined, outcome: WindowOutcome) =>
      plan && world.controller.settle([plan], new Map([[plan.key, outcome]]));
    settle(first, analysed());
    settle(second, { kind: 'failed', checkedMs: 1, code: 'unavailable', message: 'away' });
    expect(world.firsts).toEqual([]);
    settle(second, { kind: 'no-metrics', checkedMs: 1 });
    settle(second, analysed());
    expect(world.firsts).toEqual(['shop/cart']);
    world.pods.pop();
    world.controller.reconcile(KEY);
    expect(world.firsts).toEqual(['shop/cart', 'no shop/cart']);
  });

  test('a part that fails knows no better than it did, and what was not looked at yet than the last run', () => {
    const world = setUp();
    const status = { observedGeneration: 1, anomalousPods: ['b', 'gone'], anomalousPodCount: 2 };
    world.detectors.set(KEY, record({ watch: watching(...metrics), status }));
    world.pods.push(pod('a'), pod('b'));
    world.controller.reconcile(KEY);
    const [first, second] = [...world.plans.values()];
    const settle = (plan: WindowPlan | undefined, outcome: WindowOutcome) => {
      if (plan !== undefined) world.controller.settle([plan], new Map([[plan.key, outcome]]));
      return world.last()?.anomalousPods;
    };
    const failed: WindowOutcome = { kind: 'failed', checkedMs: 1, code: 'unavailable', message: 'away' };
    expect(settle(first, analysed())).toEqual(['b']);
    expect(settle(second, analysed({ anomalousPods: ['a'] }))).toEqual(['a']);
    expect(settle(second, failed)).toEqual(['a']);
    expect(settle(first, analysed({ anomalousPods: ['b'], latestScores: new Map([['b', 5]]) }))).toEqual(['b', 'a']);
    expect(settle(first, failed)).toEqual(['b', 'a']);
    expect(settle(second, analysed())).toEqual(['b']);
    expect(settle(first, analysed())).toEqual([]);
  });

  test('a metric of which nothing came is told beside one that is scored', () => {
    const world = setUp();
    world.detectors.set(KEY, record({ watch: watching(...metrics) }));
    world.pods.push(pod('a'));
    world.controller.reconcile(KEY);
    settleAll(world, ({ plan }) => (plan.metricName === 'm' ? analysed() : { kind: 'no-metrics', checkedMs: 1 }));
    expect(world.last()?.conditions[0]).toMatchObject({
      reason: 'Scoring',
      message: '1 of 1 series of 1 pods are scored. Nothing came of n: is it scraped, and is its name right?',
    });
    settleAll(world, () => analysed());
    expect(world.last()?.conditions[0]?.message).toBe('2 of 2 series of 1 pods are scored.');
  });

  test('the budget is for all together: beyond it none is scored, and what is open of them is over', () => {
    const world = setUp();
    world.detectors.set(KEY, record({ watch: { ...watching(...metrics), maxSeries: 5 } }));
    world.pods.push(pod('a'));
    world.controller.reconcile(KEY);
    const [first, second] = [...world.plans.values()];
    expect([first?.seriesLeft?.(), second?.seriesLeft?.()]).toEqual([5, 5]);
    settleAll(world, () => analysed({ series: 3, scored: 3 }));
    expect(first?.seriesLeft?.()).toBe(2);
    const { state, conditions } = world.last() ?? {};
    expect({ state, reason: conditions?.[0]?.reason }).toEqual({ state: 'Error', reason: 'OverBudget' });
    expect(conditions?.[0]?.message).toMatch(/^m, n: 6 series .* budget is 5\. /);
    expect(new Set(world.unwatched)).toEqual(new Set(['u1/m', 'u1/n']));
    settleAll(world, () => analysed({ series: 2, scored: 2 }));
    expect(world.last()?.state).toBe('Active');
  });

  test('of the kind that looks across namespaces, each namespace has its own, and pods are called with theirs', () => {
    const world = setUp();
    const watch = { ...watching(planOf({ selector: { app: 'cart' }, metricName: 'm' })), namespaces: [] };
    world.detectors.clear();
    world.detectors.set('cart', record({ kind: 'ClusterAnomalyDetector', namespace: '', watch }));
    world.pods.push(pod('a'), pod('a', { namespace: 'bank' }), pod('b', { namespace: 'bank' }));
    world.controller.reconcile('cart');
    const planned = [...world.plans.values()].map(({ key, namespace, pods }) => [key, namespace, [...pods]]);
    expect(planned).toEqual([
      ['u1/bank', 'bank', ['a', 'b']],
      ['u1/shop', 'shop', ['a']],
    ]);
    settleAll(world, ({ namespace }) =>
      analysed({ anomalousPods: namespace === 'bank' ? ['a'] : [], latestScores: new Map([['a', 4]]) }),
    );
    expect(world.last()).toMatchObject({ state: 'Active', monitoredPods: 3, anomalousPods: ['bank/a'] });
    expect([...(world.controller.views()[0]?.pods ?? [])]).toEqual(['bank/a', 'bank/b', 'shop/a']);
    world.pods.shift();
    world.controller.reconcile('cart');
    expect([...world.plans.keys()]).toEqual(['u1/bank']);
    expect(world.unwatched).toEqual(['u1/shop']);
  });
});

describe('findings a day', () => {
  const DAY = 86_400_000;
  const checkedAt = (checkedMs: number, ...confirmedMs: number[]) =>
    analysed({ checkedMs, newestMs: checkedMs - 60_000, confirmedMs });

  test('count what was confirmed since the last score, and forget with a day', () => {
    const world = setUp();
    world.pods.push(pod('a'));
    world.controller.reconcile(KEY);
    const settle = (outcome: WindowOutcome) => {
      world.controller.settle([...world.plans.values()], new Map([['u1', outcome]]));
      return world.last()?.health?.findingsPerDay;
    };
    expect(settle(checkedAt(3_600_000, 600_000, 1_200_000))).toBe(2);
    // Told again, because it went on.
    expect(settle(checkedAt(3_660_000, 1_200_000))).toBe(2);
    expect(settle({ kind: 'failed', checkedMs: 3_700_000, code: 'unavailable', message: 'away' })).toBe(2);
    expect(settle(checkedAt(3_720_000, 600_000, 1_200_000, 3_640_000))).toBe(3);
    expect(settle(checkedAt(3_720_000 + DAY))).toBe(1.1);
  });

  test('go on where the last run left them, and begin anew with another spec', () => {
    const world = setUp();
    world.pods.push(pod('a'));
    const health = { series: 1, warm: '100 %', samplesPerMinute: 1, findingsPerDay: 5 };
    const lastScoreTime = '1970-01-01T01:00:00.000Z';
    const status = { observedGeneration: 1, lastCheckTime: '1970-01-01T01:01:00.000Z' };
    world.detectors.set(KEY, record({ status: { ...status, health: { ...health, lastScoreTime } } }));
    const first = (generation: number) => {
      const now = record({ generation, status: world.detectors.get(KEY)?.status ?? {} });
      world.detectors.set(KEY, now);
      world.controller.reconcile(KEY);
      const plans = [...world.plans.values()];
      world.controller.settle(plans, new Map([['u1', checkedAt(3_720_000, 1_200_000, 3_650_000)]]));
      return world.last()?.health?.findingsPerDay;
    };
    expect(first(1)).toBe(6);
    expect(first(2)).toBe(2);
  });
});

test('of a metric that comes no more says since when', () => {
  const world = setUp();
  world.pods.push(pod('a'));
  world.controller.reconcile(KEY);
  const silent = { metricName: 'm', sinceMs: 3_600_000 };
  const settle = (outcome: WindowOutcome) =>
    world.controller.settle([...world.plans.values()], new Map([['u1', outcome]]));
  settle(analysed({ silent }));
  expect(world.last()).toMatchObject({ state: 'Active', conditions: [{ status: 'False', reason: 'ScoringStopped' }] });
  settle({ kind: 'no-metrics', checkedMs: 9, silent });
  expect(world.last()).toMatchObject({ state: 'AwaitingMetrics', conditions: [{ reason: 'ScoringStopped' }] });
  expect(world.last()?.conditions[0]?.message).toMatch(/^Nothing new of m was scored since 1970-01-01T01:00Z: /);
});

test('what it asks for and does not get is a condition of its own', () => {
  const world = setUp();
  world.pods.push(pod('a'));
  world.detectors.set(KEY, record({ warnings: ['spec.execution.mode: Stream is not to be had'] }));
  world.controller.reconcile(KEY);
  world.controller.settle([...world.plans.values()], new Map([['u1', analysed()]]));
  const warned = world.last()?.conditions.find(({ type }) => type === 'Warned');
  expect(warned).toMatchObject({ status: 'True', message: 'spec.execution.mode: Stream is not to be had.' });
});
