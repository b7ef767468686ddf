// Whatever happens to a detector, what it found is closed once it is over, and stored once.
import { describe, expect, test } from 'vitest';
import { createJudge } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { settle } from '../../test/fixtures/fake-clock.ts';
import { quiet, START, STEP, setUp, signal, spikeAt, windowPlan } from '../../test/fixtures/windows.ts';
import { SILENCE_METRIC } from './silence.ts';
import { WINDOW_MS, type WindowPlan } from './window-plan.ts';

const SPIKE = START - 2 * STEP;
const PLAN = windowPlan('a', ['cart-2']);
const FULL = new AppError('disk-full', 'no room');

/** With a finding that is open; `measured` may be changed. */
async function withFinding(options: Parameters<typeof setUp>[1] = {}, plan = PLAN) {
  const measured = { 'cart-2': (timeMs: number) => (timeMs >= SPIKE ? 50 : quiet(timeMs)) as number | undefined };
  const world = setUp(measured, options);
  await world.clock.advance(START);
  await world.check.check([plan], signal);
  expect(world.open()).toHaveLength(1);
  /** So many checks, one a minute; the first may be of another plan than before. */
  const go = async (minutes: number, plan: WindowPlan = PLAN): Promise<void> => {
    for (let minute = 0; minute < minutes; minute++) {
      await world.clock.advance(60_000);
      await world.check.check([plan], signal);
    }
  };
  return { ...world, measured, go };
}

describe('what the method got used to', () => {
  const endingWhen = (ends: 'back' | undefined): WindowPlan => {
    const guards = { ...PLAN.plan.guards, ...(ends !== undefined && { ends }) };
    return { ...PLAN, plan: { ...PLAN.plan, guards } };
  };

  test.each([
    [undefined, 0, []],
    ['back' as const, 1, ['cart-2']],
  ])('with ends: %s has %i findings open after ten minutes, and its pods are %j', async (ends, count, pods) => {
    const plan = endingWhen(ends);
    const { check, open, clock, go } = await withFinding({}, plan);
    await go(10, plan);
    expect(open()).toHaveLength(count);
    await clock.advance(60_000);
    expect((await check.check([plan], signal)).get('a')).toMatchObject({ kind: 'analysed', anomalousPods: pods });
  });

  test('is over when the value is back', async () => {
    const plan = endingWhen('back');
    const { measured, open, stored, go } = await withFinding({}, plan);
    await go(10, plan);
    measured['cart-2'] = (timeMs) => (timeMs >= SPIKE && timeMs < START + 600_000 ? 50 : quiet(timeMs));
    await go(6, plan);
    expect(open()).toHaveLength(0);
    expect([...stored.values()]).toHaveLength(1);
  });
});

describe('what is open', () => {
  test('of a detector whose threshold was raised because of it is closed once the new one has looked', async () => {
    const { measured, open, stored, go } = await withFinding();
    measured['cart-2'] = spikeAt(SPIKE);
    const { plan } = PLAN;
    await go(1, { ...PLAN, generation: 2, plan: { ...plan, threshold: 20 } });
    expect(open()).toHaveLength(0);
    expect([...stored.values()][0]).toMatchObject({ endMs: START + 60_000, closedMs: START + 60_000 });
  });

  test('and found again by the new one goes on, or is opened as its own', async () => {
    const { stored, open, go } = await withFinding();
    await go(1, { ...PLAN, generation: 2 });
    expect(open()).toHaveLength(1);
    const { plan } = PLAN;
    await go(1, { ...PLAN, generation: 3, plan: { ...plan, threshold: 3.5 } });
    expect(open()).toHaveLength(1);
    expect(stored.size).toBe(2);
  });

  test('of a detector that is checked no more is closed at once', async () => {
    const { check, open } = await withFinding();
    check.forget('a');
    await settle();
    expect(open()).toHaveLength(0);
    expect(check.stats()).toMatchObject({ closing: 0 });
    await check.stop();
  });

  test('is closed later where that could not be stored, also when it fails again', async () => {
    const { check, clock, open, control } = await withFinding();
    control.writeFail = FULL;
    check.forget('a');
    await clock.advance(10_000);
    expect(open()).toHaveLength(1);
    expect(check.stats()).toMatchObject({ closing: 1 });
    control.writeFail = undefined;
    await clock.advance(60_000);
    expect(open()).toHaveLength(0);
    await check.stop();
  });

  test('is closed when its series are gone and the first try to say so failed', async () => {
    const { measured, open, control, go } = await withFinding();
    measured['cart-2'] = () => undefined;
    control.writeFail = FULL;
    await go(10);
    const metrics = () => open().map(({ metric }) => metric);
    expect(metrics()).toEqual(['m']);
    control.writeFail = undefined;
    await go(1);
    // That nothing comes any more is told instead.
    expect(metrics()).toEqual([SILENCE_METRIC]);
  });

  test('is closed when it began before the window and the judge that knew it is no more', async () => {
    const { guards } = PLAN.plan;
    const persistence = { ...guards.persistence, clear: 1000 };
    const patient = { ...PLAN, plan: { ...PLAN.plan, guards: { ...guards, persistence } } };
    const { measured, open, control, go } = await withFinding({}, patient);
    measured['cart-2'] = quiet;
    await go(70, patient);
    expect(open()).toHaveLength(1);
    control.writeFail = FULL;
    await go(1, patient);
    control.writeFail = undefined;
    await go(1, patient);
    expect(open()).toHaveLength(0);
  });
});

