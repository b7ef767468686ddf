import { expect, test } from 'vitest';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createLiveSource } from './live-source.ts';

const STATUS: ObserverStatus = {
  ...{ warming: false, series: 5, samples: 9, newestMs: 1000, troubles: [], late: 0, skippedSteps: 0 },
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
