// The tape played into the store, and the handle that the page holds on it.

import type { ReplayState } from '#api/rest/contract.ts';
import type { ReplayControl } from '#api/rest/replay-control.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { Plan } from '#model/plan.ts';
import type { Speed } from '#pipeline/playhead.ts';
import { Replay, type ReplayStatus } from '#pipeline/replay.ts';
import { createStoreSink } from '#pipeline/store-sink.ts';
import type { Store } from '#store/contract.ts';
import type { TapeReader } from '#tape/contract.ts';
import type { Progress } from './progress.ts';
import { openFlow } from './run-tape.ts';

export interface PlayTapeOptions {
  readonly reader: TapeReader;
  readonly plans: readonly Plan[];
  readonly store: Store;
  readonly stream: string;
  readonly speed: Speed;
  readonly workers: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly say: Progress;
}

export interface Playing {
  readonly control: ReplayControl;
  start(): void;
  stop(): Promise<void>;
}

/** Takes over the store (a new epoch) and prepares to go on from where it was left. */
export async function playTape(options: PlayTapeOptions): Promise<Playing> {
  const { reader, store, stream, say } = options;
  const epoch = await store.nextEpoch();
  const resumeMs = await resumePosition(options);
  const warmUpEndMs = reader.info.header.segments.reduce(
    (end, { warmUp, toMs }) => (warmUp && toMs > end ? toMs : end),
    0,
  );
  const targetMs = Math.max(resumeMs ?? 0, warmUpEndMs);
  if (resumeMs !== undefined) say.line(`Resume    from ${clockTime(resumeMs)}; --fresh begins anew`);
  const listeners = new Set<() => void>();
  const tell = createTeller(say, options);
  const replay: Replay = new Replay({
    reader,
    clock: options.clock,
    speed: options.speed,
    ...(targetMs > 0 ? { targetMs } : {}),
    async openFlow(again) {
      if (again) await store.clear();
      const storedMs = (await store.position())?.seenMs ?? Number.NEGATIVE_INFINITY;
      return openFlow(options.plans, options.workers, createStoreSink(store, { epoch, stream, storedMs }));
    },
    onStatus(status) {
      tell(status);
      if (status.phase === 'failed') options.log.error({ err: status.failure }, 'the replay failed');
      for (const listener of listeners) listener();
    },
  });
  const state = () => describe(reader, replay.status);
  return {
    start: () => void replay.start(),
    stop: () => replay.stop(),
    control: {
      state,
      async command(command) {
        replay.command(command);
        return state();
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      answerKey: () => reader.info.header.answerKey,
      series: () => reader.info.series,
    },
  };
}

async function resumePosition({ store, stream }: PlayTapeOptions): Promise<number | undefined> {
  const position = await store.position();
  if (position !== undefined && position.stream !== stream) {
    const { path } = await store.info();
    throw new AppError(
      'other-stream',
      `${path} holds another tape, or the same one under other detectors; use --fresh to begin anew or --data for another folder`,
    );
  }
  return position?.seenMs;
}

function describe(reader: TapeReader, status: ReplayStatus): ReplayState {
  const { name, source, fromMs, toMs, segments } = reader.info.header;
  return {
    tape: { name, source, fromMs, toMs, segments: [...segments] },
    nowMs: status.nowMs,
    state: status.phase,
    speed: status.speed,
    progress: status.progress ?? null,
    message:
      status.failure === undefined
        ? null
        : status.failure instanceof Error
          ? status.failure.message
          : String(status.failure),
    droppedSamples: status.dropped.outOfOrder + status.dropped.unknownSeries,
    samplesPerSecond: Math.round(status.samples / Math.max(status.busyMs / 1000, 0.001)),
  };
}

/** Says how the catching up goes, once when it is done, and when the tape has ended. */
function createTeller(say: Progress, { speed, reader }: PlayTapeOptions): (status: ReplayStatus) => void {
  let phase = '';
  return (status) => {
    if (status.phase === 'catching-up')
      say.update(
        `Playing   the past at full speed: ${Math.round((status.progress ?? 0) * 100)} % (${clockTime(status.nowMs)})`,
      );
    if (status.phase === phase) return;
    if (phase === 'catching-up' && status.phase === 'playing') {
      const seconds = status.busyMs / 1000;
      say.line(
        `Caught up to ${clockTime(status.nowMs)}: ${status.samples.toLocaleString('en')} samples in ${seconds.toFixed(1)} s; going on at ${speed === 'max' ? 'full speed' : `${speed}×`}`,
      );
    }
    if (status.phase === 'failed') {
      const why = status.failure instanceof Error ? status.failure.message : String(status.failure);
      say.line(`Stopped   at ${clockTime(status.nowMs)}: ${why}`);
      say.line('          The page stays with what was seen; mend it and jump, or start again.');
    }
    if (status.phase === 'ended')
      say.line(
        `The tape has ended at ${clockTime(reader.info.header.toMs)}. The page stays; play again, or jump, on it.`,
      );
    phase = status.phase;
  };
}

function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
