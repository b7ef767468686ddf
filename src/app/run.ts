// The wiring of `run`: cluster, Prometheus, store, what is observed, what is declared, page. Says at each step what it does,
// and shuts down in the reverse order.
import { loopbackOf } from '#api/rest/listen.ts';
import { createServer, type RestServer } from '#api/rest/server.ts';
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { KubeRole } from '#kube/contract.ts';
import type { LiveSink } from '#pipeline/live-sink.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { kindsOf } from '#resource/kinds.ts';
import { isObserved } from '#resource/observe/catalogue.ts';
import { buildPage } from './build-page.ts';
import { dataHome } from './data-folder.ts';
import type { Alerting } from './live/alerting.ts';
import type { Cluster } from './live/cluster.ts';
import { openClusterStore, positionIn } from './live/cluster-store.ts';
import { connectCluster } from './live/connect.ts';
import { detectorPorts } from './live/detector-ports.ts';
import { installCrds } from './live/install-crd.ts';
import { type KeepObservingOptions, keepObserving } from './live/keep-observing.ts';
import { createLiveMetrics } from './live/live-metrics.ts';
import { createLiveSource, type LiveSource, type LiveSourceOptions } from './live/live-source.ts';
import { callsOf, missingCalls, missingText, withAllMissing } from './live/missing-rights.ts';
import { createObserving, OBSERVE_STEP_MS, type Observing } from './live/observe.ts';
import { openAnalyser } from './live/open-analyser.ts';
import { awaitPrometheus } from './live/open-prometheus.ts';
import { createOperating, type Operating } from './live/operate.ts';
import { openIn, orphanCloser } from './live/orphan-closer.ts';
import { createPulse, ROUND_PULSE } from './live/pulse.ts';
import { openScrape, scrapeLine } from './live/scrape-option.ts';
import { createUnansweredNotice } from './live/unanswered.ts';
import { createProgress, type Progress } from './progress.ts';
import type { RunOptions } from './run-command.ts';
import { SHIPPED } from './shipped.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

const random = Math.random;
const OBSERVING = 'Nothing is written to the cluster.';
const ACTING = 'Acting on AnomalyDetectors: kubectl get anomalydetectors -A.';

export async function run(options: RunOptions): Promise<void> {
  // Before anything is opened that would have to be closed for it.
  loopbackOf(options.host);
  await watch(options);
}

async function watch(options: RunOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const [log, clock] = [createLog(options.logLevel), wallClock];
  await using closing = new AsyncDisposableStack();

  const scrape = openScrape(options);
  closing.defer(() => scrape?.dispatcher.destroy());
  const cluster = await connectCluster(options, { roles: rolesOf(options), random, log, say });
  closing.defer(() => cluster.close());
  const source = await awaitPrometheus(cluster, options, { clock, random, log, say });
  closing.defer(() => source.close());
  const pulse = createPulse(ROUND_PULSE);
  const stored = await openClusterStore(cluster, options, {
    ...{ clock, log, say, home: dataHome() },
    onWritten: () => live.changed(),
  });
  closing.defer(() => stored.close());
  const { folder, opened, sink, signal } = stored;
  const { store, remote: remoteWrite, alerting } = opened;
  const namespace = options.namespace ?? cluster.namespace;
  if (options.install) await installResource(cluster, options, namespace, say);

  const notice = createUnansweredNotice(() => source.address, say);
  const closeOrphansOf = orphanCloser({ open: openIn(store), sink, clock, log, signal });
  const observing = observeAlways({ cluster, source, workers: options.workers }, sink, {
    ...{ position: () => positionIn(store), log, clock: systemClock },
    onRound(status, attempt) {
      pulse.beat();
      notice.heard(status);
      say.update(`Watching  ${status.series.toLocaleString('en')} series`);
      if (status.failure === undefined && status.troubles.length === 0) {
        closeOrphansOf(`observed, ${attempt}`, isObserved);
      }
      live.changed();
    },
  });
  closing.defer(() => observing.stop());
  const analyser = openAnalyser(options, { clock: systemClock, random, log });
  closing.defer(() => analyser.close());
  if (scrape !== undefined) say.line(scrapeLine(scrape));
  const operating = options.install
    ? createOperating({
        ...{ cluster, source, scrape, analyser, sink, namespace, clock, steadyClock: systemClock, random, log },
        ...closeOrphansOf.ofDetectors,
      })
    : undefined;
  if (operating === undefined) closeOrphansOf.ofDetectors.onKnown(() => false);
  else closing.defer(() => operating.stop());

  const live: LiveSource = liveSourceOf(cluster, source, observing, operating, {
    storedFromMs: () => opened.upkeep.oldest.ms,
    troubles: () => [...opened.troubles(), ...(operating?.rivals() ?? [])],
  });

  await buildPage(say);
  const server = await createServer({
    ...{ store, alerts: store.alerts, replay: live, clock, log, webFolder: SHIPPED.page, services: cluster.directory },
    ...(operating === undefined ? {} : detectorPorts(operating.controller, operating.targets)),
    alive: () => opened.stuck() ?? pulse.stuck(),
    metrics: createLiveMetrics({
      ...{ observing, operating, cluster, store, alerting, remoteWrite, clock, steadyClock: systemClock },
      page: () => server.doorStats(),
    }),
    about: { version: version(), data: folder, watchCommand: './tidewatch run' },
  });
  closing.defer(() => server.close());
  await openPage(server, options, { say, alerting });
  observing.observer.start();
  operating?.start();
  await signalled;
  say.line('Ending …');
  if (operating !== undefined) say.line(leftLine(options.group, namespace));
}

