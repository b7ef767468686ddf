// What the API asks of detectors, answered by their controller.
import type { DeployedPlans, DetectorList, DetectorStates, ScrapeTargetList } from '#api/rest/replay-control.ts';
import { objectKey } from '#kube/object-key.ts';
import type { DetectorController } from '#operator/detector-controller.ts';
import { detectorName } from '#operator/detector-name.ts';
import type { ScrapeTarget } from '#operator/scrape-config.ts';

export function detectorPorts(
  controller: Pick<DetectorController, 'views'>,
  targets: () => readonly ScrapeTarget[] = () => [],
): {
  readonly detectors: DetectorList;
  readonly scrapeTargets: ScrapeTargetList;
  readonly detectorStates: DetectorStates;
  readonly deployed: DeployedPlans;
} {
  return {
    scrapeTargets: {
      list: () =>
        targets().map(({ address, path, namespace, pod }) => ({
          targets: [address],
          labels: { __metrics_path__: path, namespace, pod },
        })),
    },
    detectors: {
      list: () =>
        controller.views().map(({ record, status, outcome }) => {
          const { namespace, name } = record;
          const analysed = outcome?.kind === 'analysed' ? outcome : undefined;
          return {
            namespace,
            name,
            state: status.state,
            monitoredPods: status.monitoredPods,
            anomalousPods: [...status.anomalousPods],
            anomalousPodCount: status.anomalousPodCount,
            lastCheckMs: status.lastCheckTime === undefined ? null : Date.parse(status.lastCheckTime),
            lastScoreMs: analysed === undefined || Number.isNaN(analysed.newestMs) ? null : analysed.newestMs,
            series: analysed?.series ?? 0,
            message: status.conditions[0]?.message ?? '',
          };
        }),
    },
    deployed: {
      find: (detector, metricName) =>
        controller
          .views()
          .flatMap(({ record }) => record.watch?.plans ?? [])
          .find((plan) => plan.detector === detector && plan.metricName === metricName),
    },
    detectorStates: {
      selecting: (namespace, pods) =>
        controller
          .views()
          .filter(({ pods: watched }) => pods.some((pod) => watched.has(objectKey(namespace, pod))))
          .map(({ record, status }) => ({
            detector: detectorName(record.namespace, record.name),
            state: status.state,
          })),
    },
  };
}
