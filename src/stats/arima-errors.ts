// One-step errors of a seasonal ARIMA of small orders, in one pass with no array of lags: what fitting one costs is mostly
// this. (1 − Σ arₖBᵏ)(1 − B)^differences (1 − seasonalAr Bˢ)(yₜ − mean) = (1 + Σ maₖBᵏ)(1 + seasonalMa Bˢ) eₜ, conditional on
// nothing having been before the start (Box & Jenkins 1970). A seasonal difference is a `seasonalAr` of 1.

/** No more than so many lags next to a point. */
export const MOST_LAGS = 3;

export interface SmallArima {
  readonly mean: number;
  readonly differences: number;
  /** MOST_LAGS each; what the model has not is 0. */
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  readonly seasonalAr: number;
  readonly seasonalMa: number;
}

/** Values and errors of the last points, by which the next is foretold; the latest first. */
export interface Lags {
  /** Of the seasonal differences. */
  before: number;
  readonly differenced: Float64Array;
  readonly errors: Float64Array;
}

export function noLags(): Lags {
  return { before: Number.NaN, differenced: new Float64Array(MOST_LAGS), errors: new Float64Array(MOST_LAGS) };
}

/**
 * Fills `errors[0 .. count)` from `values`, which have no NaN; 0 as long as there are no values to difference with. `period`
 * is 0 without a season. Returns the lags after the last in `lags`, when given.
 */
export function arimaErrors(
  model: SmallArima,
  values: Float64Array,
  count: number,
  period: number,
  errors: Float64Array,
  lags?: Lags,
): void {
  const { mean, differences, seasonalAr, seasonalMa } = model;
  const a1 = model.ar[0] as number;
  const a2 = model.ar[1] as number;
  const a3 = model.ar[2] as number;
  const m1 = model.ma[0] as number;
  const m2 = model.ma[1] as number;
  const m3 = model.ma[2] as number;
  const first = Math.min(count, period);
  errors.fill(0, 0, first);
  let before = Number.NaN;
  let w1 = 0;
  let w2 = 0;
  let w3 = 0;
  let v1 = 0;
  let v2 = 0;
  let v3 = 0;
  for (let index = first; index < count; index++) {
    let level = (values[index] as number) - mean;
    if (period > 0) level -= seasonalAr * ((values[index - period] as number) - mean);
    let w = level;
    if (differences > 0) {
      // Of the first there is no difference: it is as if it were nothing.
      w = index === first ? 0 : level - before;
      before = level;
    }
    const v = w - a1 * w1 - a2 * w2 - a3 * w3 - m1 * v1 - m2 * v2 - m3 * v3;
    w3 = w2;
    w2 = w1;
    w1 = w;
    v3 = v2;
    v2 = v1;
    v1 = v;
    errors[index] = period > 0 ? v - seasonalMa * (errors[index - period] as number) : v;
  }
  if (lags === undefined) return;
  lags.before = before;
  lags.differenced[0] = w1;
  lags.differenced[1] = w2;
  lags.differenced[2] = w3;
  lags.errors[0] = v1;
  lags.errors[1] = v2;
  lags.errors[2] = v3;
}
