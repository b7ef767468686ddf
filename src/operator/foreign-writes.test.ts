import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import type { DetectorStatus } from './detector-status.ts';
import { createForeignWrites } from './foreign-writes.ts';

const KEY = 'shop/latency';
const MINUTE = 60_000;
const checkedAt = (timeMs: number) => ({ lastCheckTime: new Date(timeMs).toISOString() }) as DetectorStatus;

async function afterAMinuteOfLeading() {
  const clock = new FakeClock();
  const writes = createForeignWrites(clock);
  writes.heard(KEY, {}, 1);
  await clock.advance(MINUTE);
  return { clock, writes };
}

describe('a status', () => {
  test('that is one of ours, whenever it is heard, is nobody else’s', async () => {
    const { writes } = await afterAMinuteOfLeading();
    for (const timeMs of [40_000, 50_000, MINUTE]) writes.ours(KEY, checkedAt(timeMs));
    writes.heard(KEY, checkedAt(50_000), 1);
    expect(writes.newest).toBeUndefined();
  });

  test('that is none of ours is somebody’s who acts on the same detectors, until it is long ago', async () => {
    const { clock, writes } = await afterAMinuteOfLeading();
    writes.ours(KEY, checkedAt(MINUTE));
    writes.heard(KEY, checkedAt(MINUTE - 1), 1);
    expect(writes.newest).toMatchObject({ key: KEY, sinceMs: MINUTE });
    await clock.advance(MINUTE);
    writes.heard(KEY, checkedAt(2 * MINUTE), 1);
    expect(writes.newest).toMatchObject({ sinceMs: MINUTE });
    await clock.advance(3 * MINUTE);
    expect(writes.newest).toBeUndefined();
  });

  test('of who led before is as it should be, however late it is heard', async () => {
    const { clock, writes } = await afterAMinuteOfLeading();
    writes.heard(KEY, checkedAt(MINUTE), undefined);
    await clock.advance(MINUTE);
    writes.heard(KEY, checkedAt(2 * MINUTE - 1), 2);
    writes.heard(KEY, checkedAt(2 * MINUTE + 10_000), 2);
    expect(writes.newest).toBeUndefined();
  });
});
