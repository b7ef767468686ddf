// Prints detectors for pods that exist, of metrics that exist. Only manifests go to standard output, so that they can be
// piped into kubectl; everything else goes to standard error.
import { systemClock, wallClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { nearest } from '#kit/nearest.ts';
import { matchesSelector } from '#kube/objects.ts';
import type { InitOptions } from './init-command.ts';
import { manifestOf } from './init-manifest.ts';
import { type FoundMetric, type RankedMetric, rankMetrics, suggestMetrics } from './init-metrics.ts';
import type { Cluster } from './live/cluster.ts';
import { connectCluster } from './live/connect.ts';
import { createCounterNames } from './live/counter-names.ts';
import { metricsOfPods } from './live/init-query.ts';
import { findPrometheus } from './live/open-prometheus.ts';
import { printable } from './printable.ts';
import { createProgress } from './progress.ts';

const MOST_LISTED = 12;

export async function init(options: InitOptions): Promise<void> {
  const say = createProgress(process.stderr);
  const log = createLog('warn');
  const random = Math.random;
  await using closing = new AsyncDisposableStack();
  const cluster = await connectCluster(options, { roles: ['observer'], random, log, say });
  closing.defer(() => cluster.close());
  const namespace = options.namespace ?? cluster.namespace;
  const pods = podsOf(cluster, namespace, options);
  const source = await findPrometheus(cluster, options, { clock: systemClock, random, log, say });
  closing.defer(() => source.close());
  const found = await metricsOfPods(source, namespace, pods, wallClock);
  const ranked = rankMetrics(found);
  const suggested = options.metric === undefined ? suggestMetrics(ranked) : [named(options.metric, found)];
  if (suggested.length === 0) throw nothingFound(source.address, namespace, pods, found);

  const counters = createCounterNames(source, systemClock);
  say.line(`Pods      ${pods.length} in ${namespace} with ${selectorText(options)}`);
  const manifests: string[] = [];
  for (const metric of suggested) {
    const counter = (await counters.has(metric.name)) ? '; a counter, so its increase a second is watched' : '';
    say.line(printable(`Detector  ${metric.name}: ${metric.kind}, ${metric.series} series${counter}`));
    manifests.push(
      manifestOf({ group: options.group, namespace, selector: options.selector, metricName: metric.name }),
    );
  }
  const others = ranked.filter((metric) => !suggested.some(({ name }) => name === metric.name));
  for (const line of otherLines(others)) say.line(line);
  say.line('          The cluster has to know the resource: "tidewatch run --install" adds it, and acts on it.');
  process.stdout.write(manifests.join('---\n'));
}

function selectorText({ selector }: InitOptions): string {
  return Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

function podsOf(cluster: Cluster, namespace: string, options: InitOptions): readonly string[] {
  const matching = [...cluster.pods.list()].filter(({ labels }) => matchesSelector(options.selector, labels));
  const pods = matching.filter((pod) => pod.namespace === namespace).map(({ name }) => name);
  if (pods.length > 0) return pods.sort();
  const text = selectorText(options);
  const elsewhere = [...new Set(matching.map((pod) => pod.namespace))].sort();
  const [first] = elsewhere;
  const hint =
    first === undefined
      ? 'see which labels there are with "kubectl get pods --show-labels"'
      : `there are some in ${elsewhere.slice(0, MOST_LISTED).join(', ')}: add -n ${first}`;
  throw new AppError('not-found', `No pod in the namespace ${namespace} has ${text}: ${hint}.`);
}

/** The metric that was asked for, whatever its name says. */
function named(metric: string, found: readonly FoundMetric[]): RankedMetric {
  const one = found.find(({ name }) => name === metric);
  if (one !== undefined) return rankMetrics([one])[0] ?? { ...one, kind: 'other' };
  const names = found.map(({ name }) => name);
  // A unit that was left out is no typing error that `nearest` would see.
  const near = nearest(metric, names) ?? names.find((name) => name.startsWith(metric));
  const hint = near === undefined ? 'without --metric it says which there are' : `did you mean ${near}?`;
  throw new AppError('not-found', `These pods have had no metric ${metric} in the last hour: ${hint}`);
}

function nothingFound(
  address: string,
  namespace: string,
  pods: readonly string[],
  found: readonly FoundMetric[],
): AppError {
  const [pod = ''] = pods;
  const what =
    found.length === 0
      ? 'no metric'
      : `only metrics that say little by themselves (${found
          .slice(0, MOST_LISTED)
          .map(({ name }) => name)
          .join(', ')}; choose one with --metric)`;
  return new AppError(
    'not-found',
    `${address} has ${what} of these pods in the last hour, looked for as {namespace="${namespace}",pod="${pod}"}: check that it scrapes them, and that its series carry the labels namespace and pod.`,
  );
}

function otherLines(others: readonly RankedMetric[]): readonly string[] {
  if (others.length === 0) return [];
  const names = others.slice(0, MOST_LISTED).map(({ name }) => name);
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
  return [printable(`Others    ${names.join(', ')}${more}: choose one with --metric`)];
}
