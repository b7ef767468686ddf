// deploy/crds/anomalydetectors.yaml: the resource's definition by itself, for those who install it ahead of the rest.
import { toYaml } from '#app/manifests/yaml-text.ts';
import { anomalyDetectorCrd } from '#resource/anomaly-detector/crd.ts';

export function crdFile(algorithms: object): string {
  const notice = '# Written by `npm run generate`: change src/resource/anomaly-detector/, not this file.\n';
  return notice + toYaml([anomalyDetectorCrd({ algorithms: Object.keys(algorithms) })]);
}
