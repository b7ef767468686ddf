// Our own call: a batch out, its outcomes back, each checked before anybody stores it.
import { status } from '@grpc/grpc-js';
import type { AnalysisJob, AnalysisOutcome } from '../contract.ts';
import { outcomeOf, refused } from '../outcome.ts';
import { readScoreWindowsResponse, SCORE_WINDOWS, writeScoreWindowsRequest } from '../wire/score-windows.ts';
import type { Batch } from './batches.ts';
import type { GrpcChannel } from './channel.ts';
import { errorOf } from './status.ts';

/** One outcome for each job of the batch; undefined where the server does not know the call. */
export async function callScoreWindows(
  jobs: readonly AnalysisJob[],
  batch: Batch,
  { channel, address, signal }: { channel: GrpcChannel; address: string; signal: AbortSignal },
): Promise<readonly AnalysisOutcome[] | undefined> {
  const answer = await channel.call(SCORE_WINDOWS, writeScoreWindowsRequest(batch), signal);
  const all = (message: string) => batch.jobs.map(() => refused(`the analyser at ${address} ${message}`));
  if (answer.status === status.UNIMPLEMENTED) return undefined;
  if (answer.status !== status.OK) {
    const error = errorOf(answer, address);
    if (error !== undefined) throw error;
    return all(`refused the batch: ${answer.message}`);
  }
  let outcomes: readonly AnalysisOutcome[];
  try {
    outcomes = readScoreWindowsResponse(answer.bytes);
  } catch (error) {
    return all(`answered what cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (outcomes.length !== batch.jobs.length) {
    return all(`answered ${outcomes.length} windows for ${batch.jobs.length}`);
  }
  return outcomes.map((outcome, index) => {
    const job = jobs[batch.jobs[index] ?? -1];
    return job === undefined || !outcome.ok ? outcome : checked(outcome, job, address);
  });
}

function checked(
  outcome: Extract<AnalysisOutcome, { ok: true }>,
  { algorithm, series }: AnalysisJob,
  address: string,
): AnalysisOutcome {
  const points = series.values.length;
  const wrong = (what: string) => refused(`the analyser at ${address} answered ${what}: nothing of it is kept`);
  if (outcome.scores.length !== points) return wrong(`${outcome.scores.length} scores for ${points} points`);
  for (const [index, score] of outcome.scores.entries()) {
    if (score === Infinity || score === -Infinity) return wrong(`an infinite score for point ${index}`);
  }
  const bands = [outcome.expected, outcome.lower, outcome.upper].map((column) =>
    column.length === 0 ? new Float64Array(points).fill(Number.NaN) : column,
  );
  const short = bands.find((column) => column.length !== points);
  if (short !== undefined) return wrong(`a band of ${short.length} values for ${points} points`);
  const [expected, lower, upper] = bands as [Float64Array, Float64Array, Float64Array];
  return outcomeOf({ scores: outcome.scores, expected, lower, upper }, algorithm, series.values);
}
