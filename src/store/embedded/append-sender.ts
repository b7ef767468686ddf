// Sends batches to the writer in the order in which they were given. The labels of many new tracks go ahead in pieces,
// because copying 250,000 of them at once would hold up the caller's thread for a second.
import { setImmediate } from 'node:timers/promises';
import { type Column, mapColumns, type ScoreBlock } from '#model/score-block.ts';
import type { AppendBatch, AppendResult } from '../contract.ts';
import type { WireBatch, WriterOps } from './protocol.ts';
import { createTrackDictionary, type Definitions } from './track-dictionary.ts';
import type { WorkerClient } from './worker-client.ts';

/** A few milliseconds of the caller's thread. */
const TRACKS_PER_PIECE = 1000;

export function createAppendSender(writer: WorkerClient<WriterOps>): (batch: AppendBatch) => Promise<AppendResult> {
  const dictionary = createTrackDictionary();
  /** Ends when all that was given before has been handed to the writer. */
  let ahead: Promise<void> | undefined;

  const definePieces = async ({ first, tracks }: Definitions, before: Promise<void> | undefined): Promise<void> => {
    await before;
    for (let start = 0; start < tracks.length; start += TRACKS_PER_PIECE) {
      await writer.call('defineTracks', first + start, tracks.slice(start, start + TRACKS_PER_PIECE));
      await setImmediate();
    }
  };
  const sendLater = async (fresh: Definitions, batch: WireBatch): Promise<AppendResult> => {
    // The caller may use its arrays again as soon as `append` has returned.
    const own = { ...batch, scores: copyScores(batch.scores) };
    let answer: Promise<AppendResult> | undefined;
    const mine = definePieces(fresh, ahead).then(() => {
      answer = writer.call('append', own);
      // Its failure is told by `append`; here it must not count as unhandled meanwhile.
      answer.catch(() => undefined);
      if (ahead === mine) ahead = undefined;
    });
    ahead = mine;
    await mine;
    return answer ?? Promise.reject(new Error('unreachable: the batch was sent'));
  };

  return async (batch) => {
    const { numbers, fresh } = dictionary.encode(batch.tracks);
    const { epoch, key, position, findings, spans, edges } = batch;
    const wire = { epoch, key, position, tracks: numbers, scores: ownBuffers(batch.scores), findings, spans, edges };
    if (ahead !== undefined || fresh.tracks.length > TRACKS_PER_PIECE) return sendLater(fresh, wire);
    if (fresh.tracks.length > 0) void writer.call('defineTracks', fresh.first, fresh.tracks).catch(() => undefined);
    return writer.call('append', wire);
  };
}

function copyScores(scores: ScoreBlock): ScoreBlock {
  return mapColumns(scores, copyOf);
}

/** A view of a larger buffer would travel with all of it, and shared memory would not be copied at all. */
function ownBuffers(scores: ScoreBlock): ScoreBlock {
  return mapColumns(scores, (column) =>
    column.buffer instanceof ArrayBuffer && column.byteLength === column.buffer.byteLength ? column : copyOf(column),
  );
}

function copyOf<C extends Column>(column: C): C {
  return column.slice() as C;
}
