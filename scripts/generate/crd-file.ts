// deploy/crds/anomalydetectors.yaml: the resource's definition by itself, for those who install it ahead of the rest.
import { toYaml } from '#app/manifests/yaml-text.ts';
import type { KnownAlgorithms } from '#resource/anomaly-detector/method.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { crdOf } from '#resource/crd.ts';
import { kindsOf } from '#resource/kinds.ts';

export function crdFile(algorithms: KnownAlgorithms): string {
  const notice = '# Written by `npm run generate`: change src/resource/, not this file.\n';
  return notice + toYaml(kindsOf(algorithms).map((kind) => crdOf(kind, { group: DEFAULT_GROUP })));
}
