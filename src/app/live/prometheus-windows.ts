// The windows of declared detectors, asked of a Prometheus: one query for the pods of a group, or a few where there are many.
// The limits hold for all of them together: neither more series than fit nor more time than there is.
import type { FetchedSeries, FetchLimits, PrometheusSource } from '#collect/prometheus/contract.ts';
import { restrictToNamespace } from '#collect/prometheus/promql.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { WindowQuery, WindowSource } from '#pipeline/window-source.ts';
import type { CounterNames } from './counter-names.ts';
import { rateWindowOf } from './rate-window.ts';
import type { SourceClock } from './source-clock.ts';
import { podsQueries } from './window-queries.ts';

export interface PrometheusWindowsOptions {
  readonly source: Pick<PrometheusSource, 'queryRange'>;
  readonly counters: CounterNames;
  readonly sourceClock: SourceClock;
  /** One that never steps. */
  readonly steadyClock: Clock;
}

export function prometheusWindows(options: PrometheusWindowsOptions): WindowSource {
  const { sourceClock } = options;
  return {
    nowMs: (signal) => sourceClock.nowMs(signal),
    async window(query, limits) {
      try {
        return await ask(options, query, limits);
      } catch (error) {
        if (error instanceof AppError && error.code === 'unavailable') sourceClock.doubt();
        throw error;
      }
    },
  };
}

/** A query's own result, whatever pods it is of: it aggregates, so that there are few. */
async function askQuery(
  { source }: PrometheusWindowsOptions,
  query: string,
  { namespace, metricName, startMs, endMs, stepMs }: WindowQuery,
  limits: FetchLimits,
): Promise<readonly FetchedSeries[]> {
  const promql = restrictToNamespace(query, namespace);
  return source.queryRange({ promql, startMs, endMs, stepMs }, limits).catch((error: unknown) => {
    throw isTooMuch(error) ? hasTooMany(metricName, namespace, limits.maxSeries, error) : error;
  });
}

async function ask(
  options: PrometheusWindowsOptions,
  asked: WindowQuery,
  { maxSeries, timeoutMs, signal }: FetchLimits,
): Promise<readonly FetchedSeries[]> {
  const { source, counters, steadyClock } = options;
  const { namespace, metricName, query, pods, startMs, endMs, stepMs, isCounter, isDear } = asked;
  if (query !== undefined) return askQuery(options, query, asked, { maxSeries, timeoutMs, ...(signal && { signal }) });
  const untilMs = steadyClock.nowMs() + timeoutMs;
  const isRated = isCounter ?? (await counters.has(metricName, signal));
  const parts: FetchedSeries[] = [];
  const queries = podsQueries({ namespace, metricName, pods }, isRated ? rateWindowOf(stepMs) : undefined);
  for (const { promql, countPromql } of queries) {
    const left = { series: maxSeries - parts.length, ms: untilMs - steadyClock.nowMs() };
    if (left.ms <= 0) {
      throw new AppError('unavailable', `not all of ${metricName} came within ${timeoutMs} ms`, { retryable: true });
    }
    const own = { maxSeries: left.series, timeoutMs: left.ms, ...(signal && { signal }) };
    // One after the other: the scheduler decides how much is asked at once.
    if (isDear === true) {
      const [counted] = await source.queryRange({ promql: countPromql, startMs: endMs, endMs, stepMs }, own);
      // Nothing is there now: then the hour has to say.
      if ((counted?.values.at(-1) ?? 0) > left.series) throw hasTooMany(metricName, namespace, maxSeries);
    }
    const some = await source.queryRange({ promql, startMs, endMs, stepMs }, own).catch((error: unknown) => {
      throw isTooMuch(error) ? hasTooMany(metricName, namespace, maxSeries, error) : error;
    });
    for (const series of some) parts.push(series);
  }
  return parts;
}

function isTooMuch(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'too-much';
}

/** Of the whole, and not of the part that went beyond it. */
function hasTooMany(metricName: string, namespace: string, maxSeries: number, cause?: AppError): AppError {
  const message = `${metricName} has more than ${maxSeries} series of these pods in ${namespace}, or more than may be read at once: choose fewer pods, or a metric with fewer labels`;
  return new AppError('too-much', message, cause && { cause });
}
