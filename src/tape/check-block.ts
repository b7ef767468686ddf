// Whether a block holds what the catalog says of it. Checksums find accidents; this finds tapes that were made wrong, so
// that nothing downstream meets a frame of an unknown series or time that runs backwards.
import type { Signal } from '#model/signal.ts';
import { Malformed } from './bytes.ts';
import type { BlockEntry } from './catalog.ts';
import { isTime, wrongSpan } from './times.ts';

/** Throws `Malformed` with the first thing that does not agree. */
export function checkBlock(signals: readonly Signal[], entry: BlockEntry, ids: ReadonlySet<number>): void {
  let seenMs = entry.firstSeenMs;
  let samples = 0;
  let spans = 0;
  if (signals.length !== entry.signals) throw new Malformed(`it holds ${signals.length} signals, not ${entry.signals}`);
  if (signals[0]?.seenMs !== entry.firstSeenMs || signals.at(-1)?.seenMs !== entry.lastSeenMs) {
    throw new Malformed('it covers another time than the catalog says');
  }
  const checked = new Set<Uint32Array>();
  for (const signal of signals) {
    if (signal.seenMs < seenMs) throw new Malformed('its signals are not in the order of time');
    seenMs = signal.seenMs;
    if (signal.kind !== 'series' && !isTime(signal.timeMs)) throw new Malformed(`${signal.timeMs} is not a time`);
    if (signal.kind === 'spans') {
      const wrong = wrongSpan(signal.spans);
      if (wrong !== undefined) throw new Malformed(wrong);
      spans += signal.spans.length;
    }
    if (signal.kind !== 'frame') continue;
    samples += signal.ids.length;
    if (signal.timeMs < (entry.firstTimeMs ?? Infinity) || signal.timeMs > (entry.lastTimeMs ?? -Infinity)) {
      throw new Malformed('a frame is of another time than the catalog says');
    }
    // Frames of one shape share their list of ids.
    if (checked.has(signal.ids)) continue;
    checked.add(signal.ids);
    const stranger = signal.ids.find((id) => !ids.has(id));
    if (stranger !== undefined) throw new Malformed(`series ${stranger} is not declared`);
  }
  if (samples !== entry.samples) throw new Malformed(`it holds ${samples} samples, not ${entry.samples}`);
  if (spans !== entry.spans) throw new Malformed(`it holds ${spans} spans, not ${entry.spans}`);
}
