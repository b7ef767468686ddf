import { describe, expect, test } from 'vitest';
import { FakeClock, settle } from '../../test/fixtures/fake-clock.ts';
import { createScheduler, inPhase, type ScheduledPlan } from './scheduler.ts';

const MINUTE = 60_000;

interface Settings {
  maxInFlight?: number;
  maxMerged?: number;
  pauseMs?: number;
  isUrgent?: boolean;
}

function scheduler(options: Settings = {}) {
  const { pauseMs } = options;
  const clock = new FakeClock();
  const runs: { atMs: number; keys: string[] }[] = [];
  const errors: unknown[] = [];
  const control = {
    /** What a run waits for before it ends. */
    hold: undefined as Promise<void> | undefined,
    holdOf: undefined as ((keys: readonly string[]) => Promise<void> | undefined) | undefined,
    fail: undefined as Error | undefined,
    next: new Map<string, number>(),
  };
  const made = createScheduler<ScheduledPlan>({
    clock,
    retryMs: 5 * MINUTE,
    ...(pauseMs === undefined ? {} : { pauseMs, isUrgent: () => options.isUrgent === true }),
    laneOf: ({ key }) => key.split('/')[0] ?? '',
    maxInFlight: options.maxInFlight ?? 4,
    maxMerged: options.maxMerged ?? 100,
    onError: (error) => errors.push(error),
    async run(plans) {
      runs.push({ atMs: clock.nowMs(), keys: plans.map(({ key }) => key) });
      await (control.holdOf?.(plans.map(({ key }) => key)) ?? control.hold);
      if (control.fail !== undefined) throw control.fail;
      return new Map(plans.map(({ key }) => [key, control.next.get(key) ?? MINUTE]));
    },
  });
  made.start();
  return { ...made, made, clock, runs, errors, control };
}

const plan = (key: string, group = key): ScheduledPlan => ({ key, group });

