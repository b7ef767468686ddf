// What is wrong with a batch, found before anything of it is written.
import { AppError } from '#kit/errors.ts';
import { FIGURES } from '#model/score-block.ts';
import type { WireBatch } from './protocol.ts';
import type { State } from './state.ts';

/** Of a JavaScript date. */
const MOST_DATE_MS = 8.64e15;

/** Throws `stale-epoch`, `other-stream` or `bad-input`; returns when the batch may be written. */
export function checkBatch(batch: WireBatch, state: State): void {
  if (batch.epoch < state.epoch) {
    throw new AppError(
      'stale-epoch',
      `batch ${batch.key} comes from epoch ${batch.epoch}, and epoch ${state.epoch} has taken over: this writer must stop`,
    );
  }
  if (state.stream !== undefined && state.stream !== batch.position.stream) {
    throw new AppError(
      'other-stream',
      `the store holds the stream ${state.stream} and this is ${batch.position.stream} ` +
        '(another tape or other detectors): choose another data folder, or start with --fresh to begin anew',
    );
  }
  checkScores(batch);
  checkNumbers(batch);
}

function checkScores({ key, scores, tracks }: WireBatch): void {
  const count = scores.tracks.length;
  for (const column of [...FIGURES, 'flags'] as const) {
    if (scores[column].length !== count)
      throw refused(key, `scores.${column} has ${scores[column].length} rows, not ${count}`);
  }
  for (let row = 0; row < count; row++) {
    if ((scores.tracks[row] ?? 0) >= tracks.length) {
      throw refused(key, `row ${row} is of track ${scores.tracks[row]}, and there are ${tracks.length}`);
    }
    if (!isTime(scores.timesMs[row])) throw refused(key, `the time of row ${row} is no time`);
  }
}

function checkNumbers({ key, epoch, position, findings, spans }: WireBatch): void {
  if (!Number.isSafeInteger(epoch)) throw refused(key, `the epoch ${epoch} is not a whole number`);
  if (!isTime(position.seenMs)) throw refused(key, 'position.seenMs is no time');
  for (const { id, seenMs, startMs, confirmedMs } of findings) {
    if (![seenMs, startMs, confirmedMs].every(isTime)) throw refused(key, `a time of finding ${id} is no time`);
  }
  for (const { spanId, startMs, durationMs } of spans) {
    if (!isTime(startMs) || !Number.isFinite(durationMs)) throw refused(key, `a time of span ${spanId} is no time`);
  }
}

/** Beyond these dates a table's keys do not hold it: that would pass for a failure of the store, and be sent again for ever. */
function isTime(ms: number | undefined): boolean {
  return ms !== undefined && Math.abs(ms) <= MOST_DATE_MS;
}

function refused(key: string, detail: string): AppError {
  return new AppError('bad-input', `batch ${key} was not stored: ${detail}`);
}
