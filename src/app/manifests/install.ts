// Everything that an installation puts into a cluster, in the order in which it is applied, and deleted: the resource's
// definition first, so that detectors go while their operator is still there, then the namespace and what is in it.
import { ALGORITHMS } from '#detect/index.ts';
import { anomalyDetectorCrd } from '#resource/anomaly-detector/crd.ts';
import { accountOf } from './accounts.ts';
import { networkPolicies } from './network.ts';
import { checkOptions, type ManifestOptions } from './options.ts';
import { ROLES } from './roles.ts';
import { analyser, keeper, operator } from './workloads.ts';
import { toYaml } from './yaml-text.ts';

/** The objects. Throws `bad-usage` for an option that is wrong. */
export function installObjects(options: ManifestOptions): object[] {
  checkOptions(options);
  return [
    ...(options.withCrd ? [anomalyDetectorCrd({ algorithms: Object.keys(ALGORITHMS), group: options.group })] : []),
    namespaceObject(options),
    ...ROLES.flatMap((role) => accountOf(role, options)),
    ...networkPolicies(options),
    ...keeper(options),
    ...analyser(options),
    ...operator(options),
  ];
}

/** What `tidewatch manifests` prints. */
export function installText(options: ManifestOptions): string {
  const notes = installNotes(options).map((line) => (line === '' ? '#' : `# ${line}`));
  return `${notes.join('\n')}\n${toYaml(installObjects(options))}`;
}

/** What somebody who installs this wants to know. */
export function installNotes({ namespace, image, withCrd }: ManifestOptions): string[] {
  return [
    'Tidewatch: finds what is not normal in a Kubernetes cluster. Written by "tidewatch manifests".',
    '',
    `Install   kubectl apply -f FILE   (the image ${image} must be where your nodes can pull it)`,
    `Open      kubectl port-forward -n ${namespace} tidewatch-keeper-0 8080, then http://127.0.0.1:8080`,
    `Remove    kubectl delete -f FILE   (${withCrd ? 'with every detector, and ' : ''}with all scores: the volume goes too)`,
    '',
    'Between roles all is mutual TLS. Right after installing, make their certificates (renew them in the same way):',
    `          tidewatch certificates --namespace ${namespace} | kubectl apply -f -`,
    'Without them a role refuses to serve, says so, and is started again until they are there.',
  ];
}

function namespaceObject({ namespace }: ManifestOptions): object {
  const level = (mode: string) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
  ];
  const security: Record<string, string> = Object.fromEntries(['enforce', 'audit', 'warn'].flatMap(level));
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'app.kubernetes.io/name': 'tidewatch', ...security } },
  };
}