/** Each with the rights of these. */
function rolesOf({ install }: RunOptions): readonly KubeRole[] {
  return install ? ['installer', 'operator', 'observer'] : ['observer'];
}

async function installResource(cluster: Cluster, options: RunOptions, namespace: string, say: Progress): Promise<void> {
  const calls = callsOf(rolesOf(options), { isProxied: options.prometheus === undefined });
  const needed = { calls, namespace, group: options.group };
  await installCrds(cluster.client, options.group, say).catch(async (error: unknown) => {
    throw await withAllMissing(error, cluster.client, needed);
  });
  // It may be there already; what acting on it takes is told before it is missed.
  const acting = { ...needed, calls: calls.filter(({ roles }) => !roles.includes('installer')) };
  const missing = await missingCalls(cluster.client, acting).catch(() => []);
  if (missing.length > 0) say.line(`Rights    ${missingText(missing, undefined, namespace)}`);
}

function leftLine(group: string, namespace: string): string {
  const names = kindsOf(ALGORITHMS).map(({ plural }) => `${plural}.${group}`);
  const crd = `kubectl delete crd ${names.join(' ')}`;
  return `Left      in the cluster, to be removed with: ${crd} && kubectl delete lease tidewatch-operator -n ${namespace}`;
}

async function openPage(
  server: Pick<RestServer, 'listen'>,
  options: RunOptions,
  { say, alerting }: { readonly say: Progress; readonly alerting: Alerting },
): Promise<void> {
  const { url, port } = await server.listen({ host: options.host, port: options.port });
  alerting.pageAt(url);
  if (options.port !== 0 && port !== options.port) say.line(`Port      ${options.port} is busy, so this uses ${port}`);
  say.line(`Page      ${url}`);
  say.line(`          ${options.install ? ACTING : OBSERVING} Ctrl-C ends it; what was seen so far is kept.`);
}

interface Always extends Pick<KeepObservingOptions, 'position' | 'log' | 'clock'> {
  onRound(status: ObserverStatus, attempt: number): void;
}

/** Observes the cluster, again and again when something fails. */
function observeAlways(
  { cluster, source, workers }: { cluster: Cluster; source: PrometheusSource; workers: number },
  sink: LiveSink,
  { onRound, ...always }: Always,
): Observing {
  let attempt = 0;
  return keepObserving({
    ...always,
    onRound: (status) => onRound(status, attempt),
    open(storedMs, now, heard) {
      attempt = now;
      // What the last attempt found open, this one has to find again.
      sink.forgetOpen(isObserved);
      return createObserving({
        ...{ source, sink, workers, storedMs, clock: wallClock },
        enrich: (namespace, pod) => cluster.serviceLabels(namespace, pod),
        onRound: heard,
      });
    },
  });
}

function liveSourceOf(
  cluster: Cluster,
  source: PrometheusSource,
  observing: Observing,
  operating: Operating | undefined,
  own: Pick<LiveSourceOptions, 'storedFromMs' | 'troubles'>,
): LiveSource {
  return createLiveSource({
    ...{ clock: wallClock, steadyClock: systemClock, cluster: cluster.name, stepMs: OBSERVE_STEP_MS, ...own },
    prometheus: () => source.address,
    scrapes: operating?.stats().scraper !== undefined,
    status: () => observing.observer.status,
    series: observing.series,
    watches: {
      ...{ pods: cluster.pods, services: cluster.services },
      ...operating?.detectors.watches,
    },
  });
}
