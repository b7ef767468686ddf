// Ticks into the store. After a restart the stream is run again from its beginning, or from its last hours, to rebuild the
// online state; what the store held when it began is left out here, so that nothing is written twice.
import { type ScoreBlock, takeRows } from '#model/score-block.ts';
import type { Appender } from '#store/contract.ts';
import type { Sink, TickOutput } from './records.ts';

export interface StoreSink extends Sink {
  /** Everything up to here is durable. */
  readonly writtenMs: number;
}

export interface StoreSinkOptions {
  readonly epoch: number;
  readonly stream: string;
  /** `seenMs` of the position that the store has; -Infinity when it is empty. */
  readonly storedMs: number;
  /** A key for a live tick, which no batch has ever had; absent where none is written. */
  readonly nextKey?: () => string;
}

export function createStoreSink(store: Pick<Appender, 'append'>, options: StoreSinkOptions): StoreSink {
  const { epoch, stream, storedMs, nextKey } = options;
  let writtenMs = storedMs;
  return {
    get writtenMs() {
      return writtenMs;
    },
    async write(tick) {
      const { seenMs, live } = tick;
      // A live tick is never skipped as a whole: what it closes may be what the last run could not write any more.
      if (live === undefined && seenMs <= writtenMs) return;
      // Ticks of a tape come again the same; live ones do not, and their times come again as well.
      const key = live === undefined || nextKey === undefined ? `${stream}@${seenMs}` : nextKey();
      const positionMs = Math.max(writtenMs, live?.positionMs ?? seenMs);
      // By what was stored at the beginning: what comes late in this run is not stored yet, however old it is.
      const rows = newerThan(tick, live?.storedMs ?? storedMs);
      await store.append({ epoch, key, position: { seenMs: positionMs, stream }, ...rows });
      writtenMs = positionMs;
    },
  };
}

function newerThan(
  tick: TickOutput,
  seenMs: number,
): Pick<TickOutput, 'tracks' | 'scores' | 'findings' | 'spans' | 'edges'> {
  const { tracks, findings, spans, edges } = tick;
  // Findings, spans and edges replace what is stored under the same id; only rows must not come twice.
  return { tracks, findings, spans, edges, scores: rowsNewerThan(tick.scores, seenMs) };
}

function rowsNewerThan(block: ScoreBlock, seenMs: number): ScoreBlock {
  const rows: number[] = [];
  for (let row = 0; row < block.seenMs.length; row++) if ((block.seenMs[row] ?? 0) > seenMs) rows.push(row);
  if (rows.length === block.seenMs.length) return block;
  return takeRows(block, rows);
}
