import { expect, test } from 'vitest';
import { conditionalErrors, difference } from './arima.ts';
import { arimaErrors, noLags } from './arima-errors.ts';
import { createRng } from './rng.ts';

const rng = createRng(3);
const values = Float64Array.from({ length: 200 }, (_, index) => 50 + 0.2 * index + rng.normal());
const AR = [0.5, -0.2, 0.1];
const MA = [0.4, 0.1, -0.3];

test.each([
  ['as it is', 0, 0, 0, 0],
  ['differenced', 1, 0, 0, 0],
  ['with a season', 0, 12, 0.6, 0.3],
  ['with both', 1, 12, 1, -0.7],
])('errors of a series %s are those of the general form', (_, differences, period, seasonalAr, seasonalMa) => {
  const mean = differences === 0 && seasonalAr < 1 ? 60 : 0;
  const model = {
    ...{ mean, differences, seasonalAr, seasonalMa },
    ar: Float64Array.from(AR),
    ma: Float64Array.from(MA),
  };
  const errors = new Float64Array(values.length);
  arimaErrors(model, values, values.length, period, errors);
  // The general form takes all before the start as 0; here the season's first turn is only learnt from.
  const seasonal =
    period === 0
      ? values.map((value) => value - mean)
      : values.slice(period).map((value, index) => value - mean - seasonalAr * ((values[index] ?? 0) - mean));
  const prepared = differences === 0 ? seasonal : Float64Array.of(0, ...difference(seasonal, 1));
  const general = conditionalErrors(
    { ar: AR, ma: MA, seasonalMa: period === 0 ? [] : [seasonalMa], period: period || 1 },
    prepared,
  );
  for (const [index, error] of general.entries()) expect(errors[index + period]).toBeCloseTo(error, 9);
});

test('the lags after the last point are those that the next error is made of', () => {
  const model = {
    mean: 0,
    differences: 1,
    seasonalAr: 1,
    seasonalMa: -0.5,
    ar: Float64Array.from(AR),
    ma: Float64Array.from(MA),
  };
  const errors = new Float64Array(values.length);
  arimaErrors(model, values, values.length, 12, errors);
  const lags = noLags();
  const until = values.length - 1;
  arimaErrors(model, values, until, 12, new Float64Array(values.length), lags);
  const at = (index: number) => values[index] ?? Number.NaN;
  let error = at(until) - at(until - 12) - lags.before;
  for (let lag = 0; lag < 3; lag++)
    error -= (AR[lag] ?? 0) * (lags.differenced[lag] ?? 0) + (MA[lag] ?? 0) * (lags.errors[lag] ?? 0);
  expect(error + 0.5 * (errors[until - 12] ?? Number.NaN)).toBeCloseTo(errors[until] ?? Number.NaN, 9);
});
