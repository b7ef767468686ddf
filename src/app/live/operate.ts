// Acting on AnomalyDetectors, wired: reflector → work queue → controller → scheduler → check → status and event. Only who
// holds the lease writes to the cluster.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Analyser } from '#analysis/contract.ts';
import type { Trouble } from '#api/rest/contract.ts';
import { queryProblem } from '#collect/prometheus/bounded-query.ts';
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import type { Scraper, ScraperStats } from '#collect/scrape/scraper.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { EventNote, EventRecorder, Leader, WorkQueue } from '#kube/contract.ts';
import { createEventRecorder } from '#kube/event-recorder.ts';
import { createLeader } from '#kube/leader.ts';
import { objectKey } from '#kube/object-key.ts';
import type { PodRecord } from '#kube/objects.ts';
import { createWorkQueue } from '#kube/work-queue.ts';
import { countedParse } from '#operator/counted-parse.ts';
import { createDetectorController, type DetectorController } from '#operator/detector-controller.ts';
import { detectorKey } from '#operator/detector-name.ts';
import type { DetectorRecord } from '#operator/detector-record.ts';
import { createForeignWrites } from '#operator/foreign-writes.ts';
import { createScrapeConfig, type ScrapeTarget } from '#operator/scrape-config.ts';
import { rejectedEvent, stateEvents } from '#operator/state-events.ts';
import {
  createStatusWriter,
  type StatusWriter,
  type StatusWriterOptions,
  type StatusWriterStats,
} from '#operator/status-writer.ts';
import { choosesPod } from '#operator/watch.ts';
import type { LiveSink } from '#pipeline/live-sink.ts';
import type { WindowOutcome } from '#pipeline/window-plan.ts';
import type { WindowSource } from '#pipeline/window-source.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import { kindsOf } from '#resource/kinds.ts';
import { createSpecFailures, type SpecFailureCount, type SpecFailures } from '#resource/spec-failure.ts';
import { remember } from '../remember.ts';
import { type Checking, type CheckingStats, createChecking } from './checking.ts';
import type { Cluster } from './cluster.ts';
import { createCounterNames } from './counter-names.ts';
import { podsFor } from './detector-pods.ts';
import { createDetectorWants } from './detector-wants.ts';
import { createDetectors, type Detectors } from './detectors.ts';
import { prometheusWindows } from './prometheus-windows.ts';
import { createRivals } from './rivals.ts';
import { createScraping, type ScrapingOptions } from './scrape-windows.ts';
import { createSourceClock } from './source-clock.ts';

/** A watch brings an object again with every write of its status: its queries are judged once. */
const JUDGED = { queryProblem: remember(queryProblem, 20_000) };

