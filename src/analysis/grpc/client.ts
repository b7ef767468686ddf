// An analyser elsewhere: one of ours, or one that knows only the old contract. Which it is, it finds out by asking, and asks
// again after a while, because servers are replaced.
import { status } from '@grpc/grpc-js';
import { checkNamed } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { Analyser, AnalysisJob, AnalysisOutcome } from '../contract.ts';
import { refused } from '../outcome.ts';
import { FIT, type FittedState, readFitResponse, writeFitRequest } from '../wire/fit.ts';
import { cutIntoBatches, MOST_POINTS } from './batches.ts';
import { inParallel } from './bounded.ts';
import { type ClientCertificate, openChannel } from './channel.ts';
import { callDetectAnomalies } from './detect-anomalies-call.ts';
import { withRetries } from './retries.ts';
import { callScoreWindows } from './score-windows-call.ts';
import { errorOf } from './status.ts';
import { targetOf } from './target.ts';

export interface GrpcAnalyserOptions {
  /** One name or target (all addresses of a name are used, and looked up again), or several IP addresses with ports. */
  readonly addresses: string | readonly string[];
  /** With it the analyser must show a certificate of the same CA. */
  readonly credentials?: ClientCertificate;
  /** `auto` asks for our own calls, and does with the old one where they are not known. */
  readonly protocol?: 'auto' | 'v1' | 'old';
  readonly clock: Clock;
  /** 0 to 1, for the jitter between tries. */
  readonly random: () => number;
  readonly log: Log;
  readonly callTimeoutMs?: number;
  readonly callsAtOnce?: number;
  readonly lookUpEveryMs?: number;
  readonly rememberOldMs?: number;
}

export interface GrpcAnalyser extends Analyser {
  /** The online state after the job's series. Rejects with `bad-input` where the method has none. */
  fit(job: AnalysisJob, signal?: AbortSignal): Promise<FittedState>;
}

/** Opens no connection before the first call. Throws `bad-config` for addresses that are none. */
export function createGrpcAnalyser(options: GrpcAnalyserOptions): GrpcAnalyser {
  const { protocol = 'auto', clock, log, callsAtOnce = 8, rememberOldMs = 600_000 } = options;
  const target = targetOf(options.addresses);
  const { credentials } = options;
  const addressed = /^ipv[46]:(.*?)(:\d+)?(,|$)/.exec(target)?.[1];
  if (credentials !== undefined && credentials.serverName === undefined && addressed !== undefined) {
    checkNamed(addressed, 'the analyser');
  }
  const channel = withRetries(
    openChannel({
      target,
      clock,
      timeoutMs: options.callTimeoutMs ?? 10_000,
      lookUpEveryMs: options.lookUpEveryMs ?? 30_000,
      ...(options.credentials && { certificate: options.credentials }),
    }),
    options,
  );
  const address = typeof options.addresses === 'string' ? options.addresses : options.addresses.join(',');
  let oldUntilMs = Number.NEGATIVE_INFINITY;
  const isOld = () => protocol === 'old' || (protocol === 'auto' && clock.nowMs() < oldUntilMs);
  const askOld = (jobs: readonly AnalysisJob[], indices: readonly number[], signal?: AbortSignal) =>
    inParallel(indices, callsAtOnce, signal, (index, ended) =>
      callDetectAnomalies(jobs[index] as AnalysisJob, { channel, address, signal: ended }),
    );
  return {
    address,
    async analyse(jobs, signal) {
      const outcomes = jobs.map(({ series }) => problemOf(series.values.length, series.timesMs.length));
      const left = [...outcomes.keys()].filter((index) => outcomes[index] === undefined);
      const batches = isOld() ? [] : cutIntoBatches(jobs, left);
      const answers = await inParallel(batches, callsAtOnce, signal, async (batch, ended) => {
        const known = isOld() ? undefined : await callScoreWindows(jobs, batch, { channel, address, signal: ended });
        if (known !== undefined) return known;
        if (protocol === 'v1') {
          throw new AppError(
            'bad-config',
            `the analyser at ${address} does not know tidewatch.v1.Analysis/ScoreWindows`,
          );
        }
        if (!isOld()) log.info({ address }, 'an analyser knows only the old contract: one call for each series');
        oldUntilMs = clock.nowMs() + rememberOldMs;
        return askOld(jobs, batch.jobs, ended);
      });
      for (const [index, batch] of batches.entries()) {
        for (const [row, job] of batch.jobs.entries()) outcomes[job] = answers[index]?.[row];
      }
      const rest = batches.length > 0 ? [] : left;
      for (const [row, outcome] of (await askOld(jobs, rest, signal)).entries()) outcomes[rest[row] ?? -1] = outcome;
      return outcomes.map((outcome) => outcome ?? refused('there was no answer for this job'));
    },
    async fit({ metricName, series, algorithm, parameters, threshold }, signal) {
      const history = { method: 0, metricName, series };
      const request = writeFitRequest({ method: { algorithm, parameters, threshold }, history });
      const answer = await channel.call(FIT, request, signal);
      if (answer.status === status.OK) return readFitted(answer.bytes, algorithm, address);
      throw errorOf(answer, address) ?? new AppError('bad-input', `the analyser at ${address}: ${answer.message}`);
    },
    close: async () => channel.close(),
  };
}

function problemOf(values: number, times: number): AnalysisOutcome | undefined {
  if (values !== times) return refused(`${times} times and ${values} values do not go together`);
  if (values > MOST_POINTS) return refused(`${values} points are more than the ${MOST_POINTS} of a window: shorten it`);
  return undefined;
}

function readFitted(bytes: Uint8Array, algorithm: string, address: string): FittedState {
  let fitted: FittedState;
  try {
    fitted = readFitResponse(bytes);
  } catch (error) {
    throw new AppError('bad-input', `the analyser at ${address} answered a state that cannot be read`, {
      cause: error,
    });
  }
  if (fitted.algorithm === algorithm) return fitted;
  throw new AppError(
    'bad-input',
    `the analyser at ${address} fitted ${fitted.algorithm}, but ${algorithm} was asked for`,
  );
}
