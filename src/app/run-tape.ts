// A tape through the whole pipeline at full speed into a sink: what `replay`, `backtest`, benchmarks and tests share.
import { createMemoryBus } from '#bus/memory.ts';
import { systemClock } from '#kit/clock.ts';
import { PARTITIONS } from '#model/partition.ts';
import type { Plan } from '#model/plan.ts';
import { startFlow } from '#pipeline/flow.ts';
import { joinDenominators, type LookBeneath } from '#pipeline/join-denominators.ts';
import type { Speed } from '#pipeline/playhead.ts';
import type { PartitionRecord, Sink } from '#pipeline/records.ts';
import { Replay, type ReplayStatus } from '#pipeline/replay.ts';
import type { TapeReader } from '#tape/contract.ts';
import { createStepWorkers } from './step-worker.ts';

/** Ticks that a partition holds before the source waits. */
export const TICKS_IN_FLIGHT = 4;

export interface RunTapeOptions {
  readonly reader: TapeReader;
  readonly plans: readonly Plan[];
  /** Threads; 0 steps in this one. */
  readonly workers: number;
  readonly speed: Speed;
  readonly sink: Sink;
  onStatus?(status: ReplayStatus): void;
  readonly lookBeneath?: LookBeneath;
}

/** Plays the tape once to its end. Rejects with what made the pipeline fail. */
export async function runTape(options: RunTapeOptions): Promise<ReplayStatus> {
  const { reader, plans, workers, speed, sink, lookBeneath } = options;
  const ended = Promise.withResolvers<void>();
  const replay = new Replay({
    reader,
    speed,
    clock: systemClock,
    openFlow: async () => openFlow(plans, workers, sink, lookBeneath),
    onStatus: (status) => {
      options.onStatus?.(status);
      if (status.phase === 'ended') ended.resolve();
      if (status.phase === 'failed') ended.reject(status.failure);
    },
  });
  void replay.start();
  try {
    await ended.promise;
    return replay.status;
  } finally {
    await replay.stop();
  }
}

/** Bus, workers and sink, wired. */
export function openFlow(plans: readonly Plan[], workers: number, sink: Sink, look?: LookBeneath) {
  const bus = createMemoryBus<PartitionRecord>({ partitions: PARTITIONS, capacity: TICKS_IN_FLIGHT });
  return startFlow(bus, createStepWorkers(workers, plans), sink, joinDenominators(plans, look));
}
