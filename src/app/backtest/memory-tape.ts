// Signals that were fetched or read, as a tape in memory: so that history from anywhere goes through the very same replay.
import type { SeriesInfo } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import type { TapeHeader, TapeReader, TapeSegment } from '#tape/contract.ts';

/** A silence longer than this, and longer than so many steps, is a gap: quiet time is not counted in it. */
const LEAST_GAP_MS = 600_000;
const GAP_STEPS = 10;

export interface MemoryTape {
  readonly name: string;
  readonly source: string;
  readonly stepMs: number;
  /** By `seenMs`, dictionaries first. */
  readonly signals: readonly Signal[];
}

/** A reader whose time ends a millisecond after the last frame; `signals` ignores its range: all of it is played. */
export function memoryTape({ name, source, stepMs, signals }: MemoryTape): TapeReader {
  const seen = signals.flatMap((signal) => (signal.kind === 'frame' ? [signal.seenMs] : []));
  const fromMs = seen[0] ?? 0;
  const toMs = (seen.at(-1) ?? fromMs - 1) + 1;
  const segments = stretchesOf(seen, Math.max(LEAST_GAP_MS, GAP_STEPS * stepMs));
  const header: TapeHeader = {
    ...{ version: 1, name, source, licence: '', fromMs, toMs, segments },
    answerKey: [],
  };
  const series: SeriesInfo[] = signals.flatMap((signal) => (signal.kind === 'series' ? signal.series : []));
  const samples = signals.reduce((sum, signal) => sum + (signal.kind === 'frame' ? signal.ids.length : 0), 0);
  return {
    info: { header, sizeBytes: 0, checksum: '', blocks: 0, samples, spans: 0, series },
    async *signals() {
      yield* signals;
    },
    close: async () => undefined,
  };
}

function stretchesOf(seen: readonly number[], gapMs: number): TapeSegment[] {
  const stretches: { fromMs: number; toMs: number }[] = [];
  for (const seenMs of seen) {
    const open = stretches.at(-1);
    if (open !== undefined && seenMs - open.toMs <= gapMs) open.toMs = seenMs + 1;
    else stretches.push({ fromMs: seenMs, toMs: seenMs + 1 });
  }
  return stretches.map((stretch, index) => ({ name: `stretch ${index + 1}`, ...stretch, shiftedMs: 0, warmUp: false }));
}
