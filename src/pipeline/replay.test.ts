import { expect, test } from 'vitest';
import { FakeClock, settle } from '../../test/fixtures/fake-clock.ts';
import { MINUTE, madeUpTape, readerOf, START } from '../../test/fixtures/made-up-tape.ts';
import type { Flow } from './flow.ts';
import type { Speed } from './playhead.ts';
import { Replay } from './replay.ts';
import type { SplitTick } from './split.ts';

interface Options {
  readonly speed?: Speed;
  readonly targetMs?: number;
  readonly gapAfter?: number;
  readonly failOnce?: boolean;
}

function player(options: Options = {}) {
  const tape = madeUpTape({
    pods: 1,
    minutes: 20,
    ...(options.gapAfter === undefined ? {} : { gapAfter: options.gapAfter }),
  });
  const clock = new FakeClock();
  const runs: SplitTick[][] = [];
  let fail = options.failOnce === true;
  let cleared = 0;
  const openFlow = async (again: boolean): Promise<Flow> => {
    if (again) cleared++;
    const ticks: SplitTick[] = [];
    runs.push(ticks);
    return {
      submit: async (tick) => {
        if (fail) {
          fail = false;
          throw new Error('the sink broke');
        }
        ticks.push(tick);
      },
      drained: async () => {},
      dropped: () => ({ outOfOrder: 2, unknownSeries: 0 }),
      close: async () => {},
    };
  };
  const { speed = 60, targetMs } = options;
  const replay = new Replay({
    reader: readerOf(tape),
    clock,
    speed,
    openFlow,
    ...(targetMs === undefined ? {} : { targetMs }),
  });
  const seen = () => (runs.at(-1) ?? []).reduce((sum, tick) => sum + tick.samples, 0);
  return { replay, clock, runs, seen, tape, cleared: () => cleared };
}

test('at 60× a minute of the tape takes a second', async () => {
  const { replay, clock, seen } = player();
  void replay.start();
  await clock.advance(5000);
  expect(seen()).toBe(6 * 3);
  expect(replay.status).toMatchObject({ phase: 'playing', nowMs: START + 5 * MINUTE });
  await replay.stop();
});

test('a target is reached at once, and then the pace begins', async () => {
  const { replay, clock, seen } = player({ targetMs: START + 10 * MINUTE });
  void replay.start();
  await settle();
  expect(seen()).toBe(11 * 3);
  await clock.advance(2000);
  expect(seen()).toBe(13 * 3);
  await replay.stop();
});

test('paused, nothing moves; play goes on from there', async () => {
  const { replay, clock, seen } = player();
  void replay.start();
  await clock.advance(2000);
  replay.command({ action: 'pause' });
  await clock.advance(60_000);
  expect(replay.status).toMatchObject({ phase: 'paused', nowMs: START + 2 * MINUTE });
  expect(seen()).toBe(3 * 3);
  replay.command({ action: 'play' });
  await clock.advance(1000);
  expect(seen()).toBe(4 * 3);
  await replay.stop();
});

test('a command is answered with the state it made', async () => {
  const { replay, clock } = player();
  void replay.start();
  await clock.advance(1000);
  replay.command({ action: 'pause' });
  expect(replay.status.phase).toBe('paused');
  replay.command({ action: 'jump', toMs: START });
  expect(replay.status.phase).toBe('catching-up');
  await replay.stop();
});

test('the clock skips a gap instead of waiting it out', async () => {
  const { replay, clock, seen } = player({ gapAfter: 9 });
  void replay.start();
  await clock.advance(13_000);
  expect(seen()).toBeGreaterThan(10 * 3);
  expect(replay.status.nowMs).toBeGreaterThan(START + 180 * MINUTE);
  await replay.stop();
});

test('full speed goes through to the end; play at the end begins again', async () => {
  const { replay, clock, seen, runs, tape } = player({ speed: 'max' });
  void replay.start();
  await settle();
  expect(seen()).toBe(20 * 3);
  expect(replay.status).toMatchObject({ phase: 'ended', nowMs: tape.header.toMs });
  replay.command({ action: 'play' });
  await clock.advance(1000);
  expect(runs).toHaveLength(2);
  expect(seen()).toBe(20 * 3);
  await replay.stop();
});

test('a jump ahead hurries in the same run; a jump back runs again from the start', async () => {
  const { replay, clock, seen, runs } = player();
  void replay.start();
  await clock.advance(1000);
  replay.command({ action: 'jump', toMs: START + 15 * MINUTE });
  await settle();
  expect(seen()).toBe(16 * 3);
  expect(runs).toHaveLength(1);
  replay.command({ action: 'pause' });
  replay.command({ action: 'jump', toMs: START + 4 * MINUTE });
  await clock.advance(1000);
  expect(runs).toHaveLength(2);
  expect(seen()).toBe(5 * 3);
  expect(replay.status).toMatchObject({ phase: 'paused', nowMs: START + 4 * MINUTE });
  await replay.stop();
});

test('a jump beyond either end stops at the end', async () => {
  const { replay, clock, tape } = player();
  void replay.start();
  replay.command({ action: 'jump', toMs: Number.MAX_SAFE_INTEGER });
  await clock.advance(1000);
  expect(replay.status).toMatchObject({ phase: 'ended', nowMs: tape.header.toMs });
  replay.command({ action: 'jump', toMs: 0 });
  await clock.advance(300);
  expect(replay.status.nowMs).toBeLessThan(START + 2 * MINUTE);
  await replay.stop();
});

test('slowing down from full speed goes on from where it is', async () => {
  const { replay, clock, tape } = player();
  void replay.start();
  await clock.advance(1000);
  const full = replay.status.nowMs;
  replay.command({ action: 'speed', speed: 'max' });
  replay.command({ action: 'speed', speed: 60 });
  await clock.advance(2000);
  expect(replay.status.nowMs).toBeGreaterThan(full);
  expect(replay.status.nowMs).toBeLessThan(tape.header.toMs);
  await replay.stop();
});

test('play after a failure goes on where it broke, and leaves what is stored', async () => {
  const { replay, clock, seen, cleared } = player({ failOnce: true, targetMs: START + 5 * MINUTE });
  void replay.start();
  await settle();
  expect(replay.status.phase).toBe('failed');
  replay.command({ action: 'play' });
  await clock.advance(2000);
  expect(replay.status.phase).toBe('playing');
  expect(cleared()).toBe(0);
  expect(seen()).toBeGreaterThan(0);
  await replay.stop();
});

test('a failure is a state with its reason, and a jump tries again', async () => {
  const { replay, clock, seen } = player({ failOnce: true });
  void replay.start();
  await settle();
  expect(replay.status.phase).toBe('failed');
  expect(String(replay.status.failure)).toContain('the sink broke');
  replay.command({ action: 'jump', toMs: START + 3 * MINUTE });
  await clock.advance(1000);
  expect(replay.status.phase).toBe('playing');
  expect(seen()).toBeGreaterThanOrEqual(4 * 3);
  await replay.stop();
});
