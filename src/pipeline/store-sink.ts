// Ticks into the store. After a restart the stream is run again from its beginning to rebuild the online state; what the
// store already holds is left out here, so that nothing is written twice.
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
}

export function createStoreSink(store: Pick<Appender, 'append'>, options: StoreSinkOptions): StoreSink {
  let writtenMs = options.storedMs;
  return {
    get writtenMs() {
      return writtenMs;
    },
    async write(tick) {
      if (tick.seenMs <= writtenMs) return;
      await store.append({
        epoch: options.epoch,
        key: `${options.stream}@${tick.seenMs}`,
        position: { seenMs: tick.seenMs, stream: options.stream },
        ...newerThan(tick, writtenMs),
      });
      writtenMs = tick.seenMs;
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
