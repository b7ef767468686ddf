// The day of a tape as Prometheus would have it, moved so that a moment of it is now; it goes on while the test runs.
import { fileURLToPath } from 'node:url';
import type { KnownFault } from '../../src/model/signal.ts';
import { openTape } from '../../src/tape/reader.ts';
import type { Measured } from './exporter.ts';

export interface TapeDay {
  /** The tape's series; missing is NaN. */
  readonly measured: readonly Measured[];
  readonly fault: KnownFault;
  /** Names of the pods, with the service of each. */
  readonly pods: ReadonlyMap<string, string>;
  readonly namespace: string;
  /** When the tape begins. */
  readonly startMs: number;
}

const TAPE = fileURLToPath(new URL('../../tapes/online-boutique.tape', import.meta.url));
const MINUTE = 60_000;

/** `choose` picks a fault from the answer key; it begins `agoMs` before `nowMs`, to the minute. */
export async function moveDay(choose: (fault: KnownFault) => boolean, nowMs: number, agoMs: number): Promise<TapeDay> {
  const tape = await openTape(TAPE);
  try {
    const { fromMs, toMs, answerKey } = tape.info.header;
    const fault = answerKey.findLast(choose);
    if (fault === undefined) throw new Error('the tape knows no such fault');
    const shiftMs = Math.floor((nowMs - agoMs - fault.timeMs) / MINUTE) * MINUTE;
    const all = await tape.range({}, fromMs, toMs);
    const measured = all.map(({ info, series: { timesMs, values } }): Measured => {
      const { __name__: name = '', ...labels } = info.labels;
      const byMinute = new Map(Array.from(timesMs, (timeMs, row) => [Math.floor(timeMs / MINUTE), values[row]]));
      const at = (timeMs: number) => byMinute.get(Math.floor((timeMs - shiftMs) / MINUTE)) ?? Number.NaN;
      return { name, type: 'gauge', labels, at };
    });
    const pods = new Map(
      all.flatMap(({ info: { labels } }) => (labels.pod ? [[labels.pod, labels.service ?? '']] : [])),
    );
    const namespace = all[0]?.info.labels.namespace ?? '';
    return { measured, fault, pods, namespace, startMs: Math.floor((fromMs + shiftMs) / MINUTE) * MINUTE };
  } finally {
    await tape.close();
  }
}
