// What a `sarima` keeps of a series, as places in its flat state: the model that was found last, by what the next point is
// foretold, and the recorded points that the next model is found in.
import { type Lags, MOST_LAGS, type SmallArima } from '#stats/arima-errors.ts';
import { fieldsFrom } from './fields-from.ts';
import { FOLLOWING_HEAD } from './following-scorer.ts';
import { RESIDUAL_SPREAD_SIZE } from './residual-spread.ts';

/** Fields of the state; the ring of times and values follows, then the season's values and errors. */
export const AT = fieldsFrom(FOLLOWING_HEAD, {
  spread: RESIDUAL_SPREAD_SIZE,
  /** Points seen when the next model is due. */
  due: 1,
  /** The forecast's variance, in units of the noise's, that comes of the model's being estimated. */
  uncertainty: 1,
  mean: 1,
  differences: 1,
  isSeasonal: 1,
  seasonalAr: 1,
  seasonalMa: 1,
  ar: MOST_LAGS,
  ma: MOST_LAGS,
  before: 1,
  differenced: MOST_LAGS,
  errors: MOST_LAGS,
  /** How many points the ring holds, and where its next goes. */
  held: 1,
  next: 1,
  ring: 0,
});

/** How much is kept: points in the ring, and parts of a season (0: there is none). */
export interface SarimaSize {
  readonly capacity: number;
  readonly parts: number;
}

export function sizeOf({ capacity, parts }: SarimaSize): number {
  return AT.ring + 2 * capacity + 2 * parts;
}

/** Where the value is that a part of the season had last; its error lies `parts` behind. */
export function partAt({ capacity, parts }: SarimaSize, slot: number): number {
  return AT.ring + 2 * capacity + (((slot % parts) + parts) % parts);
}

/** Keeps a point, in place of the oldest where the ring is full. */
export function keepPoint(state: Float64Array, { capacity }: SarimaSize, timeMs: number, value: number): void {
  const next = state[AT.next] as number;
  state[AT.ring + next] = timeMs;
  state[AT.ring + capacity + next] = value;
  state[AT.next] = next + 1 === capacity ? 0 : next + 1;
  if ((state[AT.held] as number) < capacity) state[AT.held] = (state[AT.held] as number) + 1;
}

/** Fills the arrays with the points of the ring, the oldest first; returns how many. */
export function readPoints(
  state: Float64Array,
  { capacity }: SarimaSize,
  timesMs: Float64Array,
  values: Float64Array,
): number {
  const held = state[AT.held] as number;
  const next = state[AT.next] as number;
  const oldest = held < capacity ? 0 : next;
  for (let index = 0; index < held; index++) {
    const place = (oldest + index) % capacity;
    timesMs[index] = state[AT.ring + place] as number;
    values[index] = state[AT.ring + capacity + place] as number;
  }
  return held;
}

/** Puts a model in place, with the lags that its next forecast begins with. */
export function keepModel(state: Float64Array, model: SmallArima, lags: Lags): void {
  state[AT.mean] = model.mean;
  state[AT.differences] = model.differences;
  state[AT.seasonalAr] = model.seasonalAr;
  state[AT.seasonalMa] = model.seasonalMa;
  state[AT.before] = lags.before;
  for (let lag = 0; lag < MOST_LAGS; lag++) {
    state[AT.ar + lag] = model.ar[lag] as number;
    state[AT.ma + lag] = model.ma[lag] as number;
    state[AT.differenced + lag] = lags.differenced[lag] as number;
    state[AT.errors + lag] = lags.errors[lag] as number;
  }
}
