// What a live cluster gives to the store, from two sides: ticks of what is observed, and rows of checked detectors. Both go
// in under one epoch, one after the other, each under a key of its own, so that what is sent twice is stored once.
import type { Finding } from '#model/finding.ts';
import { emptyBlock } from '#model/score-block.ts';
import type { AppendBatch, Appender } from '#store/contract.ts';
import type { Sink } from './records.ts';
import { createStoreSink } from './store-sink.ts';
import type { WindowRows } from './window-rows.ts';

export interface LiveSink extends Sink {
  /** Rows of a check; durable when it resolves. `key` names the check. */
  writeRows(rows: WindowRows, seenMs: number, key: string): Promise<void>;
  /** Findings as they now are, without rows. */
  writeFindings(findings: readonly Finding[], seenMs: number): Promise<void>;
  /** Whether a finding that was written in this run is open. */
  isOpen(id: string): boolean;
}

export interface LiveSinkOptions {
  readonly epoch: number;
  readonly stream: string;
  /** `seenMs` of the position that the store has; -Infinity when it is empty. */
  readonly storedMs: number;
  /** Called after each append. */
  onWritten?(): void;
}

export function createLiveSink(store: Pick<Appender, 'append'>, options: LiveSinkOptions): LiveSink {
  const { epoch, stream } = options;
  const ticks = createStoreSink(store, options);
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a position must not overtake the rows before it. */
  const inTurn = async (write: () => Promise<unknown>): Promise<void> => {
    const mine = last.then(write, write);
    last = mine.catch(() => undefined);
    await mine;
    options.onWritten?.();
  };
  const open = new Set<string>();
  /** Known as open before it can be read from the store, and until it is closed there: whoever closes orphans looks in between. */
  const noting = async (findings: readonly Finding[], write: () => Promise<unknown>): Promise<void> => {
    for (const { id, closedMs } of findings) if (closedMs === undefined) open.add(id);
    await write();
    for (const { id, closedMs } of findings) if (closedMs !== undefined) open.delete(id);
  };
  const append = (key: string, seenMs: number, given: Pick<AppendBatch, 'tracks' | 'scores' | 'findings'>) =>
    inTurn(async () => {
      // Checks are asked for again as a whole: only what is observed goes on from a position.
      const position = { seenMs: Number.isFinite(ticks.writtenMs) ? ticks.writtenMs : Math.min(0, seenMs), stream };
      const batch = { epoch, key: `${stream}@${key}`, position, ...given, spans: [], edges: [] };
      await noting(given.findings, () => store.append(batch));
    });
  return {
    write: (tick) => inTurn(() => noting(tick.findings, () => ticks.write(tick))),
    writeRows: (rows, seenMs, key) =>
      append(key, seenMs, { tracks: rows.tracks, scores: rows.toBlock(), findings: rows.findings }),
    writeFindings: (findings, seenMs) =>
      append(`findings@${seenMs}@${findings[0]?.id ?? ''}`, seenMs, { tracks: [], scores: emptyBlock(0), findings }),
    isOpen: (id) => open.has(id),
  };
}
