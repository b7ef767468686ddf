import { describe, expect, test, vi } from 'vitest';
import type { ReplayState } from '#api/rest/contract.ts';
import { POLL_MS, startLive } from './live.ts';

function setUp() {
  let nowMs = 1000;
  const sources: { listeners: Map<string, (event: { data?: unknown }) => void>; closed: boolean }[] = [];
  const timers: (() => void)[] = [];
  const changed = vi.fn();
  const polled = { nowMs: 5 } as ReplayState;
  const live = startLive({
    open() {
      const source = { listeners: new Map<string, (event: { data?: unknown }) => void>(), closed: false };
      sources.push(source);
      return {
        addEventListener: (name, listener) => void source.listeners.set(name, listener),
        close: () => {
          source.closed = true;
        },
      };
    },
    poll: async () => polled,
    changed,
    now: () => nowMs,
    setTimer: (run, delayMs) => {
      expect([200, POLL_MS]).toContain(delayMs);
      timers.push(run);
    },
  });
  const emit = (name: string, data?: unknown): void => sources.at(-1)?.listeners.get(name)?.({ data });
  const tick = (): void => {
    nowMs += POLL_MS;
    for (const run of timers.splice(0)) run();
  };
  return { live, emit, tick, changed, sources };
}

describe('the live connection', () => {
  test('takes the state of the replay from the stream', () => {
    const { live, emit } = setUp();
    emit('replay', '{"nowMs":42}');
    expect(live.connection()).toEqual({ state: 'live' });
    expect(live.replay()?.nowMs).toBe(42);
  });

  test('passes over a line that is not JSON', () => {
    const { live, emit } = setUp();
    emit('replay', '{"nowMs":42}');
    emit('replay', '{cut');
    expect(live.replay()?.nowMs).toBe(42);
  });

  test('says when it was lost, and keeps that time while it stays lost', () => {
    const { live, emit, tick } = setUp();
    emit('open');
    emit('error');
    tick();
    emit('error');
    expect(live.connection()).toEqual({ state: 'lost', sinceMs: 1000 });
  });

  test('polls while it is lost, and stops when it is back', async () => {
    const { live, emit, tick, changed } = setUp();
    emit('open');
    emit('error');
    tick();
    await Promise.resolve();
    expect(changed).toHaveBeenCalledTimes(1);
    expect(live.replay()?.nowMs).toBe(5);
    emit('open');
    expect(live.connection()).toEqual({ state: 'live' });
    expect(changed).toHaveBeenCalledTimes(2);
    tick();
    tick();
    expect(changed).toHaveBeenCalledTimes(2);
  });

  test('asks at once when the stream never opened', async () => {
    const { live, emit } = setUp();
    emit('error');
    await Promise.resolve();
    expect(live.replay()?.nowMs).toBe(5);
  });

  test('closes the old source before it opens a new one', () => {
    const { emit, tick, sources } = setUp();
    emit('error');
    tick();
    expect(sources).toHaveLength(2);
    expect(sources[0]?.closed).toBe(true);
    expect(sources[1]?.closed).toBe(false);
  });

  test('asks often while a jump is under way, until it is over', async () => {
    const { live, emit, tick } = setUp();
    emit('replay', '{"state":"playing","nowMs":1}');
    live.aim(5);
    live.accept({ state: 'catching-up', nowMs: 1, progress: 0.5 } as ReplayState, true);
    live.accept({ state: 'paused', nowMs: 1, progress: 0.5 } as ReplayState, false);
    expect(live.jump()).toBeUndefined();
    live.aim(5);
    live.accept({ state: 'paused', nowMs: 1, progress: null } as ReplayState, false);
    expect(live.jump()?.toMs).toBe(5);
    live.accept({ state: 'catching-up', nowMs: 1, progress: 0.5 } as ReplayState, true);
    tick();
    await Promise.resolve();
    expect(live.replay()?.nowMs).toBe(5);
    expect(live.jump()).toBeUndefined();
    expect(live.ageMs()).toBe(0);
    tick();
    expect(live.ageMs()).toBe(POLL_MS);
  });

  test('an answer to what was asked before a jump was over does not undo the jump', async () => {
    const { live, emit, tick } = setUp();
    emit('replay', '{"state":"playing","nowMs":1}');
    live.aim(9);
    emit('replay', '{"state":"catching-up","nowMs":1,"progress":0.1}');
    tick();
    live.accept({ state: 'catching-up', nowMs: 1, progress: 0.5 } as ReplayState, true);
    await Promise.resolve();
    expect(live.replay()?.nowMs).toBe(1);
    expect(live.jump()?.toMs).toBe(9);
    tick();
    await Promise.resolve();
    expect(live.replay()?.nowMs).toBe(5);
    expect(live.jump()).toBeUndefined();
  });

  test('is quiet after it was stopped', () => {
    const { live, emit, tick, changed } = setUp();
    emit('error');
    live.stop();
    tick();
    expect(changed).not.toHaveBeenCalled();
  });
});
