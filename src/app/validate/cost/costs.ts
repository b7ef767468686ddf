// What a detector would cost, asked of a Prometheus by the very queries of its checks: the series that it has now, the samples
// that its checks read, and the CPU that scoring them takes.
import type { FetchLimits, PrometheusSource } from '#collect/prometheus/contract.ts';
import { restrictToNamespace } from '#collect/prometheus/promql.ts';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import { type Watch, watchOf } from '#operator/watch.ts';
import { podOf } from '#pipeline/window-job.ts';
import { plansOf } from '#resource/anomaly-detector/plan.ts';
import type { Detector } from '#resource/anomaly-detector/read.ts';
import { samplesPerMinute } from '#resource/anomaly-detector/samples-per-minute.ts';
import { MOST_SERIES } from '#resource/anomaly-detector/v2.ts';
import { podsQueries } from '../../live/window-queries.ts';
import type { FindPods, PodNames } from './chosen-pods.ts';

export interface MetricCost {
  readonly metric: string;
  readonly series: number;
  /** There are more than `series`, and nobody counted them. */
  readonly isMore: boolean;
  /** Why Prometheus does not take its query. */
  readonly refused?: string;
  readonly samplesPerMinute: number;
  /** Of scoring alone. */
  readonly cpuMsPerMinute: number;
}

export interface DetectorCost {
  /** In which it was asked for. */
  readonly namespaces: readonly string[];
  /** How many it selects; undefined where that is not known, and all of the namespaces were counted. */
  readonly pods: number | undefined;
  /** Each over all namespaces. */
  readonly metrics: readonly MetricCost[];
  /** What its checks ask for beneath them: read, and not scored. */
  readonly denominators: readonly MetricCost[];
}

/** What is asked for, and whether of a query only what is of the pods is meant. */
interface Asked {
  readonly metricName: string;
  readonly query?: string | undefined;
  readonly ofPods: boolean;
}

export interface CostPorts {
  readonly source: Pick<PrometheusSource, 'queryRange' | 'nowMs'>;
  readonly findPods: FindPods;
  /** Milliseconds of CPU for a sample of a window of so many points. */
  readonly scoringMs: (plan: Plan, points: number, stepMs: number) => number;
}

export const LIMITS = { maxSeries: MOST_SERIES, timeoutMs: 30_000 } satisfies FetchLimits;
const STEP_MS = 1000;
/** Whoever does not say in time what time it is is not asked for more. */
const FIRST_TIMEOUT_MS = 10_000;

/** Undefined where nobody says in which namespaces its pods are. `namespace` is the detector's own. */
export type AskCost = (detector: Detector, namespace: string) => Promise<DetectorCost | undefined>;

/** Rejects as a PrometheusSource does. What is asked the same way twice is asked once. */
export function createCosts({ source, findPods, scoringMs }: CostPorts): AskCost {
  const counts = new Map<string, Promise<number>>();
  let now: Promise<number> | undefined;

  function nowMs(): Promise<number> {
    now ??= source.nowMs({ timeoutMs: FIRST_TIMEOUT_MS });
    return now;
  }

  async function ask(promql: string) {
    const endMs = Math.floor((await nowMs()) / STEP_MS) * STEP_MS;
    return source.queryRange({ promql, startMs: endMs, endMs, stepMs: STEP_MS }, LIMITS);
  }

  function once(key: string, count: () => Promise<number>): Promise<number> {
    const known = counts.get(key) ?? count();
    counts.set(key, known);
    return known;
  }

  async function seriesOf({ metricName, query, ofPods }: Asked, namespace: string, chosen: PodNames): Promise<number> {
    if (query !== undefined) {
      const promql = restrictToNamespace(query, namespace);
      const pods = chosen === 'any' ? { has: () => true } : new Set(chosen);
      const own = { namespace, pods, isQuery: true };
      const answer = await ask(promql);
      return ofPods ? answer.filter(({ labels }) => podOf(own, labels) !== undefined).length : answer.length;
    }
    let series = 0;
    for (const { countPromql } of podsQueries({ namespace, metricName, pods: chosen })) {
      // Where there is nothing, nothing is counted.
      series += await once(countPromql, async () => (await ask(countPromql))[0]?.values.at(-1) ?? 0);
    }
    return series;
  }

  /** `plan`: by whose method it is scored; absent: it is not. */
  async function costOf(
    asked: Asked,
    watch: Watch,
    chosen: ReadonlyMap<string, PodNames>,
    plan?: Plan,
  ): Promise<MetricCost> {
    let [series, rest]: [number, Instead] = [0, { isMore: false }];
    for (const [namespace, pods] of chosen) {
      try {
        series += await seriesOf(asked, namespace, pods);
      } catch (error) {
        rest = insteadOf(error, asked);
        series = rest.isMore ? Math.max(series, LIMITS.maxSeries) : series;
        break;
      }
    }
    const samples = samplesPerMinute(series, watch);
    const points = Math.round(watch.windowMs / watch.stepMs);
    const cpuMsPerMinute = plan === undefined ? 0 : samples * scoringMs(plan, points, watch.stepMs);
    return { metric: asked.metricName, series, ...rest, samplesPerMinute: samples, cpuMsPerMinute };
  }

  return async (detector, namespace) => {
    // Whoever does not say what time it is is no Prometheus, and what it refuses says nothing of a query.
    await nowMs();
    const watch = watchOf(detector, plansOf(detector));
    const chosen = await findPods(watch, namespace);
    if (chosen === undefined) return undefined;
    const metrics: MetricCost[] = [];
    const beneath = new Map<string, MetricCost>();
    for (const plan of watch.plans) {
      const { metricName, query, guards } = plan;
      metrics.push(await costOf({ metricName, query, ofPods: true }, watch, chosen, plan));
      const { denominator } = guards;
      if (denominator === undefined) continue;
      // Plans that ask the same ask it once.
      const key = JSON.stringify([denominator.metricName, denominator.query]);
      const cost = beneath.get(key) ?? (await costOf({ ...denominator, ofPods: false }, watch, chosen));
      beneath.set(key, cost);
    }
    const namespaces = watch.namespaces === undefined ? [namespace] : [...chosen.keys()];
    return { namespaces, pods: countOf([...chosen.values()]), metrics, denominators: [...beneath.values()] };
  };
}

function countOf(all: readonly PodNames[]): number | undefined {
  const known = all.filter((pods) => pods !== 'any');
  return known.length < all.length ? undefined : known.reduce((sum, pods) => sum + pods.length, 0);
}

type Instead = Pick<MetricCost, 'isMore' | 'refused'>;

/** What an error says of one metric alone; any other is thrown again. */
function insteadOf(error: unknown, { query }: Pick<Asked, 'query'>): Instead {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'too-much') return { isMore: true };
  if (error.code === 'bad-input' && query !== undefined) return { isMore: false, refused: error.message };
  throw error;
}
