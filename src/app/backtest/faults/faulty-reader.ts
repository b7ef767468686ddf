// A history with other values in it: the same signals at the same times.
import type { FrameSignal } from '#model/signal.ts';
import type { TapeReader } from '#tape/contract.ts';

/** `values`: by series and time, what was measured there in place of what is on the tape. */
export function faultyReader(reader: TapeReader, values: ReadonlyMap<number, ReadonlyMap<number, number>>): TapeReader {
  return {
    info: reader.info,
    async *signals(range) {
      for await (const signal of reader.signals(range))
        yield signal.kind === 'frame' ? replaced(signal, values) : signal;
    },
    // It is not its own.
    close: async () => undefined,
  };
}

function replaced(frame: FrameSignal, values: ReadonlyMap<number, ReadonlyMap<number, number>>): FrameSignal {
  let own: Float64Array | undefined;
  for (let at = 0; at < frame.ids.length; at++) {
    const value = values.get(frame.ids[at] as number)?.get(frame.timeMs);
    if (value === undefined) continue;
    own ??= frame.values.slice();
    own[at] = value;
  }
  return own === undefined ? frame : { ...frame, values: own };
}
