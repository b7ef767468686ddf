// The old contract's call, for an analyser that knows nothing else: somebody's server in Python, say. It can only be asked for
// z-scores, is sent no point without a value (NumPy's mean of a NaN is NaN), and its answer is checked point by point.
import { status } from '@grpc/grpc-js';
import type { Series } from '#model/series.ts';
import type { AnalysisJob, AnalysisOutcome } from '../contract.ts';
import { refused, tooShort } from '../outcome.ts';
import {
  type AnalysisResult,
  DETECT_ANOMALIES,
  readAnalysisResult,
  type TimeSeriesData,
  writeTimeSeriesData,
} from '../wire/detect-anomalies.ts';
import type { GrpcChannel } from './channel.ts';
import { errorOf } from './status.ts';

const LEAST_POINTS = 10;

/** The job's outcome. Rejects where no job would be answered. */
export async function callDetectAnomalies(
  job: AnalysisJob,
  { channel, address, signal }: { channel: GrpcChannel; address: string; signal: AbortSignal },
): Promise<AnalysisOutcome> {
  if (job.algorithm !== 'z-score') {
    const what = 'knows only the contract of proto/analysis.proto, which has z-score and no other';
    return refused(`${job.algorithm} cannot be asked of the analyser at ${address}: it ${what}`);
  }
  const { timesMs, values } = measuredOf(job.series);
  if (values.length < LEAST_POINTS) {
    return tooShort(`${values.length} points have a value: the old contract scores ${LEAST_POINTS} or more`);
  }
  if (!timesMs.every(Number.isSafeInteger)) return refused('the old contract has whole milliseconds only');
  const parameters = new Map([['threshold', job.threshold]]);
  const sent: TimeSeriesData = { metricName: job.metricName, timesMs, values, parameters };
  const answer = await channel.call(DETECT_ANOMALIES, writeTimeSeriesData(sent), signal);
  if (answer.status !== status.OK) {
    const error = errorOf(answer, address);
    if (error !== undefined) throw error;
    return refused(`the analyser at ${address} refused the window: ${answer.message}`);
  }
  let result: AnalysisResult;
  try {
    result = readAnalysisResult(answer.bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refused(`the analyser at ${address} answered what cannot be read: ${why}`);
  }
  const problem = problemOf(result, sent);
  if (problem !== undefined) return refused(`the analyser at ${address} ${problem}: nothing of it is kept`);
  return spread(result.scores, job.series);
}

function measuredOf({ timesMs, values }: Series): { timesMs: Float64Array; values: Float64Array } {
  if (values.every(Number.isFinite)) return { timesMs, values };
  const isMeasured = (_: number, index: number) => Number.isFinite(values[index]);
  return { timesMs: timesMs.filter(isMeasured), values: values.filter(isMeasured) };
}

function problemOf({ timesMs, scores, errorMessage }: AnalysisResult, sent: TimeSeriesData): string | undefined {
  if (errorMessage !== '') return `says: ${errorMessage.slice(0, 500)}`;
  if (scores.length !== sent.values.length) return `answered ${scores.length} scores for ${sent.values.length} points`;
  for (let index = 0; index < scores.length; index++) {
    if (timesMs[index] !== sent.timesMs[index]) return `answered point ${index} with the time ${timesMs[index]}`;
    if (!Number.isFinite(scores[index])) return `answered the score ${scores[index]} for point ${index}`;
  }
  return undefined;
}

/** Each score at its point; NaN where there was no value. */
function spread(answered: Float64Array, { values }: Series): AnalysisOutcome {
  let next = 0;
  const scores = values.map((value) => (Number.isFinite(value) ? (answered[next++] ?? Number.NaN) : Number.NaN));
  const nothing = () => new Float64Array(values.length).fill(Number.NaN);
  return { ok: true, scores, expected: nothing(), lower: nothing(), upper: nothing() };
}
