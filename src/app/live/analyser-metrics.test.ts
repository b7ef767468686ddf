import { expect, test } from 'vitest';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createAnalyserMetrics } from './analyser-metrics.ts';

test('an analyser lives while it is idle or calls end; not when calls are under way and none ends', async () => {
  const clock = new FakeClock();
  const metrics = createAnalyserMetrics(clock);
  await clock.advance(3_600_000);
  metrics.underWay(1);
  metrics.underWay(2);
  for (let minute = 0; minute < 30; minute++) {
    await clock.advance(60_000);
    metrics.called('Score', 0, 1);
    expect(metrics.stuck()).toBeUndefined();
  }
  await clock.advance(660_000);
  expect(metrics.stuck()).toBe('no call of those under way has ended for 11 min');
  metrics.underWay(0);
  expect(metrics.stuck()).toBeUndefined();
});
