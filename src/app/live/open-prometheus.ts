// The Prometheus that is asked: the one that was named, or the one that is found in the cluster, now or later.
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import { type DiscoverOptions, discoverPrometheus } from '#collect/prometheus/discover.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource, type PrometheusSourceOptions } from '#collect/prometheus/source.ts';
import { AppError } from '#kit/errors.ts';
import type { Progress } from '../progress.ts';
import type { RunOptions } from '../run-command.ts';
import type { Cluster } from './cluster.ts';
import { createLatePrometheus } from './late-prometheus.ts';
import { createMovingPrometheus } from './moving-prometheus.ts';

export async function findPrometheus(
  cluster: Cluster,
  options: Pick<RunOptions, 'prometheus' | 'prometheusTokenFile'>,
  deps: PrometheusSourceOptions & { readonly say: Progress; readonly namespaces?: readonly string[] },
): Promise<PrometheusSource> {
  const { say, namespaces, ...sourceOptions } = deps;
  if (options.prometheus !== undefined) {
    const source = createPrometheusSource(named(options), sourceOptions);
    say.line(`Metrics   ${source.address}`);
    return source;
  }
  const discovery: DiscoverOptions = { clock: deps.clock, ...(namespaces && { namespaces }) };
  const find = async () =>
    createPrometheusSource((await discoverPrometheus(cluster.client, discovery)).transport, sourceOptions);
  say.update('Metrics   looking for Prometheus …');
  const first = await find();
  say.line(`Metrics   ${first.address}`);
  return createMovingPrometheus({ first, find, clock: deps.clock, log: deps.log });
}

/** The same, but where none was named and none is found it is looked for again, and what it is asked says that there is none. */
export async function awaitPrometheus(
  cluster: Cluster,
  options: Parameters<typeof findPrometheus>[1] & { readonly scrape: boolean },
  deps: Parameters<typeof findPrometheus>[2],
): Promise<PrometheusSource> {
  if (options.prometheus !== undefined) return findPrometheus(cluster, options, deps);
  const late = createLatePrometheus(() => findPrometheus(cluster, options, deps), deps.clock);
  try {
    await late.look();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
    const without = options.scrape ? '' : '. Without one: --install --scrape';
    deps.say.line(`Metrics   none yet: ${error.message}${without}`);
    deps.say.line('          It is looked for again each minute.');
  }
  return late;
}

function named({
  prometheus = '',
  prometheusTokenFile: tokenFile,
}: Pick<RunOptions, 'prometheus' | 'prometheusTokenFile'>) {
  return createHttpTransport({ url: prometheus, ...(tokenFile === undefined ? {} : { tokenFile }) });
}
