// The wiring of `operator`: cluster, Prometheus, analysers, keeper, the lease, and what is done while it is held.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { USUAL_NAMESPACES } from '#collect/prometheus/prometheus-services.ts';
import type { Certificates } from '#kit/certificates.ts';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog, type Log } from '#kit/log.ts';
import type { Leader } from '#kube/contract.ts';
import { createLeader } from '#kube/leader.ts';
import { createKeeperClient, type KeeperClient } from '#store/keeper/client.ts';
import type { Cluster } from './live/cluster.ts';
import { connectCluster } from './live/connect.ts';
import { createEpochFloor } from './live/epoch-floor.ts';
import { openHealth } from './live/health-server.ts';
import { openAnalyser } from './live/open-analyser.ts';
import { awaitPrometheus } from './live/open-prometheus.ts';
import { createPulse, ROUND_PULSE } from './live/pulse.ts';
import { createRemoteMetrics, type RemoteReadings } from './live/remote-metrics.ts';
import { openScrape, scrapeLine } from './live/scrape-option.ts';
import { openTls } from './live/tls.ts';
import { unseenReason } from './live/watch-health.ts';
import type { OperatorOptions } from './operator-command.ts';
import { failingReason, operatorNotes } from './operator-health.ts';
import { runTerm, type TermParts } from './operator-term.ts';
import { createTerms, type Terms } from './operator-terms.ts';
import { createProgress, type Progress } from './progress.ts';
import { untilSignal } from './until-signal.ts';

const random = Math.random;
/** What there is so far. */
interface There {
  keeper?: KeeperClient;
  cluster?: Cluster;
  leader?: Leader;
  terms?: Terms;
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

  const outside = await openOutside(options, credentials, { closing, log, say });
  const { cluster } = outside;
  there.cluster = cluster;
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
  const pulse = createPulse(ROUND_PULSE);
  const terms: Terms = createTerms({
    ...{ clock: systemClock, log },
    run: (epoch, signal) =>
      runTerm(epoch, signal, {
        ...{ ...outside, keeper: client, leader: lease, floor, namespace, workers: options.workers },
        ...{ clock, steadyClock: systemClock, random, log, pulse },
        onParts: (now) => {
          there.parts = now;
        },
      }),
  });
  there.terms = terms;
  health.watch(() => terms.stuck() ?? pulse.stuck());
  lease.start();
  closing.defer(() => giveUp(terms, lease));
  health.started(
    () => unreadyReason(there, lease),
    () => operatorNotes(client.stats()),
  );
  say.line(`Keeper    ${options.keeper}`);
  say.line(`Stands by as ${identity}, for the lease tidewatch-operator in ${namespace}. Ctrl-C ends it.`);
  await signalled;
}

/** Both the one that leads and the one that stands by must see the cluster; detectors only who leads looks at. */
function watchedBy({ cluster, parts }: There) {
  return { pods: cluster?.pods, services: cluster?.services, ...parts?.operating.detectors.watches };
}

function readingsOf(there: There): RemoteReadings {
  const { keeper, leader, terms, parts } = there;
  const { appendedMs } = keeper?.stats() ?? {};
  return {
    leads: leader?.epoch !== undefined,
    observed: parts?.observing.observer.status,
    operating: parts?.operating.stats(),
    keeper: keeper?.stats(),
    watches: watchedBy(there),
    termFailures: terms?.trouble?.failures ?? 0,
    appendAgeMs: appendedMs === undefined ? undefined : wallClock.nowMs() - appendedMs,
  };
}

/** The lease only when nothing is written any more. */
async function giveUp(terms: Terms, lease: Leader): Promise<void> {
  await terms.stop();
  await lease.stop();
}

function unreadyReason(there: There, leader: Leader): string | undefined {
  const nowMs = systemClock.nowMs();
  return unseenReason(watchedBy(there), nowMs) ?? unledReason(leader) ?? failingReason(there.terms?.trouble, nowMs);
}

interface OutsideDeps {
  /** That all of it is closed with. */
  readonly closing: AsyncDisposableStack;
  readonly log: Log;
  readonly say: Progress;
}

/** What it watches, asks and lets score. */
async function openOutside(
  options: OperatorOptions,
  credentials: Certificates | undefined,
  { closing, log, say }: OutsideDeps,
) {
  const cluster = await connectCluster(options, { roles: ['operator'], random, log, say });
  closing.defer(() => cluster.close());
  // It acts for everybody: nobody's own service may feed it.
  const namespaces = [...USUAL_NAMESPACES, options.namespace ?? cluster.namespace];
  const source = await awaitPrometheus(cluster, options, { clock: wallClock, random, log, say, namespaces });
  closing.defer(() => source.close());
  const analyser = openAnalyser(options, {
    ...{ clock: systemClock, random, log },
    ...(credentials && { credentials }),
  });
  closing.defer(() => analyser.close());
  const scrape = openScrape(options);
  if (scrape !== undefined) say.line(scrapeLine(scrape));
  closing.defer(() => scrape?.dispatcher.destroy());
  return { cluster, source, analyser, scrape };
}

function openKeeper(
  { keeper: address, spool, spoolSize }: OperatorOptions,
  credentials: Certificates | undefined,
  log: Log,
): Promise<KeeperClient> {
  return createKeeperClient({
    ...{ address, maxSpoolBytes: spoolSize, clock: wallClock, random, log },
    ...(credentials && { credentials }),
    ...(spool === undefined ? {} : { spoolFolder: spool }),
  });
}

/** Watches that are open outlive the rights of who opened them; the lease is asked for every two seconds. */
function unledReason({ trouble }: Leader): string | undefined {
  if (trouble === undefined || systemClock.nowMs() - trouble.sinceMs < UNLED_MS) return undefined;
  return `the lease that says who leads is out of reach: ${trouble.message}`;
}
