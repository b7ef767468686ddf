// Asks a Prometheus for ranges, whichever way leads to it: split where it refuses, tried again where that may help, never
// more at once than it takes, and always in time. The whole range or an error; never a part.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import { ANOTHER, errorOfConnection } from './answer-error.ts';
import type { FetchedSeries, FetchLimits, PrometheusSource, RangeQuery } from './contract.ts';
import { countersIn } from './counters.ts';
import { type Deadline, withDeadline } from './deadline.ts';
import { createGate } from './gate.ts';
import { hasTooManySeries } from './parser-errors.ts';
import { readError, readSeries, readText } from './read-answer.ts';
import { retrying } from './retry.ts';
import { timeIn } from './server-time.ts';
import { joinPieces, splitRange } from './split-range.ts';
import type { PrometheusTransport, TransportAnswer } from './transport.ts';

export interface PrometheusSourceOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Prometheus answers 20 at once, to all who ask. */
  readonly maxInFlight?: number;
  /** So many may wait for their turn; more are refused. */
  readonly maxWaiting?: number;
  /** Of the text of one whole range. */
  readonly maxBytes?: number;
}

const TRIES = 3;
const FIRST_DELAY_MS = 500;
const METADATA_TIMEOUT_MS = 30_000;
const MOST_METADATA_BYTES = 64 * 1024 * 1024;
const MOST_TIME_BYTES = 65_536;

interface Asked {
  readonly signal: AbortSignal;
  readonly untilMs: number;
}

export function createPrometheusSource(
  transport: PrometheusTransport,
  options: PrometheusSourceOptions,
): PrometheusSource {
  const { clock, random, log, maxInFlight = 8, maxWaiting = 1000, maxBytes = 512 * 1024 * 1024 } = options;
  const { address } = transport;
  const gate = createGate(maxInFlight, maxWaiting, address);

  /** One question, tried as often as it is worth it. */
  function ask<T>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    { signal, untilMs }: Asked,
    read: (answer: TransportAnswer) => Promise<T>,
  ): Promise<T> {
    const again = (error: AppError, tried: number, delayMs: number) =>
      log.debug({ address, tried, delayMs, error: error.message }, 'a question to Prometheus is asked again');
    return retrying({ tries: TRIES, firstDelayMs: FIRST_DELAY_MS, clock, random, signal, untilMs, again }, () =>
      gate.through(signal, async () => {
        const timeoutMs = Math.max(1, untilMs - clock.nowMs());
        const answer = await transport.send({ path, parameters, signal, timeoutMs }).catch((error: unknown) => {
          throw errorOfConnection(address, error);
        });
        return read(answer);
      }),
    );
  }

  async function fetchPieces(query: RangeQuery, limits: FetchLimits, asked: Asked): Promise<readonly FetchedSeries[]> {
    const pieces = splitRange(query);
    const answers: (readonly FetchedSeries[])[] = [];
    let bytesLeft = maxBytes;
    for (const piece of pieces) {
      const parser = { address, maxSeries: limits.maxSeries, maxBytes: bytesLeft };
      const parameters = parametersOf(piece, Math.max(1, asked.untilMs - clock.nowMs()));
      const read = (answer: TransportAnswer) => readSeries(answer, parser, clock.nowMs());
      const { series, histograms, bytes } = await ask('/api/v1/query_range', parameters, asked, read);
      if (histograms > 0) log.debug({ address, histograms }, 'native histograms are left out');
      bytesLeft -= bytes;
      answers.push(series);
    }
    const joined = joinPieces(pieces, answers);
    if (joined.length > limits.maxSeries) throw hasTooManySeries(address, limits.maxSeries);
    return joined;
  }

  const inTime = <T>(timeoutMs: number, signal: AbortSignal | undefined, work: (asked: Asked) => Promise<T>) => {
    const untilMs = clock.nowMs() + timeoutMs;
    return withDeadline(clock, deadline(address, timeoutMs, signal), (signal) => work({ signal, untilMs }));
  };

  return {
    address,
    queryRange: (query, limits) =>
      inTime(limits.timeoutMs, limits.signal, (asked) => fetchPieces(query, limits, asked)),
    counters: (signal) =>
      inTime(METADATA_TIMEOUT_MS, signal, (asked) =>
        ask('/api/v1/metadata', {}, asked, async (answer) => {
          // An API that does not know types is an answer, too.
          if (answer.status === 404)
            return readText(answer, address, MOST_METADATA_BYTES).then(() => new Map<string, boolean>());
          if (answer.status !== 200) throw await readError(answer, address, clock.nowMs());
          return countersIn(await readText(answer, address, MOST_METADATA_BYTES), address);
        }),
      ),
    nowMs: ({ timeoutMs, signal }) =>
      inTime(timeoutMs, signal, (asked) =>
        ask('/api/v1/query', { query: 'time()' }, asked, async (answer) => {
          if (answer.status !== 200) throw await readError(answer, address, clock.nowMs());
          return timeIn(await readText(answer, address, MOST_TIME_BYTES), address);
        }),
      ),
    close: () => transport.close(),
  };
}

function parametersOf({ promql, startMs, endMs, stepMs }: RangeQuery, timeoutMs: number): Record<string, string> {
  return {
    query: promql,
    start: String(startMs / 1000),
    end: String(endMs / 1000),
    step: String(stepMs / 1000),
    timeout: `${Math.ceil(timeoutMs / 1000)}s`,
    // Thanos and VictoriaMetrics would else answer with what is in reach; Prometheus does not know them.
    partial_response: 'false',
    deny_partial_response: '1',
  };
}

function deadline(address: string, timeoutMs: number, signal: AbortSignal | undefined): Deadline {
  return {
    timeoutMs,
    signal,
    late: () => {
      const message = `${address} did not answer within ${Math.round(timeoutMs)} ms: is it overloaded, or is a proxy before it? Else ${ANOTHER}`;
      return new AppError('unavailable', message, { retryable: true });
    },
    left: () => new AppError('unavailable', `the query to ${address} was given up`),
  };
}
