import { expect, test } from 'vitest';
import { arimaErrors } from './arima-errors.ts';
import { arimaForecast } from './arima-forecast.ts';
import type { FittedArima } from './auto-arima.ts';
import { createRng } from './rng.ts';

const rng = createRng(5);
const values = Float64Array.from({ length: 100 }, (_, index) => 20 + 5 * Math.sin(index / 2) + rng.normal());
const lags = (...of: number[]) => Float64Array.from({ length: 3 }, (_, lag) => of[lag] ?? 0);

test.each([
  ['of plain lags', 0, 0, 0, 0],
  ['of differences', 1, 0, 0, 0],
  ['with a season', 0, 12, 0.7, 0.4],
  ['with a season of differences', 1, 12, 1, -0.6],
])('values that come as a model %s expects have no errors', (_, differences, period, seasonalAr, seasonalMa) => {
  const model: FittedArima = {
    ...{ mean: seasonalAr === 1 || differences === 1 ? 0 : 18, differences, period, seasonalAr, seasonalMa },
    ...{ ar: lags(0.5, -0.2), ma: lags(0.3, 0, 0.2), variance: 1, criterion: 0, free: 5 },
    order: { ar: 2, differences: 0, ma: 3, seasonal: 'none', seasonalMa: 0 },
  };
  const all = Float64Array.of(...values, ...arimaForecast(model, values, 30));
  expect(all).toHaveLength(130);
  const errors = new Float64Array(all.length);
  arimaErrors(model, all, all.length, period, errors);
  for (const error of errors.subarray(100)) expect(error).toBeCloseTo(0, 9);
});
