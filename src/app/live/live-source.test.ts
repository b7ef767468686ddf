import { expect, test } from 'vitest';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createLiveSource } from './live-source.ts';

const STATUS: ObserverStatus = {
  ...{ warming: false, series: 5, samples: 9, newestMs: 1000, troubles: [], late: 0, absent: 0, skippedSteps: 0 },
  clock: { skewMs: 0, aheadRounds: 0, trouble: undefined },
  dropped: { outOfOrder: 0, unknownSeries: 0 },
  failure: undefined,
};

function setUp() {
  const clock = new FakeClock();
  let status = STATUS;
  const source = createLiveSource({
    ...{ clock, steadyClock: clock, cluster: 'c', prometheus: () => 'p', scrapes: false, stepMs: 60_000, watches: {} },
    status: () => status,
    series: () => [],
    storedFromMs: () => undefined,
  });
  const tell = (change: Partial<ObserverStatus>) => {
    status = { ...status, ...change };
  };
  return { clock, tell, state: source.state, troubles: () => source.state().live?.troubles ?? [] };
}

test('samples that were left out are told, whatever the reason', () => {
  const { tell, state, troubles } = setUp();
  expect(state().droppedSamples).toBe(0);
  tell({ dropped: { outOfOrder: 3, unknownSeries: 4 } });
  expect(state().droppedSamples).toBe(7);
  expect(troubles()).toEqual([]);
});

test('a hole that cannot be caught up on is said for as long as the day shows it', async () => {
  const { clock, tell, troubles } = setUp();
  await clock.advance(5000);
  tell({ skippedSteps: 60 });
  expect(troubles()).toMatchObject([{ kind: 'other', what: expect.stringMatching(/60 steps/), sinceMs: 5000 }]);
  await clock.advance(23 * 3_600_000);
  expect(troubles()).toHaveLength(1);
  await clock.advance(2 * 3_600_000);
  expect(troubles()).toEqual([]);
});

test('a clock that is off is said, and blocks nothing', () => {
  const { tell, troubles } = setUp();
  tell({ clock: { skewMs: 600_000, aheadRounds: 0, trouble: { what: 'clock: 10 min', sinceMs: 7 } } });
  expect(troubles()).toMatchObject([{ what: 'clock: 10 min', sinceMs: 7, blocking: false }]);
});

test('hours of history that warm the detectors are no rate, and a rate is that of the last minutes', async () => {
  const { clock, tell, state } = setUp();
  tell({ warming: true, samples: 1_000_000 });
  expect(state().samplesPerSecond).toBe(0);
  await clock.advance(60_000);
  tell({ warming: false });
  expect(state().samplesPerSecond).toBe(0);
  for (let minute = 1; minute <= 30; minute++) {
    await clock.advance(60_000);
    tell({ samples: 1_000_000 + minute * 6000 });
    expect(state().samplesPerSecond).toBe(100);
  }
});

const away = (sinceMs: number) => ({
  ...{
    metricName: 'all queries',
    code: 'unavailable',
    message: 'no answer; name another with --prometheus URL',
    sinceMs,
  },
});

test('a Prometheus that has answered nothing since the start makes it unready', () => {
  const { tell, troubles } = setUp();
  tell({ series: 0, samples: 0, newestMs: Number.NaN, troubles: [away(0)] });
  expect(troubles()).toMatchObject([{ kind: 'prometheus-away', blocking: true }]);
  expect(troubles()[0]?.remedy).not.toContain('--prometheus');
});

test('one that answered before is given three minutes, and one that refuses one query blocks nothing', async () => {
  const { clock, tell, troubles } = setUp();
  tell({ troubles: [away(0)] });
  await clock.advance(170_000);
  expect(troubles()).toMatchObject([{ kind: 'prometheus-away', blocking: false }]);
  await clock.advance(20_000);
  expect(troubles()).toMatchObject([{ blocking: true }]);
  tell({ troubles: [{ ...away(0), metricName: 'one', code: 'bad-input' }] });
  expect(troubles()).toMatchObject([{ kind: 'other', blocking: false }]);
});
