// The wiring of what is asked about costs: which Prometheus, which cluster knows the pods, and this process' own CPU.
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { openClient, readAccess } from '../../live/open-client.ts';
import { podsOfCluster, podsOfPrometheus } from './chosen-pods.ts';
import { type AskCost, createCosts, LIMITS } from './costs.ts';
import { createScoringCost } from './scoring-cost.ts';

export interface CostOptions {
  readonly prometheus: string;
  readonly prometheusTokenFile?: string;
  /** A cluster is asked for pods where one of the two is given. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface OpenCosts {
  readonly ask: AskCost;
  close(): Promise<void>;
}

/** Nothing is asked before the first cost is. */
export async function openCosts({ prometheus, prometheusTokenFile, ...cluster }: CostOptions): Promise<OpenCosts> {
  const clock = systemClock;
  const log = createLog('warn');
  const source = createPrometheusSource(
    createHttpTransport({
      url: prometheus,
      ...(prometheusTokenFile !== undefined && { tokenFile: prometheusTokenFile }),
    }),
    { clock, random: Math.random, log },
  );
  const ask = async (promql: string) => {
    const endMs = Math.floor((await source.nowMs(LIMITS)) / 1000) * 1000;
    return source.queryRange({ promql, startMs: endMs, endMs, stepMs: 1000 }, { ...LIMITS, maxSeries: MOST_PODS });
  };
  const isNamed = cluster.kubeconfig !== undefined || cluster.context !== undefined;
  const client = isNamed ? openClient(await readAccess(cluster), log) : undefined;
  const findPods = client === undefined ? podsOfPrometheus(ask) : podsOfCluster(client);
  const scoringMs = createScoringCost(ALGORITHMS, () => process.cpuUsage().user / 1000);
  return {
    ask: createCosts({ source, findPods, scoringMs }),
    async close() {
      await source.close();
      await client?.close();
    },
  };
}

const MOST_PODS = 100_000;
