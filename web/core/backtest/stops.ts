// Where a slider stops: round values between a parameter's bounds, finer where small steps matter, so that each press of an
// arrow key is a change one can name. A parameter in the metric's own unit takes its bounds from the series.
import type { Param } from '#detect/contract.ts';

export type NumberParam = Extract<Param, { readonly kind: 'number' }>;

/** What the series reaches from and to. */
export interface Extent {
  readonly min: number;
  readonly max: number;
}

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const DURATIONS = [
  ...[1, 2, 5, 10, 15, 20, 30, 45].map((n) => n * SECOND),
  ...[1, 2, 3, 5, 7, 10, 15, 20, 30, 45].map((n) => n * MINUTE),
  ...[1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21].map((n) => n * HOUR),
  ...[1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 25, 30, 45, 60, 75, 90].map((n) => n * DAY),
];
/** Of a decade. */
const DECADE = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9];
/** A scale is logarithmic where its ends are farther apart than this. */
const WIDE = 50;
/** Whole numbers up to here are all there. */
const SMALL = 30;
/** Below the least stop that is not zero there are three decades to the end. */
const DECADES_BELOW = 1e-3;
const EVEN_STOPS = 100;

/** Ascending; the default and the bounds are among them. */
export function stopsOf(param: NumberParam, extent: Extent): readonly number[] {
  const { min, max } = boundsOf(param, extent);
  const found = [min, max, ...(param.default === undefined ? [] : [param.default]), ...between(param, min, max)];
  const within = found.map((value) => (param.integer === true ? Math.round(value) : value));
  return [...new Set(within.filter((value) => value >= min && value <= max))].sort((a, b) => a - b);
}

/** Place of the stop that is nearest to the value. */
export function nearestStop(stops: readonly number[], value: number): number {
  let best = 0;
  for (const [place, stop] of stops.entries()) {
    if (Math.abs(stop - value) < Math.abs((stops[best] ?? 0) - value)) best = place;
  }
  return best;
}

function boundsOf({ min, max, unit }: NumberParam, extent: Extent): Extent {
  if (min !== undefined && max !== undefined) return { min, max };
  const reach = extent.max - extent.min || Math.abs(extent.max) || 1;
  // A ratio, of which ten times as much is as good as off; a distance; else a value.
  if (min !== undefined) return { min, max: unit === 'ratio' ? 10 : roundTo(reach, 2) };
  const step = evenStep(reach * 1.5);
  return {
    min: Math.floor((extent.min - reach / 4) / step) * step,
    max: Math.ceil((extent.max + reach / 4) / step) * step,
  };
}

function between({ unit, integer, default: usual = 0 }: NumberParam, min: number, max: number): number[] {
  if (unit === 'ms') return min < 0 ? even(min, max, HOUR) : DURATIONS;
  if (integer === true && max - min <= EVEN_STOPS) return even(min, max, 1);
  const isWide = min > 0 ? max / min > WIDE : min === 0 && (usual === 0 || max / usual >= 10);
  if (!isWide) return even(min, max, evenStep(max - min));
  const least = min > 0 ? min : max * DECADES_BELOW;
  const whole = integer === true ? even(Math.ceil(min), Math.min(max, SMALL), 1) : [];
  return [...whole, ...decades(least, max)];
}

function decades(least: number, most: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((power) =>
    DECADE.map((one) => roundTo(one * 10 ** power, 2)).filter((value) => value >= least),
  );
}

function even(min: number, max: number, step: number): number[] {
  const count = Math.max(0, Math.floor((max - min) / step + 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => roundTo((Math.round(min / step) + i) * step, 12));
}

/** A round step of which there are about a hundred. */
function evenStep(length: number): number {
  const rough = length / EVEN_STOPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10) * power;
}

function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