export interface OperateOptions {
  readonly cluster: Cluster;
  readonly source: PrometheusSource;
  /** The pods are scraped, in this interval, in place of asking the source. */
  readonly scrape?: Pick<ScrapingOptions, 'intervalMs' | 'dispatcher'> | undefined;
  readonly analyser: Analyser;
  readonly sink: LiveSink;
  /** Where the lease serves more than this; then its owner starts and stops it. */
  readonly leader?: Leader;
  /** A detector was looked at for the first time in this run. */
  readonly onFirstCheck?: (detector: string) => void;
  /** It is gone: another one of its name is looked at for the first time again. */
  readonly onForgotten?: (detector: string) => void;
  /** All detectors and pods are known; `isChecked` says of a detector whether it has something to look at. */
  readonly onKnown?: (isChecked: (detector: string) => boolean) => void;
  /** Detectors were checked together, so long after the first of them was due. */
  readonly onChecked?: (outcomes: ReadonlyMap<string, WindowOutcome>, lateMs: number) => void;
  /** Of the lease. */
  readonly namespace: string;
  /** The wall clock, for what is compared with the times of others; the API server is waited for by a steady one. */
  readonly clock: Clock;
  readonly steadyClock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export interface Operating {
  readonly detectors: Detectors;
  readonly controller: DetectorController;
  /** Pods that somebody should scrape, where there is no Prometheus Operator. */
  targets(): readonly ScrapeTarget[];
  start(): void;
  stop(): Promise<void>;
  stats(): OperatingStats;
  /** Another installation that acts on the same detectors, or would if this one did not. */
  rivals(): readonly Trouble[];
}

export interface OperatingStats {
  readonly leads: boolean;
  readonly queueDepth: number;
  readonly scheduler: CheckingStats;
  readonly status: StatusWriterStats;
  /** Kubernetes events that were not sent. */
  readonly eventsDropped: number;
  /** Detectors that were read and could not be given their type. */
  readonly specFailures: readonly SpecFailureCount[];
  /** Where pods are scraped. */
  readonly scraper?: ScraperStats;
}

export function createOperating(options: OperateOptions): Operating {
  const { cluster, clock, steadyClock, random, log } = options;
  const { client } = cluster;
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;
  // What was found while another led was not kept.
  const { leader, own } = leaderOf(options, identity, () => wants.all());
  const events = createEventRecorder({
    ...{ client, clock: steadyClock, wall: clock, random, log },
    ...{ controller: 'tidewatch', instance: identity },
  });

  const { windows, scraper } = windowsOf(options, () => detectors.list());
  const mayWrite = () => leader.epoch !== undefined;
  const checking = createChecking({
    ...options,
    ...{ windows, identity, mayCheck: mayWrite },
    enrich: (namespace, pod) => cluster.serviceLabels(namespace, pod),
    settle(plans, outcomes, dueMs) {
      options.onChecked?.(outcomes, steadyClock.nowMs() - dueMs);
      return controller.settle(plans, outcomes);
    },
  });

  const current = (key: string) => detectors.get(key);
  const statuses = createStatusWriter({
    ...{ client, clock: steadyClock, wall: clock, random, log, mayWrite, current },
    ...eventsOf(events, current),
  });

  const foreign = createForeignWrites(clock);
  const scrape = createScrapeConfig({ client, clock, log, mayWrite });
  const controller = createDetectorController({
    ...{ clock, ...(options.scrape && { stepMs: options.scrape.intervalMs }) },
    scheduler: checking.scheduler,
    detector: current,
    podsOf: (record) => podsFor(cluster, record),
    onFirstCheck: (detector) => options.onFirstCheck?.(detector),
    onForgotten: (detector) => options.onForgotten?.(detector),
    unwatch: (key) => checking.forget(key),
    forget: (key) => scrape.forget(key),
    // Whom this scrapes itself nobody else need scrape.
    onAbsent: (record, namespace, pods) =>
      scraper ?? void scrape.want(record, namespace, podsNamed(cluster, namespace, pods)),
    putStatus: (key, uid, status) => {
      foreign.ours(key, status);
      statuses.put(key, uid, status);
    },
  });

  const queue = createWorkQueue({
    ...{ name: 'detectors', clock: steadyClock, log },
    reconcile: async (key) => controller.reconcile(key),
  });

  const want = (record: DetectorRecord) => queue.add(keyOf(record));
  const hear = (record: DetectorRecord) => foreign.heard(keyOf(record), record.status, leader.epoch);
  const failures = createSpecFailures(kindsOf(ALGORITHMS).map(({ kind }) => kind));
  const detectors = detectorsOf(options, { want, hear, statuses }, failures);
  const wants = createDetectorWants({ cluster, detectors, want, steadyClock });

  return {
    detectors,
    controller,
    targets: () => scrape.targets((record) => selectedPods(cluster, record)),
    start() {
      for (const part of [...own, detectors, statuses]) part.start();
      // Before the pods are known, every detector would have none.
      void Promise.all([cluster.pods.synced(), detectors.synced()]).then(
        () => {
          for (const part of [queue, scraper, wants, checking]) void part?.start();
          options.onKnown?.((detector) => isChecked(cluster, current(detectorKey(detector))));
        },
        () => undefined,
      );
    },
    async stop() {
      // In the order in which each needs the next; the lease goes last, so that nobody leads beside it.
      for (const part of [wants, queue, checking, scraper, statuses, events, detectors, ...own]) await part?.stop();
    },
    stats: () => statsOf({ leader, queue, checking, statuses, events, scraper, failures }),
    rivals: createRivals({ clock, steadyClock, leader, foreign, namespace: options.namespace }),
  };
}

/** What is told of written statuses, and of those that are refused. */
function eventsOf(
  events: EventRecorder,
  current: StatusWriterOptions['current'],
): Pick<StatusWriterOptions, 'written' | 'rejected'> {
  const tell = (key: string, notesOf: (record: DetectorRecord) => readonly EventNote[]) => {
    const record = current(key);
    if (record !== undefined) for (const note of notesOf(record)) events.record(note);
  };
  return {
    written: (key, status, before) => tell(key, (record) => stateEvents(record, status, before)),
    rejected: (key, message) => tell(key, (record) => [rejectedEvent(record, message)]),
  };
}

function keyOf({ namespace, name }: DetectorRecord): string {
  return objectKey(namespace, name);
}

interface Parts {
  readonly leader: Leader;
  readonly queue: WorkQueue;
  readonly checking: Checking;
  readonly statuses: StatusWriter;
  readonly events: EventRecorder;
  readonly scraper: Scraper | undefined;
  readonly failures: SpecFailures;
}

function statsOf({ leader, queue, checking, statuses, events, scraper, failures }: Parts): OperatingStats {
  return {
    leads: leader.epoch !== undefined,
    queueDepth: queue.depth,
    scheduler: checking.stats(),
    status: statuses.stats(),
    eventsDropped: events.dropped,
    specFailures: failures.counts(),
    ...(scraper && { scraper: scraper.stats() }),
  };
}

function isChecked(cluster: Cluster, record: DetectorRecord | undefined): boolean {
  return record !== undefined && !record.deleting && selectedPods(cluster, record).length > 0;
}

function selectedPods(cluster: Cluster, record: DetectorRecord): PodRecord[] {
  const { watch } = record;
  return [...podsFor(cluster, record)].filter((pod) => watch !== undefined && choosesPod(watch.pods, pod));
}

/** The one that is given, or one of its own, which is then started and stopped with the rest. */
function leaderOf(options: OperateOptions, identity: string, onLead: () => void) {
  if (options.leader !== undefined) return { leader: options.leader, own: [] };
  const { cluster, namespace, clock: wall, steadyClock: clock, random, log } = options;
  const leader = createLeader({
    ...{ client: cluster.client, namespace, identity, clock, wall, random, log },
    onChange: (epoch) => epoch !== undefined && onLead(),
  });
  return { leader, own: [leader] };
}

function podsNamed(cluster: Cluster, namespace: string, names: ReadonlySet<string>): PodRecord[] {
  return [...cluster.podsIn(namespace)].filter(({ name }) => names.has(name));
}

/** From the pods themselves when they are scraped, else from Prometheus; never from whichever has something. */
function windowsOf(
  options: OperateOptions,
  detectors: () => Iterable<DetectorRecord>,
): { readonly windows: WindowSource; readonly scraper?: Scraper } {
  const { cluster, source, scrape, clock, steadyClock } = options;
  if (scrape === undefined) {
    const counters = createCounterNames(source, steadyClock);
    const sourceClock = createSourceClock({ source, clock, steadyClock });
    return { windows: prometheusWindows({ source, counters, sourceClock, steadyClock }) };
  }
  return createScraping({ ...scrape, clock, steadyClock, detectors, cluster });
}

interface Listening {
  readonly want: (record: DetectorRecord) => void;
  readonly hear: (record: DetectorRecord) => void;
  readonly statuses: Pick<StatusWriter, 'forget'>;
}

function detectorsOf(options: OperateOptions, { want, hear, statuses }: Listening, failures: SpecFailures): Detectors {
  const { cluster, steadyClock: clock, random, log } = options;
  return createDetectors({
    ...{ client: cluster.client, clock, random, log },
    parse: countedParse((object) => parseDetectorObject(object, ALGORITHMS, JUDGED), failures),
    listener: {
      added: want,
      updated(record, before) {
        hear(record);
        // What it wrote itself is no reason to look again.
        if (record.generation !== before.generation || record.deleting !== before.deleting) want(record);
      },
      deleted(record) {
        statuses.forget(keyOf(record));
        want(record);
      },
    },
  });
}
