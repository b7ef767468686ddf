import { expect, test } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { keepObserving } from './keep-observing.ts';

function setUp() {
  const clock = new FakeClock();
  const opened: number[] = [];
  const heard: ObserverStatus[] = [];
  let underWay = 0;
  let most = 0;
  let storedMs = Number.NEGATIVE_INFINITY;
  let tell: (status: Partial<ObserverStatus>) => void = () => {};
  const observing = keepObserving({
    ...{ clock, log: createLog('silent') },
    position: async () => storedMs,
    onRound: (status) => heard.push(status),
    open(fromMs, attempt, onRound) {
      expect(attempt).toBe(opened.length);
      opened.push(fromMs);
      let status = { warming: true } as ObserverStatus;
      tell = (change) => {
        status = { ...status, ...change };
        onRound(status);
      };
      return {
        observer: {
          start() {
            most = Math.max(most, ++underWay);
          },
          get status() {
            return status;
          },
        },
        series: () => [{ id: opened.length, labels: {}, stepMs: 1 }],
        stop: async () => void underWay--,
      };
    },
  });
  const control = {
    tell: (status: Partial<ObserverStatus>) => tell(status),
    store: (ms: number) => {
      storedMs = ms;
    },
  };
  return { clock, opened, heard, observing, control, underWay: () => underWay, most: () => most };
}

test('one append that fails does not end observing: it goes on from what is stored', async () => {
  const { clock, opened, observing, control, underWay, most } = setUp();
  expect(observing.observer.status).toMatchObject({ warming: true, series: 0 });
  observing.observer.start();
  await clock.advance(0);
  control.tell({ warming: false });
  control.store(500);
  control.tell({ failure: new AppError('disk-full', 'no room') });
  await clock.advance(0);
  // It says why until the next one has begun.
  expect(observing.observer.status.failure).toMatchObject({ code: 'disk-full' });
  expect(underWay()).toBe(0);
  await clock.advance(1000);
  expect(observing.observer.status).toMatchObject({ warming: true });
  expect(observing.observer.status.failure).toBeUndefined();
  expect(observing.series()).toMatchObject([{ id: 2 }]);
  expect(opened).toEqual([Number.NEGATIVE_INFINITY, 500]);
  expect(most()).toBe(1);
  await observing.stop();
  expect(underWay()).toBe(0);
});

test('a store that fails for hours is not asked more than twice a minute', async () => {
  const { clock, opened, observing, control } = setUp();
  observing.observer.start();
  for (let second = 0; second < 3600; second++) {
    await clock.advance(1000);
    control.tell({ failure: new Error('no room') });
  }
  expect(opened.length).toBeGreaterThan(100);
  expect(opened.length).toBeLessThan(130);
  await observing.stop();
}, 30_000);
