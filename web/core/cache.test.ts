import { describe, expect, test, vi } from 'vitest';
import { createCache } from './cache.ts';

function setUp(options: { keep?: number } = {}) {
  let nowMs = 0;
  const timers: { at: number; run: () => void }[] = [];
  const cache = createCache({
    now: () => nowMs,
    setTimer: (run, delayMs) => timers.push({ at: nowMs + delayMs, run }),
    ...options,
  });
  const advance = (ms: number): void => {
    nowMs += ms;
    for (const timer of timers.splice(0)) {
      if (timer.at <= nowMs) timer.run();
      else timers.push(timer);
    }
  };
  return { cache, advance };
}

/** A fetcher whose answers the test gives. */
function deferred() {
  const waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  const fetcher = vi.fn(() => new Promise<unknown>((resolve, reject) => waiting.push({ resolve, reject })));
  const next = () => waiting.shift() ?? { resolve: () => {}, reject: () => {} };
  return { fetcher, next };
}

const settled = (): Promise<void> => Promise.resolve().then(() => undefined);

describe('the cache', () => {
  test('fetches once for two who watch, and shows loading first', async () => {
    const { cache } = setUp();
    const { fetcher, next } = deferred();
    const listener = vi.fn();
    cache.watch('a', fetcher, listener);
    cache.watch('a', fetcher, listener);
    expect(fetcher).toHaveBeenCalledOnce();
    expect(cache.read('a').loading).toBe(true);
    next().resolve(7);
    await settled();
    expect(cache.read('a')).toEqual({ data: 7, loading: false });
    expect(listener).toHaveBeenCalled();
  });

  test('keeps the old answer while it fetches again', async () => {
    const { cache, advance } = setUp();
    const { fetcher, next } = deferred();
    cache.watch('a', fetcher, () => {});
    next().resolve('old');
    await settled();
    advance(5000);
    cache.invalidate();
    expect(cache.read('a')).toEqual({ data: 'old', loading: true });
    next().resolve('new');
    await settled();
    expect(cache.read('a').data).toBe('new');
  });

  test('keeps the old answer beside the error, and a retry clears it', async () => {
    const { cache, advance } = setUp();
    const { fetcher, next } = deferred();
    cache.watch('a', fetcher, () => {});
    next().resolve('old');
    await settled();
    advance(5000);
    cache.invalidate();
    next().reject(new Error('gone'));
    await settled();
    expect(cache.read('a').data).toBe('old');
    expect(cache.read('a').error?.message).toBe('gone');
    cache.retry('a');
    next().resolve('new');
    await settled();
    expect(cache.read('a')).toEqual({ data: 'new', loading: false });
  });

  test('turns a burst of changes into one more request, at least the gap after the last', async () => {
    const { cache, advance } = setUp();
    const { fetcher, next } = deferred();
    cache.watch('a', fetcher, () => {});
    next().resolve(1);
    await settled();
    for (let i = 0; i < 20; i++) cache.invalidate();
    expect(fetcher).toHaveBeenCalledTimes(1);
    advance(1000);
    expect(fetcher).toHaveBeenCalledTimes(2);
  });

  test('fetches again after a change that came during a request', async () => {
    const { cache, advance } = setUp();
    const { fetcher, next } = deferred();
    cache.watch('a', fetcher, () => {});
    cache.invalidate();
    cache.invalidate();
    advance(2000);
    next().resolve(1);
    await settled();
    expect(fetcher).toHaveBeenCalledTimes(2);
  });

  test('fetches what nobody watches only when it is watched again', async () => {
    const { cache, advance } = setUp();
    const { fetcher, next } = deferred();
    const stop = cache.watch('a', fetcher, () => {});
    next().resolve(1);
    await settled();
    stop();
    advance(5000);
    cache.invalidate();
    expect(fetcher).toHaveBeenCalledTimes(1);
    cache.watch('a', fetcher, () => {});
    expect(fetcher).toHaveBeenCalledTimes(2);
    expect(cache.read('a').data).toBe(1);
  });

  test('forgets the oldest that nobody watches', async () => {
    const { cache } = setUp({ keep: 2 });
    for (const key of ['a', 'b', 'c']) {
      cache.watch(
        key,
        async () => key,
        () => {},
      )();
      await settled();
    }
    cache.watch(
      'd',
      async () => 'd',
      () => {},
    );
    expect(cache.read('a')).toEqual({ loading: false });
    expect(cache.read('c').data).toBe('c');
  });

  test('keeps the picture from before a jump while held, marked as outdated, and fetches it again after', async () => {
    const { cache } = setUp();
    const { fetcher, next } = deferred();
    cache.watch('a', fetcher, () => {});
    next().resolve('before');
    await settled();
    cache.hold(true);
    cache.invalidate();
    expect(cache.read('a')).toMatchObject({ data: 'before', outdated: true });
    expect(fetcher).toHaveBeenCalledOnce();
    cache.hold(false);
    expect(fetcher).toHaveBeenCalledTimes(2);
    expect(cache.read('a')).toMatchObject({ data: 'before', outdated: true });
    next().resolve('after');
    await settled();
    expect(cache.read('a')).toEqual({ data: 'after', loading: false });
  });

  test('passes over an answer that arrives while held', async () => {
    const { cache } = setUp();
    const { fetcher, next } = deferred();
    cache.watch('a', fetcher, () => {});
    next().resolve('before');
    await settled();
    cache.retry('a');
    cache.hold(true);
    next().reject(new Error('not reached yet'));
    await settled();
    expect(cache.read('a')).toEqual({ data: 'before', loading: false, outdated: true });
  });

  test('marks an error as outdated when what it is about has not been reached', async () => {
    const { cache } = setUp();
    const { fetcher, next } = deferred();
    cache.hold(true);
    cache.watch('a', fetcher, () => {});
    next().reject(new Error('not reached yet'));
    await settled();
    expect(cache.read('a')).toMatchObject({ loading: false, outdated: true });
  });
});
