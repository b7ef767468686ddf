// One term of the operator that leads: from the keeper's position on it observes what every cluster has, checks what is
// declared, and reports how it stands, all under one epoch. Nothing is appended once the lease is lost, whatever is under way.
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Analyser } from '#analysis/contract.ts';
import { packFacts } from '#api/grpc/pack-facts.ts';
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { Leader } from '#kube/contract.ts';
import { createLiveSink, type LiveSink } from '#pipeline/live-sink.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import type { OrphanOptions } from '#pipeline/orphans.ts';
import { isObserved } from '#resource/observe/catalogue.ts';
import type { Appender } from '#store/contract.ts';
import type { KeeperClient } from '#store/keeper/client.ts';
import type { Cluster } from './live/cluster.ts';
import type { EpochFloor } from './live/epoch-floor.ts';
import { keeperFacts } from './live/keeper-report.ts';
import { createLiveSource, type LiveSource } from './live/live-source.ts';
import { createObserving, OBSERVE_STEP_MS, type Observing } from './live/observe.ts';
import { createOperating, type OperateOptions, type Operating } from './live/operate.ts';
import { orphanCloser } from './live/orphan-closer.ts';
import type { Pulse } from './live/pulse.ts';
import { createUnscored, type Unscored } from './live/unscored.ts';
import { startOfTerm } from './term-start.ts';

export interface TermDeps extends Pick<OperateOptions, 'onChecked'> {
  readonly cluster: Cluster;
  readonly source: PrometheusSource;
  readonly scrape: OperateOptions['scrape'];
  readonly analyser: Analyser;
  readonly keeper: KeeperClient;
  readonly leader: Leader;
  readonly floor: EpochFloor;
  /** Of the lease. */
  readonly namespace: string;
  readonly workers: number;
  /** The wall clock, and one that never steps. */
  readonly clock: Clock;
  readonly steadyClock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Beats as long as observing goes on. */
  readonly pulse: Pulse;
  /** The parts of the term, for metrics; undefined when it has ended. */
  onParts(parts: TermParts | undefined): void;
}

export interface TermParts {
  readonly observing: Observing;
  readonly operating: Operating;
}

const REPORT_MS = 5000;
const REPORT_SHARE = 20;

/** Runs until the signal aborts; rejects with what made it fail. Nothing of it is left when it settles. */
export async function runTerm(epoch: number, signal: AbortSignal, deps: TermDeps): Promise<void> {
  const { cluster, source, clock, keeper, leader, pulse } = deps;
  // Each pause of each part listens to it.
  setMaxListeners(0, signal);
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const start = await startOfTerm(epoch, signal, deps);
  if (start === undefined) return ended;
  const { position } = start;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const stream = `cluster:${cluster.name}`;
  const stored = position?.stream === stream ? position.seenMs : Number.NEGATIVE_INFINITY;
  const fence = fenced(keeper, () => leader.epoch === epoch && !signal.aborted);
  const unscored = createUnscored(() => observing.series());
  const sink = noting(
    { unscored, pulse },
    createLiveSink(fence, { epoch, stream, run: randomUUID(), storedMs: stored }),
  );
  const closeOrphansOf = orphanCloser({ ...deps, sink, signal, open: openAt(keeper, epoch, signal) });
  const observing = createObserving({
    ...{ source, sink, clock, workers: deps.workers, storedMs: stored },
    enrich: (namespace, pod) => cluster.serviceLabels(namespace, pod),
    onRound: ({ failure, troubles }: ObserverStatus) => {
      pulse.beat();
      if (failure !== undefined) failed.reject(failure);
      else if (troubles.length === 0) closeOrphansOf('observed', isObserved);
    },
  });
  const operating = createOperating({ ...deps, sink, ...closeOrphansOf.ofDetectors });
  const live = createLiveSource({
    ...{ clock, steadyClock: deps.steadyClock, cluster: cluster.name, stepMs: OBSERVE_STEP_MS },
    prometheus: () => source.address,
    scrapes: deps.scrape !== undefined,
    status: () => observing.observer.status,
    series: observing.series,
    watches: { pods: cluster.pods, services: cluster.services, ...operating.detectors.watches },
    storedFromMs: () => undefined,
    troubles: () => operating.rivals(),
  });
  const ending = new AbortController();
  const reporting = report(epoch, ending.signal, { ...deps, observing, operating, live, unscored });
  deps.onParts({ observing, operating });
  pulse.beat();
  observing.observer.start();
  operating.start();
  try {
    await Promise.race([ended, failed.promise, reporting]);
  } finally {
    ending.abort();
    deps.onParts(undefined);
    await Promise.allSettled([observing.stop(), operating.stop(), reporting]);
    pulse.rest();
  }
}

/** Appends only while `mayWrite`: a lease that was lost must stop what is already under way, too. */
function fenced(keeper: Appender, mayWrite: () => boolean): Appender {
  return {
    position: () => keeper.position(),
    append: async (batch) => {
      if (mayWrite()) return keeper.append(batch);
      throw new AppError('stale-epoch', `the lease of epoch ${batch.epoch} was lost: nothing more is appended`);
    },
  };
}

/** What is written has a score; what is not written again because the keeper has it, too. */
function noting({ unscored, pulse }: { unscored: Unscored; pulse: Pulse }, sink: LiveSink): LiveSink {
  return {
    ...sink,
    write: async (tick) => {
      await sink.write(tick);
      pulse.beat();
      unscored.scored(tick.tracks);
    },
  };
}

/** What the keeper has open. What waits in the spool may close some of it, and is waited for. */
function openAt(keeper: KeeperClient, epoch: number, signal: AbortSignal): OrphanOptions['open'] {
  return async (limit, cursor) => {
    await keeper.drained(signal);
    return keeper.openFindings(epoch, limit, cursor);
  };
}

interface Reporting extends Pick<TermDeps, 'cluster' | 'keeper' | 'clock' | 'steadyClock' | 'log'>, TermParts {
  readonly live: LiveSource;
  readonly unscored: Unscored;
}

/** Tells the keeper every few seconds how it stands; rejects when somebody of a higher epoch does. */
async function report(epoch: number, signal: AbortSignal, deps: Reporting): Promise<void> {
  let told = false;
  while (!signal.aborted) {
    const beganMs = deps.steadyClock.nowMs();
    const facts = packFacts(keeperFacts(deps));
    const tookMs = deps.steadyClock.nowMs() - beganMs;
    try {
      await deps.keeper.report(epoch, facts);
      told = false;
    } catch (error) {
      if (error instanceof AppError && error.code === 'stale-epoch') throw error;
      if (!told) deps.log.warn({ err: error }, 'the keeper did not take the report');
      told = true;
    }
    // Of a huge cluster it takes a while, and others wait for this thread.
    await deps.steadyClock.sleep(Math.max(REPORT_MS, REPORT_SHARE * tookMs), signal);
  }
}