describe('a detector that is forgotten', () => {
  test('takes nothing of another with it, however alike they are', async () => {
    const twins = [windowPlan('a', ['cart-2']), windowPlan('b', ['cart-2'])];
    const { check, clock, open } = setUp({ 'cart-2': (timeMs) => (timeMs >= SPIKE ? 50 : quiet(timeMs)) });
    await clock.advance(START);
    await check.check(twins, signal);
    expect(open().map(({ detector }) => detector)).toEqual(['shop/a', 'shop/b']);
    check.forget('b');
    await settle();
    expect(open().map(({ detector }) => detector)).toEqual(['shop/a']);
    await check.stop();
  });

  test('has what was open until then end then, not at its peak', async () => {
    const { check, go, stored } = await withFinding();
    await go(2);
    check.forget('a');
    await settle();
    expect([...stored.values()]).toMatchObject([{ endMs: START + 2 * 60_000, closedMs: START + 2 * 60_000 }]);
    await check.stop();
  });

  test('while its window is fetched leaves nothing behind, in the store or here', async () => {
    const judges: unknown[] = [];
    const { check, clock, control, written } = setUp(
      { 'cart-2': spikeAt(SPIKE) },
      {
        createJudge(plan) {
          judges.push(plan);
          return createJudge(plan);
        },
      },
    );
    await clock.advance(START);
    const gate = Promise.withResolvers<void>();
    control.hold = gate.promise;
    const checking = check.check([PLAN], signal);
    await settle();
    check.forget('a');
    gate.resolve();
    expect((await checking).has('a')).toBe(false);
    expect(written).toHaveLength(0);
    expect(judges).toHaveLength(0);
  });

  test('while its findings are written has them closed right after', async () => {
    const { check, clock, control, stored, open } = setUp({ 'cart-2': spikeAt(SPIKE + STEP) });
    await clock.advance(START);
    const gate = Promise.withResolvers<void>();
    control.writeHold = gate.promise;
    const checking = check.check([PLAN], signal);
    await settle();
    check.forget('a');
    gate.resolve();
    await checking;
    await settle();
    expect(stored.size).toBe(1);
    expect(open()).toHaveLength(0);
  });
});

test('a service that comes to choose the pod, or goes, makes no second series and no second finding', async () => {
  const { control, stored, written, go } = await withFinding();
  control.service = undefined;
  await go(1);
  control.service = 'other';
  await go(1);
  expect(stored.size).toBe(1);
  expect(new Set(written.flatMap(({ rows }) => rows.tracks.map(({ key }) => key))).size).toBe(1);
});

test('series that no window has any more are let go, and not before', async () => {
  const forgotten: number[] = [];
  const { go } = await withFinding({
    createJudge(plan) {
      const judge = createJudge(plan);
      return {
        ...judge,
        forgetBefore(timeMs) {
          forgotten.push(timeMs);
          judge.forgetBefore(timeMs);
        },
      };
    },
  });
  await go(1);
  expect(forgotten).toEqual([START - WINDOW_MS, START + 60_000 - WINDOW_MS]);
});
