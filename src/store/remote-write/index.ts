// Sends scores to any receiver of Prometheus' remote write (Prometheus, VictoriaMetrics, Mimir, Thanos, M3DB), beside the
// store that is the truth. One request at a time, so that a series stays in order; what cannot be sent waits in a bounded
// queue, and whatever is dropped is counted by reason. A point that is scored again is not sent again: receivers refuse
// it, and with it its whole request.
import type { Track } from '#model/score.ts';
import type { ScoreBlock } from '#model/score-block.ts';
import { createDelivery } from './delivery.ts';
import type { RemoteWriteVersion } from './encode.ts';
import { type RemoteWriterOptions, USUAL } from './options.ts';
import { createSampleQueue } from './sample-queue.ts';
import { type SeriesOfTrack, seriesOfTrack, WRITTEN, type WrittenFigure } from './score-series.ts';

export type { RemoteWriterOptions } from './options.ts';

/** Why a sample was not written. */
export type DropReason = 'queue-full' | 'refused' | 'not-newer' | 'closed';

export interface RemoteWriterStats {
  /** That is spoken now. */
  readonly version: RemoteWriteVersion;
  readonly sentSamples: number;
  readonly queuedSamples: number;
  readonly droppedSamples: Readonly<Record<DropReason, number>>;
  readonly requests: number;
  readonly retries: number;
  /** What went wrong last, in a sentence; undefined while all is well. */
  readonly trouble: string | undefined;
}

export interface RemoteWriter {
  /** Takes the scored points of a block; `block.tracks[row]` is an index into `tracks`. Never throws, never waits. */
  write(block: ScoreBlock, tracks: readonly Track[]): void;
  /** Resolves when what was taken so far is sent or dropped. */
  flush(): Promise<void>;
  stats(): RemoteWriterStats;
  /** Tries for `patienceMs` (5 s) to send what is left; drops and counts the rest. */
  close(patienceMs?: number): Promise<void>;
}

interface Known {
  readonly series: SeriesOfTrack;
  lastMs: number;
}

const FIGURES = Object.keys(WRITTEN) as WrittenFigure[];
/** Tracks whose last time is remembered; pods come and go, and the map must not grow with them. */
const MOST_KNOWN = 100_000;
const IDLE_MS = 3_600_000;

export function createRemoteWriter(options: RemoteWriterOptions): RemoteWriter {
  const dropped: Record<DropReason, number> = { 'queue-full': 0, refused: 0, 'not-newer': 0, closed: 0 };
  const { batchSamples = USUAL.batchSamples, maxQueued = USUAL.maxQueued } = options;
  const queue = createSampleQueue({ batchSamples: Math.min(batchSamples, maxQueued), maxQueued }, (samples) => {
    dropped['queue-full'] += samples;
    delivery.backlog.evict(samples);
  });
  const delivery = createDelivery(queue, options, (reason, samples) => {
    dropped[reason] += samples;
  });
  const known = new Map<string, Known>();

  const takeRow = (block: ScoreBlock, row: number, entry: Known) => {
    const timeMs = block.timesMs[row] ?? Number.NaN;
    // A missing point has no score, and nothing to tell.
    const figures = FIGURES.filter((figure) => !Number.isNaN(block[figure][row]));
    if (Number.isNaN(block.scores[row])) return;
    if (delivery.isClosed) dropped.closed += figures.length;
    else if (!(timeMs > entry.lastMs)) dropped['not-newer'] += figures.length;
    else {
      entry.lastMs = timeMs;
      for (const figure of figures) queue.add(entry.series[figure], timeMs, block[figure][row] ?? Number.NaN);
      delivery.backlog.add(figures.length);
    }
  };

  return {
    write(block, tracks) {
      for (let row = 0; row < block.tracks.length; row++) {
        const track = tracks[block.tracks[row] ?? -1];
        if (track !== undefined) takeRow(block, row, entryOf(known, track));
      }
      delivery.wake();
    },
    flush: () => delivery.backlog.settled(),
    stats: () => ({ ...delivery.stats(), droppedSamples: { ...dropped } }),
    close: (patienceMs = 5000) => delivery.close(patienceMs),
  };
}

function entryOf(known: Map<string, Known>, { key, detector, labels }: Track): Known {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) forgetIdle(known);
  const entry = { series: seriesOfTrack(detector, labels), lastMs: Number.NEGATIVE_INFINITY };
  known.set(key, entry);
  return entry;
}

/** Forgets what has had no score for an hour; everything, when that is not enough. */
function forgetIdle(known: Map<string, Known>): void {
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const { lastMs } of known.values()) newestMs = Math.max(newestMs, lastMs);
  for (const [key, { lastMs }] of known) if (lastMs < newestMs - IDLE_MS) known.delete(key);
  if (known.size >= MOST_KNOWN) known.clear();
}
