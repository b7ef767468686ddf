// The wiring of `operator`: cluster, Prometheus, analysers, keeper, the lease, and what is done while it is held.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { USUAL_NAMESPACES } from '#collect/prometheus/prometheus-services.ts';
import type { Certificates } from '#kit/certificates.ts';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { DETECTOR_GROUP } from '#kube/calls.ts';
import type { KubeClient, Leader } from '#kube/contract.ts';
import { createLeader } from '#kube/leader.ts';
import { createKeeperClient, type KeeperClient } from '#store/keeper/client.ts';
import type { Cluster } from './live/cluster.ts';
import { connectCluster } from './live/connect.ts';
import { createEpochFloor } from './live/epoch-floor.ts';
import { openHealth } from './live/health-server.ts';
import { openAnalyser } from './live/open-analyser.ts';
import { awaitPrometheus } from './live/open-prometheus.ts';
import { createRemoteMetrics, type RemoteReadings } from './live/remote-metrics.ts';
import { openScrape, scrapeLine } from './live/scrape-option.ts';
import { openTls } from './live/tls.ts';
import { unseenReason } from './live/watch-health.ts';
import type { OperatorOptions } from './operator-command.ts';
import { runTerm, type TermParts } from './operator-term.ts';
import { createTerms, type Terms } from './operator-terms.ts';
import { createProgress } from './progress.ts';
import { untilSignal } from './until-signal.ts';

const random = Math.random;
/** What there is so far. */
interface There {
  keeper?: KeeperClient;
  cluster?: Cluster;
  leader?: Leader;
  parts?: TermParts | undefined;
}

/** Another may lead by then. */
const UNLED_MS = 15_000;

export async function operate(options: OperatorOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const log = createLog(options.logLevel);
  const clock = wallClock;
  await using closing = new AsyncDisposableStack();

  const there: There = {};
  const metrics = createRemoteMetrics(() => readingsOf(there), systemClock);
  const health = await openHealth(options, { metrics, log });
  closing.defer(() => health.close());
  if (health.port !== undefined) say.line(`Health    port ${health.port}`);
  const tls = await openTls(options.tls, { signalled, health, say, log });
  closing.defer(() => tls.stop());
  if (tls.isEnding) return;
  const { credentials } = tls;
  const client = await openKeeper(options, credentials, log);
  there.keeper = client;
  closing.defer(() => client.close());

  const cluster = inGroup(await connectCluster(options, { random, log, say }), options.group);
  closing.defer(() => cluster.close());
  there.cluster = cluster;
  // It acts for everybody: nobody's own service may feed it.
  const namespaces = [...USUAL_NAMESPACES, options.namespace ?? cluster.namespace];
  const source = await awaitPrometheus(cluster, options, { clock, random, log, say, namespaces });
  closing.defer(() => source.close());
  const analyser = openAnalyser(options, {
    ...{ clock: systemClock, random, log },
    ...(credentials && { credentials }),
  });
  closing.defer(() => analyser.close());
  const scrape = openScrape(options);
  if (scrape !== undefined) say.line(scrapeLine(scrape));
  closing.defer(() => scrape?.dispatcher.destroy());

  const namespace = options.namespace ?? cluster.namespace;
  const floor = createEpochFloor(namespace);
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const onChange = (epoch: number | undefined) => {
    say.line(epoch === undefined ? 'Leads no more: stands by' : `Leads     epoch ${epoch}`);
    terms.change(epoch);
  };
  const lease = createLeader({
    ...{ client: cluster.client, namespace, identity, clock: systemClock, wall: clock, random, log, onChange },
    atLeastEpoch: () => floor.least,
  });
  there.leader = lease;
  const terms: Terms = createTerms({
    ...{ clock: systemClock, log },
    run: (epoch, signal) =>
      runTerm(epoch, signal, {
        ...{ cluster, source, scrape, analyser, keeper: client, leader: lease, floor, namespace },
        ...{ workers: options.workers, clock, steadyClock: systemClock, random, log },
        onParts: (now) => {
          there.parts = now;
        },
      }),
  });
  lease.start();
  closing.defer(() => giveUp(terms, lease));
  health.started(() => unseenReason(watchedBy(there), systemClock.nowMs()) ?? unledReason(lease));
  say.line(`Keeper    ${options.keeper}`);
  say.line(`Stands by as ${identity}, for the lease tidewatch-operator in ${namespace}. Ctrl-C ends it.`);
  await signalled;
}

/** Both the one that leads and the one that stands by must see the cluster; detectors only who leads looks at. */
function watchedBy({ cluster, parts }: There) {
  return { pods: cluster?.pods, services: cluster?.services, detectors: parts?.operating.detectors };
}

function readingsOf(there: There): RemoteReadings {
  const { keeper, leader, parts } = there;
  return {
    leads: leader?.epoch !== undefined,
    observed: parts?.observing.observer.status,
    operating: parts?.operating.stats(),
    keeper: keeper?.stats(),
    watches: watchedBy(there),
  };
}

/** The lease only when nothing is written any more. */
async function giveUp(terms: Terms, lease: Leader): Promise<void> {
  await terms.stop();
  await lease.stop();
}

function openKeeper(
  { keeper: address, spool, spoolSize }: OperatorOptions,
  credentials: Certificates | undefined,
  log: ReturnType<typeof createLog>,
): Promise<KeeperClient> {
  return createKeeperClient({
    ...{ address, maxSpoolBytes: spoolSize, clock: wallClock, random, log },
    ...(credentials && { credentials }),
    ...(spool === undefined ? {} : { spoolFolder: spool }),
  });
}

/** The cluster whose detectors are of another group than ours: every call names its own. */
function inGroup(cluster: Cluster, group: string): Cluster {
  if (group === DETECTOR_GROUP) return cluster;
  const { client } = cluster;
  const renamed: KubeClient = {
    server: client.server,
    request: (call, target, request) =>
      client.request(call.group === DETECTOR_GROUP ? { ...call, group } : call, target, request),
    stream: (call, target, request) =>
      client.stream(call.group === DETECTOR_GROUP ? { ...call, group } : call, target, request),
    close: () => client.close(),
  };
  return { ...cluster, client: renamed };
}

/** Watches that are open outlive the rights of who opened them; the lease is asked for every two seconds. */
function unledReason({ trouble }: Leader): string | undefined {
  if (trouble === undefined || systemClock.nowMs() - trouble.sinceMs < UNLED_MS) return undefined;
  return `the lease that says who leads is out of reach: ${trouble.message}`;
}
