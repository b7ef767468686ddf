// A Prometheus as the history of detectors: what time it is there, which pods they select, which metrics are counters, and then
// the samples themselves.

import { ANOTHER } from '#collect/prometheus/answer-error.ts';
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import type { Plan } from '#model/plan.ts';
import { readDetectors } from '#resource/anomaly-detector/parse.ts';
import { plansOf } from '#resource/anomaly-detector/plan.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { goDurationMs } from '#resource/schema/go-duration.ts';
import { createCounterNames } from '../live/counter-names.ts';
import { OBSERVE_STEP_MS } from '../live/observe.ts';
import { MOST_SERIES, QUERY_MS } from '../live/observed-signals.ts';
import { OBSERVED_DETECTORS, readDetectorsFile } from '../load.ts';
import type { Progress } from '../progress.ts';
import { formatMinute, parseMoment } from '../tape-time.ts';
import { podsOfPrometheus } from '../validate/cost/chosen-pods.ts';
import { declaredQueries, type HistoryQueries, observedQueries } from './history-queries.ts';
import { memoryTape } from './memory-tape.ts';
import type { History } from './open-history.ts';
import { fetchHistory, type HistoryRange } from './prometheus-history.ts';

export interface PrometheusChoice {
  readonly prometheusTokenFile?: string;
  readonly from?: string;
  readonly to?: string;
  readonly days?: number;
  /** Milliseconds. */
  readonly step?: number;
  readonly namespace?: string;
}

const DEFAULT_DAYS = 7;
const DAY_MS = 86_400_000;
const FIRST_TIMEOUT_MS = 10_000;

/** `detectors`: a file, or `observed`. Rejects as a PrometheusSource does. */
export async function openPrometheusHistory(
  url: string,
  detectors: string,
  choice: PrometheusChoice,
  say: Progress,
): Promise<History> {
  const { prometheusTokenFile: tokenFile, from, days } = choice;
  if (from !== undefined && days !== undefined)
    throw new AppError('bad-usage', '--from and --days both say where it begins: give one of them');
  const moments = momentsOf(choice);
  const source = createPrometheusSource(createHttpTransport({ url, ...(tokenFile !== undefined && { tokenFile }) }), {
    ...{ clock: systemClock, random: Math.random, log: createLog('warn') },
  });
  try {
    return await ask(source, detectors, { ...choice, ...moments }, say);
  } catch (error) {
    throw withoutOption(error);
  } finally {
    await source.close();
  }
}

/** Here the address is the history itself, and no option. */
function withoutOption(error: unknown): unknown {
  if (!(error instanceof AppError) || !error.message.includes(ANOTHER)) return error;
  const message = error.message.replace(ANOTHER, 'give another in place of it');
  return new AppError(error.code, message, { cause: error, retryable: error.retryable });
}

interface Moments {
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Read before anything is asked. Throws `bad-usage`. */
function momentsOf({ from, to }: PrometheusChoice): Moments {
  const fromMs = from === undefined ? undefined : parseMoment(from, '--from');
  const toMs = to === undefined ? undefined : parseMoment(to, '--to');
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new AppError('bad-usage', `--from ${from} must be before --to ${to}`);
  return { ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) };
}

type Asking = Pick<PrometheusChoice, 'days' | 'step' | 'namespace'> & Moments;

async function ask(source: PrometheusSource, file: string, choice: Asking, say: Progress): Promise<History> {
  const isObserved = file === OBSERVED_DETECTORS;
  const declared = isObserved ? [] : readDetectors(await readDetectorsFile(file), file, ALGORITHMS);
  const steps = declared.map(({ spec }) => goDurationMs(spec.schedule.step) ?? OBSERVE_STEP_MS);
  const stepMs = choice.step ?? (isObserved ? OBSERVE_STEP_MS : Math.min(...steps));
  const range = rangeOf(choice, stepMs, await source.nowMs({ timeoutMs: FIRST_TIMEOUT_MS }));
  say.update(`Asking ${source.address} …`);
  const counters = createCounterNames(source, systemClock);
  const pods = podsOfPrometheus((promql) => everThere(source, promql, range));
  const found: HistoryQueries = isObserved
    ? observedQueries()
    : await declaredQueries(declared, {
        findPods: pods,
        isCounter: (name) => counters.has(name),
        ...{ stepMs, namespace: choice.namespace },
      });
  const asked: readonly Plan[] = isObserved ? OBSERVED.map(({ plan }) => plan) : declared.flatMap(plansOf);
  const signals = await fetchHistory({
    ...{ source, queries: found.queries, ...range },
    onPiece: (ratio, samples) => {
      const percent = Math.round(ratio * 100);
      say.update(`Asking ${source.address}: ${percent} %, ${samples.toLocaleString('en')} samples`);
    },
  });
  const reader = memoryTape({ name: source.address, source: source.address, stepMs, signals });
  const { series, samples } = reader.info;
  const span = `${formatMinute(range.startMs)} to ${formatMinute(range.endMs)} UTC every ${stepMs / 1000} s`;
  const holds = `${series.length.toLocaleString('en')} series, ${samples.toLocaleString('en')} samples`;
  say.line(`Asked ${source.address} for ${span}: ${holds}`);
  return { kind: 'prometheus', name: source.address, reader, plans: found.plans, asked, mayBeAbsent: isObserved };
}

/** Also those that are gone by now: a pod of five days ago has samples as well. */
function everThere(source: PrometheusSource, promql: string, { startMs, endMs, stepMs }: HistoryRange) {
  const seconds = Math.max(1, Math.round((endMs - startMs) / 1000));
  return source.queryRange(
    { promql: `last_over_time(${promql}[${seconds}s])`, startMs: endMs, endMs, stepMs },
    { maxSeries: 5 * MOST_SERIES, timeoutMs: QUERY_MS },
  );
}

/** Whole steps; the newest may still be filling. Throws `bad-usage`. */
function rangeOf({ fromMs, toMs, days }: Asking, stepMs: number, nowMs: number): HistoryRange {
  const untilMs = Math.min(toMs ?? Infinity, nowMs - stepMs);
  const endMs = Math.floor(untilMs / stepMs) * stepMs;
  const sinceMs = fromMs ?? endMs - (days ?? DEFAULT_DAYS) * DAY_MS;
  const startMs = Math.ceil(sinceMs / stepMs) * stepMs;
  if (startMs < endMs) return { startMs, endMs, stepMs };
  const says = `from ${formatMinute(startMs)} to ${formatMinute(endMs)} UTC`;
  throw new AppError('bad-usage', `${says} there is nothing to ask for: --from must be before --to, and in the past`);
}
