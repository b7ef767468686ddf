// The Prometheus that is asked: the one that was named, or the one that is found in the cluster.

import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import { type DiscoverOptions, discoverPrometheus } from '#collect/prometheus/discover.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource, type PrometheusSourceOptions } from '#collect/prometheus/source.ts';
import type { Progress } from '../progress.ts';
import type { RunOptions } from '../run-command.ts';
import type { Cluster } from './cluster.ts';

export async function findPrometheus(
  cluster: Cluster,
  options: Pick<RunOptions, 'prometheus' | 'prometheusTokenFile'>,
  deps: PrometheusSourceOptions & { readonly say: Progress; readonly namespaces?: readonly string[] },
): Promise<PrometheusSource> {
  const { say, namespaces, ...sourceOptions } = deps;
  const transport =
    options.prometheus === undefined
      ? await found(cluster, say, { clock: deps.clock, ...(namespaces && { namespaces }) })
      : named(options);
  say.line(`Metrics   ${transport.address}`);
  return createPrometheusSource(transport, sourceOptions);
}

async function found(cluster: Cluster, say: Progress, options: DiscoverOptions) {
  say.update('Metrics   looking for Prometheus …');
  return (await discoverPrometheus(cluster.client, options)).transport;
}

function named({
  prometheus = '',
  prometheusTokenFile: tokenFile,
}: Pick<RunOptions, 'prometheus' | 'prometheusTokenFile'>) {
  return createHttpTransport({ url: prometheus, ...(tokenFile === undefined ? {} : { tokenFile }) });
}
