// The old contract, to the letter of proto/analysis.proto, on the registry's own z-score: there is one implementation.
import type { AnalysisResult, TimeSeriesData } from '#analysis/wire/detect-anomalies.ts';
import type { Algorithm } from '#detect/contract.ts';
import { AppError } from '#kit/errors.ts';
import { OLD_WINDOW_POINTS } from './limits.ts';

const LEAST_POINTS = 10;
const DEFAULT_THRESHOLD = 3;
const STEP_MS = 60_000;

/** One score for each point; one without a value has the score 0. Throws `bad-input` (INVALID_ARGUMENT) with a sentence. */
export function detectAnomalies(data: TimeSeriesData, zScore: Algorithm): AnalysisResult {
  const { timesMs, values } = data;
  const threshold = data.parameters.get('threshold') ?? DEFAULT_THRESHOLD;
  if (Number.isNaN(threshold)) throw refusal(data, 'the parameter "threshold" is NaN: a number is expected');
  if (timesMs.length > OLD_WINDOW_POINTS) {
    throw refusal(data, `${timesMs.length} points are more than the ${OLD_WINDOW_POINTS} that one call may have`);
  }
  // Whole windows are scored by place, so neither parameters, step nor times matter: the contract asks no order of them.
  const places = Float64Array.from(values, (_, index) => index * STEP_MS);
  const { scores } = zScore.create({}, { stepMs: STEP_MS }).score({ stepMs: STEP_MS, timesMs: places, values });
  if (scores.every(Number.isNaN)) {
    const measured = values.filter(Number.isFinite).length;
    const missing = measured === values.length ? '' : `, of ${values.length}, have a value`;
    throw refusal(data, `at least ${LEAST_POINTS} data points are required: ${measured}${missing || ' were given'}`);
  }
  const anomalies = new Uint8Array(scores.length);
  const answered = scores.map((score, index) => {
    if (Math.abs(score) > threshold) anomalies[index] = 1;
    return Number.isNaN(score) ? 0 : score;
  });
  return { timesMs, scores: answered, anomalies, errorMessage: '' };
}

function refusal({ metricName }: TimeSeriesData, message: string): AppError {
  return new AppError('bad-input', metricName === '' ? message : `${metricName.slice(0, 200)}: ${message}`);
}
