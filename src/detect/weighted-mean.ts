// An exponentially weighted mean in three numbers of a flat state. Weights are normalised from the first value on (as in
// pandas' `ewm(adjust=True)`), so that there is no start-up bias: the first values are a plain mean.

/** Fields of the state, from `at` on. */
export const WEIGHTED_MEAN_SIZE = 3;
const WEIGHTS = 0;
const SQUARED_WEIGHTS = 1;
const MEAN = 2;

/** What of a value's weight is left after a step. A half-life of nearly no steps still has some memory: a point's. */
export function decayOf(stepMs: number, halfLifeMs: number): number {
  return 0.5 ** Math.min(1, stepMs / halfLifeMs);
}

/** The mean; 0 before the first value. */
export function weightedMean(state: Float64Array, at: number): number {
  return state[at + MEAN] as number;
}

/** How many equally weighted values the weights are worth (Kish's effective sample size); 0 before the first. */
export function worthOf(state: Float64Array, at: number): number {
  const weights = state[at + WEIGHTS] as number;
  return weights === 0 ? 0 : (weights * weights) / (state[at + SQUARED_WEIGHTS] as number);
}

/** Takes a value in, and returns its share in the new mean. */
export function learnMean(state: Float64Array, at: number, decay: number, value: number): number {
  const weights = decay * (state[at + WEIGHTS] as number) + 1;
  const mean = state[at + MEAN] as number;
  const share = 1 / weights;
  state[at + WEIGHTS] = weights;
  state[at + SQUARED_WEIGHTS] = decay * decay * (state[at + SQUARED_WEIGHTS] as number) + 1;
  state[at + MEAN] = mean + share * (value - mean);
  return share;
}

/** Moves the mean, as if all values had been so much larger. */
export function shiftMean(state: Float64Array, at: number, by: number): void {
  state[at + MEAN] = (state[at + MEAN] as number) + by;
}

/** Lets the mean be worth no more than so many values, so that the next ones soon prevail. */
export function discountMean(state: Float64Array, at: number, worth: number): void {
  if (worthOf(state, at) <= worth) return;
  state[at + WEIGHTS] = worth;
  state[at + SQUARED_WEIGHTS] = worth;
}
