// One fault that is laid on the shown history to see whether the settings would catch it: the same faults, put in by the same
// code and judged by the same rule as those of `tidewatch backtest --inject`.
import type { FaultSpan } from '#detect/caught-fault.ts';
import { metricNameOf } from '#model/series.ts';
import { FAULT_KINDS, FAULT_POINTS, type Fault, type FaultKind } from '#stats/fault.ts';
import { type Injection, injectFaults } from '#stats/inject-faults.ts';
import { injectionOf } from '#stats/injection-of.ts';
import { placeFaults, SIZELESS } from '#stats/place-faults.ts';
import { createRng } from '#stats/rng.ts';
import type { Span } from '../time-scale.ts';
import type { History } from './run.ts';
import { fits } from './settings.ts';
import type { NumberParam } from './stops.ts';

export interface ChosenFault {
  readonly kind: FaultKind;
  /** Sigmas of the noise, below 0 downwards; 0 where the kind has no size. */
  readonly size: number;
  /** It begins at the first point from here on. */
  readonly atMs: number;
  readonly points: number;
}

const USUAL_SIZE = 8;

export const FAULT_SIZE: NumberParam = {
  kind: 'number',
  summary: '',
  default: USUAL_SIZE,
  min: -32,
  max: 32,
  unit: 'sigmas',
};
const MOST_POINTS = 1440;

/** How many points it lasts; the default is half-way between what that kind has at least and at most. */
export function faultPoints(kind: FaultKind): NumberParam {
  const [least, most] = FAULT_POINTS[kind];
  const usual = Math.round((least + most) / 2);
  return { kind: 'number', summary: '', default: usual, min: 1, max: MOST_POINTS, integer: true, unit: 'points' };
}

export function isFaultKind(text: string): text is FaultKind {
  return FAULT_KINDS.some((kind) => kind === text);
}

export function hasSize(kind: FaultKind): boolean {
  return !SIZELESS.includes(kind);
}

/** Whether it may be laid: its values may come from an address. */
export function isFault({ kind, size, atMs, points }: ChosenFault): boolean {
  const sizeFits = hasSize(kind) ? size !== 0 && fits(FAULT_SIZE, size) : size === 0;
  return sizeFits && Number.isFinite(atMs) && fits(faultPoints(kind), points);
}

/** Of its points a quarter is warm-up, and an hour's worth of them at least. */
const WARM_SHARE = 0.25;
const LEAST_WARM = 60;
const LEAST_TO_PLACE = 3;

/**
 * A fault of this kind within the range, where it can be seen and nothing is missing; where there is no such place, three
 * quarters through the range. `below`: towards less.
 */
export function usualFault(kind: FaultKind, history: History, range: Span, below = false): ChosenFault {
  const { timesMs, stepMs } = history;
  const points = Number(faultPoints(kind).default);
  const size = hasSize(kind) ? (below ? -USUAL_SIZE : USUAL_SIZE) : 0;
  const first = timesMs.findIndex((ms) => ms >= range.fromMs);
  const end = timesMs.findLastIndex((ms) => ms <= range.toMs) + 1;
  const warm = Math.max(LEAST_WARM, Math.ceil(timesMs.length * WARM_SHARE));
  const from = Math.max(0, first, Math.min(warm, end - LEAST_TO_PLACE * points));
  const up = kind === 'season' ? ([1, -1] as const) : ([below || kind === 'drop-out' ? -1 : 1] as const);
  const { faults } = placeFaults([{ kind, size: Math.abs(size) }], {
    ...stillOf(history),
    ...{ values: history.values.subarray(0, end), from, apart: 0, signs: up },
    isFree(one, last) {
      return (timesMs[last] ?? Number.NaN) - (timesMs[one] ?? Number.NaN) <= 1.5 * (last - one) * stepMs;
    },
  });
  const place = faults[0]?.first ?? Math.max(0, Math.floor(first + 0.75 * (end - first)) - points);
  return { kind, size, atMs: timesMs[place] ?? range.fromMs, points };
}

export interface Laid {
  readonly history: History;
  /** Of its points, as many as there are. */
  readonly span: FaultSpan;
  /** Rows of its first and last point. */
  readonly first: number;
  readonly last: number;
}

/** The history with the fault in it, which always draws the same noise; undefined where it begins after the last point. */
export function layFault(history: History, { kind, size, atMs, points }: ChosenFault): Laid | undefined {
  const { timesMs, stepMs } = history;
  const first = timesMs.findIndex((ms) => ms >= atMs);
  if (first < 0) return undefined;
  const last = Math.min(timesMs.length, first + points) - 1;
  const fault: Fault = { kind, size, first, last };
  const values = injectFaults(history.values, [fault], stillOf(history));
  const span = { fromMs: timesMs[first] ?? atMs, toMs: timesMs[last] ?? atMs, stepMs };
  return { history: { ...history, values }, span, first, last };
}

function stillOf({ labels, stepMs, values }: History): Injection {
  return { ...injectionOf(metricNameOf(labels), stepMs, values), random: createRng(1) };
}