describe('the scheduler', () => {
  test('runs a new plan at once, then once an interval', async () => {
    const { made, clock, runs } = scheduler();
    made.put(plan('a'));
    await clock.advance(10 * MINUTE);
    expect(runs[0]).toEqual({ atMs: 0, keys: ['a'] });
    expect(runs.length).toBeGreaterThanOrEqual(10);
    expect(runs.length).toBeLessThanOrEqual(12);
    const gaps = runs.slice(2).map(({ atMs }, index) => atMs - (runs[index + 1]?.atMs ?? 0));
    expect(new Set(gaps)).toEqual(new Set([MINUTE]));
    await made.stop();
  });

  test('runs plans of one group together from their second run on, whenever they were added', async () => {
    const { made, clock, runs } = scheduler();
    made.put(plan('a', 'cpu'));
    await clock.advance(20_000);
    made.put(plan('b', 'cpu'));
    made.put(plan('c', 'memory'));
    await clock.advance(3 * MINUTE);
    const late = runs.filter(({ atMs }) => atMs > 2 * MINUTE);
    expect(late.map(({ keys }) => [...keys].sort().join(' '))).toContain('a b');
    expect(late.every(({ keys }) => !(keys.includes('c') && keys.length > 1))).toBe(true);
    await made.stop();
  });

  test('never merges more than it may, and what is left over runs right after', async () => {
    const { made, clock, runs } = scheduler({ maxMerged: 2 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) made.put(plan(key, 'cpu'));
    await clock.advance(10);
    expect(runs.map(({ keys }) => keys.length)).toEqual([2, 2, 1]);
    await made.stop();
  });

  test('has no more groups under way than it may, and tells what is overdue', async () => {
    const { made, clock, runs, control } = scheduler({ maxInFlight: 2 });
    const gate = Promise.withResolvers<void>();
    control.hold = gate.promise;
    for (const key of ['a', 'b', 'c']) made.put(plan(key));
    await clock.advance(1000);
    expect(runs).toHaveLength(2);
    expect(made.stats()).toMatchObject({ inFlight: 2, overdueMs: 1000 });
    gate.resolve();
    await clock.advance(1);
    expect(runs).toHaveLength(3);
    await made.stop();
  });

  test('a plan that changes while it runs is run again with what it now is', async () => {
    const { made, clock, runs, control } = scheduler();
    const gate = Promise.withResolvers<void>();
    control.hold = gate.promise;
    made.put(plan('a', 'cpu'));
    await settle();
    made.put(plan('a', 'memory'));
    expect(runs).toHaveLength(1);
    gate.resolve();
    await clock.advance(1);
    expect(runs).toHaveLength(2);
    await made.stop();
  });

  test('a plan that is removed while it runs does not come again', async () => {
    const { made, clock, runs, control } = scheduler();
    const gate = Promise.withResolvers<void>();
    control.hold = gate.promise;
    made.put(plan('a'));
    await settle();
    made.remove('a');
    gate.resolve();
    await clock.advance(10 * MINUTE);
    expect(runs).toHaveLength(1);
    expect(made.stats().plans).toBe(0);
    await made.stop();
  });

  test('an error of one group is told, and stalls neither it nor another', async () => {
    const { made, clock, runs, errors, control } = scheduler();
    control.fail = new Error('no answer');
    made.put(plan('a'));
    await clock.advance(1);
    control.fail = undefined;
    made.put(plan('b'));
    await clock.advance(8 * MINUTE);
    expect(errors).toHaveLength(1);
    expect(made.stats().failures).toBe(1);
    expect(runs.filter(({ keys }) => keys.includes('a'))).not.toHaveLength(1);
    expect(runs.filter(({ keys }) => keys.includes('b')).length).toBeGreaterThan(6);
    await made.stop();
  });

  test('a plan that changes ten thousand times leaves no heap of old times', async () => {
    const { made, clock, runs } = scheduler();
    for (let change = 0; change < 10_000; change++) made.put(plan('a', `group ${change % 7}`));
    await clock.advance(1);
    expect(runs).toHaveLength(1);
    await made.stop();
  });

  test('a plan that changes without need is run with a pause, and with what it now is', async () => {
    const { made, clock, runs } = scheduler({ pauseMs: 5000 });
    made.put(plan('a', 'cpu'));
    await settle();
    // As during a roll-out: three changes a second, and the group has another plan.
    for (let change = 0; change < 90; change++) {
      made.put(plan('a', 'cpu'));
      await clock.advance(333);
    }
    const early = runs.filter(({ atMs }) => atMs < 30_000);
    expect(early.length).toBeGreaterThanOrEqual(5);
    expect(early.length).toBeLessThanOrEqual(7);
    await made.stop();
  });

  test('a change that is urgent is run at once, pause or not', async () => {
    const { made, clock, runs } = scheduler({ pauseMs: 5000, isUrgent: true });
    made.put(plan('a'));
    await settle();
    await clock.advance(10);
    made.put(plan('a'));
    await clock.advance(10);
    expect(runs).toHaveLength(2);
    await made.stop();
  });

  test('a lane that is slow leaves half of the places to the others, whose plans begin when they are due', async () => {
    const { made, clock, runs, control } = scheduler({ maxInFlight: 6 });
    const gate = Promise.withResolvers<void>();
    control.hold = gate.promise;
    for (let index = 0; index < 100; index++) made.put(plan(`slow/${index}`));
    await settle();
    expect(made.stats()).toMatchObject({ inFlight: 3, heldLanes: 1 });
    control.hold = undefined;
    for (let index = 0; index < 20; index++) made.put(plan(`other/${index}`));
    await clock.advance(1);
    const of = (lane: string) => runs.filter(({ keys }) => keys[0]?.startsWith(lane)).length;
    expect([of('other'), of('slow')]).toEqual([20, 3]);
    gate.resolve();
    await clock.advance(1);
    expect(of('slow')).toBe(100);
    expect(made.stats().heldLanes).toBe(0);
    await made.stop();
  });

  test('however many lanes are slow, one more has a place', async () => {
    const { made, runs, control } = scheduler({ maxInFlight: 6 });
    control.hold = new Promise(() => {});
    for (const lane of ['a', 'b']) for (let index = 0; index < 50; index++) made.put(plan(`${lane}/${index}`));
    await settle();
    expect(made.stats().inFlight).toBeLessThanOrEqual(5);
    made.put(plan('other/1'));
    await settle();
    expect(runs.at(-1)?.keys).toEqual(['other/1']);
  });

  test('stop aborts what is under way and waits for it', async () => {
    const { made, control, runs } = scheduler();
    const gate = Promise.withResolvers<void>();
    control.hold = gate.promise;
    made.put(plan('a'));
    await settle();
    let stopped = false;
    const stopping = made.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    expect(runs).toHaveLength(1);
  });
});

test.each([0, 1, 29_999, 30_000, 59_999, 60_000, 1e12])(
  'a phase at %i is half an interval to one and a half away',
  (nowMs) => {
    const due = inPhase(nowMs, MINUTE, 'group');
    expect(due - nowMs).toBeGreaterThanOrEqual(MINUTE / 2);
    expect(due - nowMs).toBeLessThanOrEqual(1.5 * MINUTE);
    expect(due % MINUTE).toBe(inPhase(7, MINUTE, 'group') % MINUTE);
  },
);
