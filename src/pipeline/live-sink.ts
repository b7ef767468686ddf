// What a live cluster gives to the store, from two sides: ticks of what is observed, and rows of checked detectors. Both go
// in under one epoch, one after the other, each under a key of its own, so that what is sent twice is stored once.
import type { Finding } from '#model/finding.ts';
import { emptyBlock } from '#model/score-block.ts';
import type { AppendBatch, Appender } from '#store/contract.ts';
import type { Sink } from './records.ts';
import { createStoreSink } from './store-sink.ts';
import type { WindowRows } from './window-rows.ts';

export interface LiveSink extends Sink {
  /** `seenMs` of the position that the store had at the start: the run before looked until then. */
  readonly storedMs: number;
  /** Rows of a check; durable when it resolves. `key` names the check. */
  writeRows(rows: WindowRows, seenMs: number, key: string): Promise<void>;
  /** Findings as they now are, without rows. */
  writeFindings(findings: readonly Finding[], seenMs: number): Promise<void>;
  /** Whether a finding that was written in this run is open. */
  isOpen(id: string): boolean;
  /** Forgets which findings of these detectors are open: who found them begins anew, and may not find them again. */
  forgetOpen(isTheirs: (detector: string) => boolean): void;
}

export interface LiveSinkOptions {
  readonly epoch: number;
  readonly stream: string;
  /** Names this run, and no other: what it writes has keys of its own. */
  readonly run: string;
  /** `seenMs` of the position that the store has; -Infinity when it is empty. */
  readonly storedMs: number;
  /** Called after each append; what it throws is nobody's failure to write. */
  onWritten?(): void;
}

export function createLiveSink(store: Pick<Appender, 'append'>, options: LiveSinkOptions): LiveSink {
  const { epoch, stream, run, storedMs } = options;
  let written = 0;
  const nextKey = () => `${stream}@${run}@${written++}`;
  const ticks = createStoreSink(store, { epoch, stream, storedMs, nextKey });
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a position must not overtake the rows before it. */
  const inTurn = async (write: () => Promise<unknown>): Promise<void> => {
    const mine = last.then(write, write);
    last = mine.catch(() => undefined);
    await mine;
    try {
      options.onWritten?.();
    } catch {
      // It is written. A listener's trouble must not undo that.
    }
  };
  /** The detector of each that is open, by id. */
  const open = new Map<string, string>();
  /** Known as open before it can be read from the store, and until it is closed there: whoever closes orphans looks in between. */
  const noting = async (findings: readonly Finding[], write: () => Promise<unknown>): Promise<void> => {
    for (const { id, detector, closedMs } of findings) if (closedMs === undefined) open.set(id, detector);
    await write();
    for (const { id, closedMs } of findings) if (closedMs !== undefined) open.delete(id);
  };
  const append = (key: string, seenMs: number, given: Pick<AppendBatch, 'tracks' | 'scores' | 'findings'>) =>
    inTurn(async () => {
      // Checks are asked for again as a whole: only what is observed goes on from a position.
      const position = { seenMs: Number.isFinite(ticks.writtenMs) ? ticks.writtenMs : Math.min(0, seenMs), stream };
      const batch = { epoch, key, position, ...given, spans: [], edges: [] };
      await noting(given.findings, () => store.append(batch));
    });
  return {
    storedMs,
    write: (tick) => inTurn(() => noting(tick.findings, () => ticks.write(tick))),
    writeRows: (rows, seenMs, key) =>
      append(`${stream}@${key}`, seenMs, { tracks: rows.tracks, scores: rows.toBlock(), findings: rows.findings }),
    writeFindings: (findings, seenMs) => append(nextKey(), seenMs, { tracks: [], scores: emptyBlock(0), findings }),
    isOpen: (id) => open.has(id),
    forgetOpen(isTheirs) {
      for (const [id, detector] of open) if (isTheirs(detector)) open.delete(id);
    },
  };
}
