// What a fitted ARIMA expects of the points after the last: the recursion of arima-errors.ts with no errors to come.
import { arimaErrors, noLags } from './arima-errors.ts';
import type { FittedArima } from './auto-arima.ts';

/** The expected values of the next `steps` points after `values`, which have no NaN. */
export function arimaForecast(model: FittedArima, values: Float64Array, steps: number): Float64Array {
  const { mean, differences, period, seasonalAr, seasonalMa } = model;
  const count = values.length;
  const errors = new Float64Array(count + steps);
  const lags = noLags();
  arimaErrors(model, values, count, period, errors, lags);
  const all = new Float64Array(count + steps);
  all.set(values);
  const differenced = [...lags.differenced];
  const shocks = [...lags.errors];
  let { before } = lags;
  const sum = (weights: Float64Array, of: readonly number[]) =>
    of.reduce((total, value, lag) => total + (weights[lag] as number) * value, 0);
  for (let index = count; index < count + steps; index++) {
    const shock = period === 0 ? 0 : seasonalMa * (errors[index - period] as number);
    const step = sum(model.ar, differenced) + sum(model.ma, shocks) + shock;
    const level = differences === 1 ? before + step : step;
    all[index] = mean + level + (period === 0 ? 0 : seasonalAr * ((all[index - period] as number) - mean));
    before = level;
    differenced.unshift(step);
    differenced.pop();
    shocks.unshift(shock);
    shocks.pop();
  }
  return all.subarray(count);
}
