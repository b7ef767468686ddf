// What a signal must be to go on a tape. A writer that let through what the reader refuses would lose a recording, so the
// collector that made it hears at once which signal it was and what is wrong with it.
import { AppError } from '#kit/errors.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import { sameSeries } from './catalog.ts';
import { MAX_BLOCK_BYTES } from './layout.ts';
import { isTime, wrongSpan } from './times.ts';

const MAX_ID = 0xffffffff;
export const MAX_SIGNAL_BYTES = MAX_BLOCK_BYTES / 2;

/** Throws `bad-input` unless `signal` may follow one seen at `lastSeenMs`, with the series of `known` declared. */
export function checkSignal(signal: Signal, lastSeenMs: number, known: ReadonlyMap<number, SeriesInfo>): void {
  checkTime(signal, 'seenMs', signal.seenMs);
  if (signal.kind !== 'series') checkTime(signal, 'timeMs', signal.timeMs);
  if (signal.seenMs < lastSeenMs) {
    throw refuse(signal, `it comes after one seen at ${lastSeenMs}; a tape is written in the order of seenMs`);
  }
  if (signal.kind === 'series') checkSeries(signal, signal.series, known);
  if (signal.kind === 'frame') {
    if (signal.ids.length !== signal.values.length) {
      throw refuse(signal, `it has ${signal.ids.length} ids and ${signal.values.length} values`);
    }
    const stranger = signal.ids.find((id) => !known.has(id));
    if (stranger !== undefined)
      throw refuse(signal, `series ${stranger} was not declared before; write its series signal first`);
  }
  const wrong = signal.kind === 'spans' ? wrongSpan(signal.spans) : undefined;
  if (wrong !== undefined) throw refuse(signal, wrong);
  if (sizeOf(signal) > MAX_SIGNAL_BYTES) throw refuse(signal, `it is larger than ${MAX_SIGNAL_BYTES} bytes; split it`);
}

/** About the bytes this takes in a block before compression; never less. */
export function sizeOf(signal: Signal): number {
  switch (signal.kind) {
    case 'series':
      return 16;
    case 'frame':
      return 32 + 16 * signal.ids.length;
    case 'topology':
      return signal.edges.reduce((sum, { from, to }) => sum + 24 + textBytes(from) + textBytes(to), 16);
    case 'spans':
      return signal.spans.reduce((sum, span) => {
        const { traceId, spanId, parentId = '', pod, service, operation } = span;
        return sum + [traceId, spanId, parentId, pod, service, operation].reduce((a, text) => a + textBytes(text), 80);
      }, 32);
  }
}

function checkTime(signal: Signal, field: string, value: number): void {
  if (isTime(value)) return;
  throw refuse(signal, `${field} is ${value}, which is not a time in whole milliseconds`);
}

function checkSeries(signal: Signal, series: readonly SeriesInfo[], known: ReadonlyMap<number, SeriesInfo>): void {
  const here = new Map<number, SeriesInfo>();
  for (const info of series) {
    const { id, stepMs, labels } = info;
    if (!Number.isInteger(id) || id < 0 || id > MAX_ID)
      throw refuse(signal, `series id ${id} is not a whole number below 2^32`);
    if (!(stepMs > 0 && stepMs < Number.POSITIVE_INFINITY)) throw refuse(signal, `stepMs of series ${id} is ${stepMs}`);
    if (Object.hasOwn(labels, '__proto__')) throw refuse(signal, `series ${id} has a label __proto__`);
    const other = here.get(id) ?? known.get(id);
    if (other !== undefined && !sameSeries(other, info)) {
      throw refuse(signal, `series id ${id} was declared before with other labels or another step`);
    }
    here.set(id, info);
  }
}

function textBytes(text: string): number {
  return 3 * text.length + 8;
}

function refuse(signal: Signal, why: string): AppError {
  return new AppError('bad-input', `A ${signal.kind} signal seen at ${signal.seenMs} cannot go on the tape: ${why}.`);
}
