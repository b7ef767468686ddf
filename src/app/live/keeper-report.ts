// What the leading operator tells the keeper every few seconds: how far it is, what is stuck, how the detectors stand and which
// pods are behind which Service, for the page; and what Prometheus should scrape.
import type { KeeperFacts } from '#api/grpc/keeper-facts.ts';
import type { Trouble } from '#api/rest/contract.ts';
import type { Clock } from '#kit/clock.ts';
import type { KeeperClient } from '#store/keeper/client.ts';
import type { Cluster } from './cluster.ts';
import { detectorPorts } from './detector-ports.ts';
import type { LiveSource } from './live-source.ts';
import type { Observing } from './observe.ts';
import type { Operating } from './operate.ts';
import type { Unscored } from './unscored.ts';

export interface KeeperReportOptions {
  readonly cluster: Pick<Cluster, 'name' | 'servicePods'>;
  readonly observing: Pick<Observing, 'observer'>;
  readonly operating: Pick<Operating, 'controller' | 'targets'>;
  readonly live: Pick<LiveSource, 'state'>;
  readonly unscored: Pick<Unscored, 'list'>;
  readonly keeper: Pick<KeeperClient, 'stats'>;
  readonly clock: Clock;
}

export function keeperFacts(options: KeeperReportOptions): KeeperFacts {
  const { cluster, observing, operating, live, unscored } = options;
  const { state, progress, message, samplesPerSecond, droppedSamples, live: told } = live.state();
  const { newestMs } = observing.observer.status;
  // Looked at once for both.
  const views = operating.controller.views();
  const ports = detectorPorts({ views: () => views }, operating.targets);
  const shown = ports.detectors.list();
  return {
    state: state === 'failed' || state === 'warming' ? state : 'live',
    ...{ progress, message, samplesPerSecond, droppedSamples },
    newestMs: Number.isFinite(newestMs) ? newestMs : null,
    live: {
      cluster: told?.cluster ?? cluster.name,
      prometheus: told?.prometheus ?? null,
      series: told?.series ?? 0,
      stepMs: told?.stepMs ?? 60_000,
      troubles: [...(told?.troubles ?? []), ...spoolTroubles(options)],
    },
    detectors: shown.map((view, index) => ({ ...view, pods: [...(views[index]?.pods ?? [])] })),
    unscored: unscored.list(),
    services: cluster.servicePods(),
    scrapeTargets: ports.scrapeTargets.list(),
    leftOut: { detectors: 0, services: 0, scrapeTargets: 0 },
  };
}

/** A moment's trouble is over before anybody has read of it. */
const TOLD_AFTER_MS = 30_000;

/** What waits here because the keeper cannot be reached or does not store. */
export function spoolTroubles({ keeper, clock }: Pick<KeeperReportOptions, 'keeper' | 'clock'>): Trouble[] {
  const { trouble, spoolRecords, spoolBytes } = keeper.stats();
  if (trouble === undefined || clock.nowMs() - trouble.sinceMs < TOLD_AFTER_MS) return [];
  const waiting = `${spoolRecords} batches (${(spoolBytes / 2 ** 20).toFixed(1)} MiB) wait in the operator`;
  const what = `spooled: ${waiting} to be stored: ${trouble.message}`;
  const remedy = 'They are stored when the keeper takes them again; once the spool is full, observing waits.';
  return [{ kind: 'other', what, sinceMs: trouble.sinceMs, remedy, blocking: false }];
}
