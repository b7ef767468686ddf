import { describe, expect, it } from 'vitest';
import { refreshed } from './refreshed.ts';
import { createTestClock } from './test-world.ts';

/** A reading that lasts until it is released. */
function slowRead() {
  let count = 0;
  const waiting: (() => void)[] = [];
  return {
    get count() {
      return count;
    },
    read: () =>
      new Promise<number>((resolve) => {
        count++;
        const value = count;
        waiting.push(() => resolve(value));
      }),
    release: () => waiting.shift()?.(),
  };
}

describe('what is read again when it may have changed', () => {
  it('is read once for all who ask at once', async () => {
    const slow = slowRead();
    const value = refreshed(slow.read, createTestClock());
    const all = Promise.all([value.get(), value.get(), value.get()]);
    slow.release();
    expect(await all).toEqual([1, 1, 1]);
    expect(await value.get()).toBe(1);
  });

  it('is not read again while nothing changed', async () => {
    const clock = createTestClock();
    let count = 0;
    const value = refreshed(async () => ++count, clock);
    await value.get();
    await clock.advance(1_000_000);
    expect(await value.get()).toBe(1);
  });

  it('rests four times as long as the reading took', async () => {
    const clock = createTestClock();
    const slow = slowRead();
    const value = refreshed(slow.read, clock);
    const first = value.get();
    await clock.advance(1000);
    slow.release();
    await first;
    value.invalidate();
    await clock.advance(3999);
    expect(await value.get()).toBe(1);
    await clock.advance(1);
    const second = value.get();
    slow.release();
    expect(await second).toBe(2);
  });

  it('that changed while it was read is read again', async () => {
    const clock = createTestClock();
    const slow = slowRead();
    const value = refreshed(slow.read, clock);
    const first = value.get();
    value.invalidate();
    slow.release();
    await first;
    await clock.advance(1000);
    const second = value.get();
    slow.release();
    expect(await second).toBe(2);
  });

  it('that could not be read is tried again by the next who asks', async () => {
    let count = 0;
    const value = refreshed(async () => {
      count++;
      if (count === 1) throw new Error('away');
      return count;
    }, createTestClock());
    await expect(value.get()).rejects.toThrow('away');
    expect(await value.get()).toBe(2);
  });
});
