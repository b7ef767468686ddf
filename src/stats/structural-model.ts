// Structural time series (Harvey 1989) as state-space models for kalman.ts: a level that wanders, a slope that wanders, a
// season whose last full turn adds up to nothing but noise, and noise on top. All states start unknown.
import type { StateSpace } from './kalman.ts';

export interface StructuralModel {
  /** Variance of the noise on each observation. */
  readonly noise: number;
  /** Variance of the level's steps. */
  readonly level: number;
  /** Variance of the slope's steps; absent: there is no slope. */
  readonly slope?: number;
  /** Absent: there is no season. */
  readonly seasonal?: { readonly period: number; readonly variance: number };
}

/** The state-space form: level, slope where there is one, and period − 1 seasonal states, the latest first. */
export function structuralModel({ noise, level, slope, seasonal }: StructuralModel): StateSpace {
  const first = slope === undefined ? 1 : 2;
  const size = first + (seasonal === undefined ? 0 : seasonal.period - 1);
  const transition = new Float64Array(size * size);
  const stateNoise = new Float64Array(size * size);
  const design = new Float64Array(size);
  const set = (matrix: Float64Array, row: number, col: number, value: number) => {
    matrix[row * size + col] = value;
  };
  design[0] = 1;
  set(transition, 0, 0, 1);
  set(stateNoise, 0, 0, level);
  if (slope !== undefined) {
    set(transition, 0, 1, 1);
    set(transition, 1, 1, 1);
    set(stateNoise, 1, 1, slope);
  }
  if (seasonal !== undefined) {
    design[first] = 1;
    for (let state = first; state < size; state++) {
      set(transition, first, state, -1);
      if (state > first) set(transition, state, state - 1, 1);
    }
    set(stateNoise, first, first, seasonal.variance);
  }
  return {
    size,
    design,
    transition,
    stateNoise,
    noise,
    mean: new Float64Array(size),
    covariance: new Float64Array(size * size),
    diffuse: new Float64Array(size).fill(1),
  };
}
