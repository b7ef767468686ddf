// What the Prometheus of these tests is filled with beside the tape's day: NAB's series, and three whose score is known.
import { readNab } from '../fixtures/nab.ts';
import type { TileColour } from '../page/status-tile.ts';
import type { Measured } from './exporter.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Between two points of a declared detector. */
export const STEP_MS = 30_000;
/** A check looks at the last five minutes; what is placed here stays in sight for some checks. */
const AGO_MS = 2 * MINUTE;

export interface Placed {
  readonly pod: string;
  readonly isLabelled: boolean;
  readonly startMs: number;
  readonly measured: Measured;
}

/**
 * A reading each 30 seconds instead of each five minutes, so that the detector's hour holds 120 of them. Two are at their
 * first label, two far from any: a plain z-score flags six to twenty-five of a hundred moments of such series, so that
 * the quiet ones say that pods are told apart, not that NAB is solved.
 */
export function placeNab(nowMs: number): Placed[] {
  return readNab().map(({ name, values, labelled, unlabelled }, index) => {
    const pod = name.replaceAll('_', '-');
    const isLabelled = index < 2;
    const startMs = nowMs - AGO_MS - (isLabelled ? labelled : unlabelled) * STEP_MS;
    const at = (timeMs: number) => values[Math.floor((timeMs - startMs) / STEP_MS)] ?? Number.NaN;
    const labels = { namespace: 'nab', pod };
    return { pod, isLabelled, startMs, measured: { name: 'nab_reading', type: 'gauge', labels, at } };
  });
}

export interface Tile {
  readonly service: string;
  readonly colour: TileColour;
  readonly measured: Measured;
}

/**
 * An exponential has the same shape in each window, so the score of its newest point is the same whenever one looks:
 * 4.9 where it grows twelve e-folds an hour, −3.0 where it falls four. A sine is never beyond 1.6 or so.
 */
export function placeTiles(nowMs: number): Tile[] {
  const folds = (timeMs: number, count: number) => Math.exp(((timeMs - nowMs) / HOUR) * count);
  const tile = (service: string, colour: TileColour, at: (timeMs: number) => number): Tile => {
    const labels = { namespace: 'tiles', pod: `${service}-0` };
    return { service, colour, measured: { name: 'queue_seconds', type: 'gauge', labels, at } };
  };
  return [
    tile('steady', 'green', (timeMs) => 1 + Math.sin(timeMs / 200_000)),
    tile('falling', 'amber', (timeMs) => 5 - folds(timeMs, 4)),
    tile('growing', 'red', (timeMs) => folds(timeMs, 12)),
  ];
}
