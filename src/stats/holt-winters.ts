// Exponential smoothing with an additive, maybe damped trend and an additive season (Holt 1957, Winters 1960, Gardner &
// McKenzie 1985), with parameters and start that are given. One pass, O(1) a point.

export interface HoltWintersParameters {
  /** What share of an error goes into the level, into the trend (of the level's own step) and into the season: 0 to 1. */
  readonly level: number;
  readonly trend: number;
  readonly seasonal: number;
  /** By what the trend shrinks a step; 1 does not damp it. */
  readonly damping: number;
}

export interface HoltWintersState {
  readonly level: number;
  readonly trend: number;
  /** One for each point of the period, that of the next point first; empty without a season. */
  readonly seasonal: Float64Array;
}

export interface HoltWinters {
  /** What was expected of each point from those before it. */
  readonly expected: Float64Array;
  /** After the last point. */
  readonly state: HoltWintersState;
}

/** Smooths the values from `start` on. A missing value (NaN) is expected as any and taken to be what was expected. */
export function holtWinters(
  values: Float64Array,
  parameters: HoltWintersParameters,
  start: HoltWintersState,
  expected: Float64Array = new Float64Array(values.length),
): HoltWinters {
  const { damping } = parameters;
  const seasonal = start.seasonal.slice();
  const period = seasonal.length;
  let { level, trend } = start;
  let phase = 0;
  for (let index = 0; index < values.length; index++) {
    const season = period === 0 ? 0 : (seasonal[phase] as number);
    const base = level + damping * trend;
    expected[index] = base + season;
    const value = values[index] as number;
    if (Number.isNaN(value)) {
      level = base;
      trend = damping * trend;
    } else {
      const next = base + parameters.level * (value - season - base);
      trend = damping * trend + parameters.trend * (next - level - damping * trend);
      level = next;
      if (period > 0) seasonal[phase] = season + parameters.seasonal * (value - base - season);
    }
    if (++phase >= period) phase = 0;
  }
  const turned = seasonal.map((_, index) => seasonal[(phase + index) % period] as number);
  return { expected, state: { level, trend, seasonal: turned } };
}

/** What is expected `steps` points after the state (1 is the next). */
export function holtWintersForecast(state: HoltWintersState, damping: number, steps: number): number {
  const { seasonal } = state;
  const season = seasonal.length === 0 ? 0 : (seasonal[(steps - 1) % seasonal.length] as number);
  const travelled = damping === 1 ? steps : (damping * (1 - damping ** steps)) / (1 - damping);
  return state.level + travelled * state.trend + season;
}
