// What the leading operator tells the keeper every few seconds, for the page: how far it is, what is stuck, how the detectors
// stand, and which pods are behind which Service.
import { bounded, type KeeperFacts } from '#api/grpc/keeper-facts.ts';
import type { Cluster } from './cluster.ts';
import { detectorPorts } from './detector-ports.ts';
import type { LiveSource } from './live-source.ts';
import type { Observing } from './observe.ts';
import type { Operating } from './operate.ts';
import type { Unscored } from './unscored.ts';

export interface KeeperReportOptions {
  readonly cluster: Pick<Cluster, 'name' | 'servicePods'>;
  readonly observing: Pick<Observing, 'observer'>;
  readonly operating: Pick<Operating, 'controller'>;
  readonly live: Pick<LiveSource, 'state'>;
  readonly unscored: Pick<Unscored, 'list'>;
}

export function keeperFacts({ cluster, observing, operating, live, unscored }: KeeperReportOptions): KeeperFacts {
  const { state, progress, message, samplesPerSecond, droppedSamples, live: told } = live.state();
  const { newestMs } = observing.observer.status;
  // Looked at once for both.
  const views = operating.controller.views();
  const shown = detectorPorts({ views: () => views }).detectors.list();
  return bounded({
    state: state === 'failed' || state === 'warming' ? state : 'live',
    ...{ progress, message, samplesPerSecond, droppedSamples },
    newestMs: Number.isFinite(newestMs) ? newestMs : null,
    live: {
      cluster: told?.cluster ?? cluster.name,
      prometheus: told?.prometheus ?? null,
      series: told?.series ?? 0,
      stepMs: told?.stepMs ?? 60_000,
      troubles: told?.troubles ?? [],
    },
    detectors: shown.map((view, index) => ({ ...view, pods: [...(views[index]?.pods ?? [])] })),
    unscored: unscored.list(),
    services: cluster.servicePods(),
  });
}
