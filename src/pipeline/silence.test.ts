import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { quiet, START, setUp, signal, windowPlan } from '../../test/fixtures/windows.ts';
import { SILENCE_METRIC, silenceBoundMs } from './silence.ts';
import { WINDOW_MS, type WindowPlan } from './window-plan.ts';

const MINUTE = 60_000;
const PLAN = windowPlan('a', ['cart-1']);

/** A series that ends at START, until it is said to have come back. */
async function falling() {
  let backMs = Number.POSITIVE_INFINITY;
  const measured = (timeMs: number) => (timeMs <= START || timeMs >= backMs ? quiet(timeMs) : undefined);
  const world = setUp({ 'cart-1': measured });
  await world.clock.advance(START);
  const go = async (minutes: number, plan: WindowPlan = PLAN) => {
    const outcomes = [];
    for (let minute = 0; minute < minutes; minute++) {
      await world.clock.advance(MINUTE);
      outcomes.push((await world.check.check([plan], signal)).get(plan.key));
    }
    return outcomes.at(-1);
  };
  const silences = () => [...world.stored.values()].filter(({ metric }) => metric === SILENCE_METRIC);
  return { ...world, go, silences, comeBack: () => (backMs = world.clock.nowMs()) };
}

test('what was scored and is no more is a finding after three checks at least, and five minutes', async () => {
  const { go, silences } = await falling();
  expect(await go(6)).not.toHaveProperty('silent');
  expect(silences()).toEqual([]);
  expect(await go(1)).toMatchObject({ silent: { metricName: 'm', sinceMs: START } });
  const [finding, ...others] = silences();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    ...{ detector: 'shop/a', direction: 'above', entity: { kind: 'other', namespace: 'shop', name: 'shop/a' } },
    opening: { value: 420, upper: 360, expected: 360 },
  });
});

test('it goes on when the window has nothing left, and is over with the first new score', async () => {
  const { go, silences, comeBack, open } = await falling();
  const gone = await go(WINDOW_MS / MINUTE + 5);
  expect(gone).toMatchObject({ kind: 'no-metrics', silent: { sinceMs: START } });
  expect(silences()).toHaveLength(1);
  comeBack();
  await go(4);
  expect(open()).toHaveLength(1);
  expect(await go(4)).not.toHaveProperty('silent');
  expect(silences()).toHaveLength(1);
  expect(open()).toEqual([]);
});

test('one that could not be stored is stored by the next check', async () => {
  const { go, silences, control } = await falling();
  await go(6);
  control.writeFail = new AppError('disk-full', 'no room');
  await go(3);
  expect(silences()).toEqual([]);
  control.writeFail = undefined;
  await go(1);
  expect(silences()).toHaveLength(1);
});

test('an end that could not be stored is stored by the next check', async () => {
  const { go, comeBack, control, open } = await falling();
  await go(10);
  comeBack();
  control.writeFail = new AppError('disk-full', 'no room');
  await go(5);
  control.writeFail = undefined;
  expect(open()).toHaveLength(1);
  await go(1);
  expect(open()).toEqual([]);
});

test('of a detector that is checked no more it is closed', async () => {
  const { go, check, open } = await falling();
  await go(10);
  check.forget('a');
  await check.stop();
  expect(open()).toEqual([]);
});

test('another spec is not silent for what the former one scored, and what is open of that ends', async () => {
  const { go, silences, open } = await falling();
  await go(WINDOW_MS / MINUTE + 5);
  expect(open()).toHaveLength(1);
  const other = { ...PLAN, generation: 2, plan: { ...PLAN.plan, metricName: 'never' } };
  const outcome = await go(20, other);
  expect(outcome).toMatchObject({ kind: 'no-metrics' });
  expect(outcome).not.toHaveProperty('silent');
  expect(open()).toEqual([]);
  expect(silences()).toHaveLength(1);
});

test('a check that fails, and one that never scored, are no silence', async () => {
  const { go, silences, control, clock } = await falling();
  control.fail = new AppError('unavailable', 'away');
  expect(await go(30)).toMatchObject({ kind: 'failed' });
  expect(silences()).toEqual([]);
  const never = setUp({ 'cart-1': (timeMs) => (timeMs === START ? 1 : undefined) });
  await never.clock.advance(clock.nowMs());
  await never.check.check([PLAN], signal);
  expect(never.stored.size).toBe(0);
});

test('who looks every hour is silent only after three', () => {
  expect(silenceBoundMs({ intervalMs: 3_600_000, stepMs: 30_000 })).toBe(3 * 3_600_000 + MINUTE);
});
