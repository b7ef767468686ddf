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
import type { TapeReader, TapeSegment } from '#tape/contract.ts';
import type { Progress } from './progress.ts';
import { blindLines, blindPlans } from './replay-blind.ts';
import { openFlow } from './run-tape.ts';

/** A shorter silence is played as it was (`GAP_MS` of src/pipeline/replay.ts). */
const LEAST_SKIPPED_MS = 10 * 60_000;

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
  /** Rejects with what the replay stands failed of, once all is closed: whoever ended it by hand still learns of it. */
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
  const { series } = reader.info;
  for (const line of blindLines(blindPlans(options.plans, series), series)) say.line(line);
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
      if (status.phase === 'failed') options.log.error(failureFields(status.failure), 'the replay failed');
      for (const listener of listeners) listener();
    },
  });
  const state = () => describe(reader, replay.status);
  return {
    start: () => void replay.start(),
    async stop() {
      await replay.stop();
      const { phase, failure } = replay.status;
      if (phase === 'failed') throw failure;
    },
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
    mode: 'replay',
    live: null,
    tape: { name, source, fromMs, toMs, segments: [...segments] },
    nowMs: status.nowMs,
    state: status.phase,
    speed: status.speed,
    progress: status.progress ?? null,
    message: status.failure === undefined ? null : failureText(status.failure),
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
        `Caught up to ${clockTime(status.nowMs)}: ${status.samples.toLocaleString('en')} samples in ${seconds.toFixed(1)} s; going on at ${speed === 'max' ? 'full speed' : `${speed}×`}${gapAhead(reader.info.header.segments, status.nowMs)}`,
      );
    }
    if (status.phase === 'failed') {
      say.line(`Stopped   at ${clockTime(status.nowMs)}: ${failureText(status.failure)}`);
      say.line('          The page stays with what was seen; mend it and jump, or start again.');
    }
    if (status.phase === 'ended')
      say.line(
        `The tape has ended at ${clockTime(reader.info.header.toMs)}. The page stays; play again, or jump, on it.`,
      );
    phase = status.phase;
  };
}

/** What a reader of the log is to know: of what can be expected to happen no stack. */
function failureFields(failure: unknown): object {
  return failure instanceof AppError ? { code: failure.code, message: failure.message } : { err: failure };
}

function failureText(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

/** Where the tape goes on, when nothing was recorded now: the replay does not wait through it. */
function gapAhead(segments: readonly TapeSegment[], nowMs: number): string {
  const recorded = segments.some(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  const nextMs = Math.min(...segments.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > nowMs));
  if (recorded || !Number.isFinite(nextMs) || nextMs - nowMs <= LEAST_SKIPPED_MS) return '';
  return ` (next samples at ${new Date(nextMs).toISOString().slice(11, 16)}; the gap is skipped)`;
}

function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
