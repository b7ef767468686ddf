// Batches that follow from their number, so that a test can tell whether what is stored is what was sent.
import type { Track } from '#model/score.ts';
import type { AppendBatch } from '#store/contract.ts';
import { MINUTE, makeBatch, makeFinding, podTrack, T0 } from '../conformance/store-fixtures.ts';

export const NUMBERED_TRACKS: readonly Track[] = Array.from({ length: 20 }, (_, index) => podTrack(`pod-${index}`));

/** One minute of every track, one finding; the position is the number itself. */
export function numberedBatch(number: number, epoch: number): AppendBatch {
  const points = NUMBERED_TRACKS.map((_, track) => ({
    track,
    timeMs: timeOf(number),
    value: valueAt(number, track),
  }));
  return makeBatch(`batch ${number}`, {
    epoch,
    tracks: NUMBERED_TRACKS,
    points,
    findings: [makeFinding(`finding ${number}`, { startMs: timeOf(number) })],
    position: { seenMs: number, stream: 'numbers' },
  });
}

export function timeOf(number: number): number {
  return T0 + number * MINUTE;
}

export function valueAt(number: number, track: number): number {
  return number + track / 100;
}
