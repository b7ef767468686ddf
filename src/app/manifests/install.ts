// Everything that an installation puts into a cluster, in the order in which it is applied, and deleted: the resource's
// definition first, so that detectors go while their operator is still there, then the namespace and what is in it.
import { ALGORITHMS } from '#detect/index.ts';
import { crdOf } from '#resource/crd.ts';
import { kindsOf } from '#resource/kinds.ts';
import { accountOf } from './accounts.ts';
import { networkPolicies } from './network.ts';
import { checkOptions, type ManifestOptions } from './options.ts';
import { AUTHORITY_SECRET, type InstalledRole, ROLES, selectorOf, tlsSecretOf } from './roles.ts';
import { conversionService, webhooks } from './webhooks.ts';
import { admission, analyser, certificates, keeper, operator } from './workloads.ts';
import { toYaml } from './yaml-text.ts';

/** The objects. Throws `bad-usage` for an option that is wrong. */
export function installObjects(options: ManifestOptions): object[] {
  checkOptions(options);
  const conversion = conversionService(options);
  return [
    ...(options.withCrd ? kindsOf(ALGORITHMS).map((kind) => crdOf(kind, { group: options.group, conversion })) : []),
    namespaceObject(options),
    ...rolesOf(options).flatMap((role) => accountOf(role, options)),
    ...networkPolicies(options),
    ...(options.withCertificates ? [...secrets(options), ...certificates(options)] : []),
    ...keeper(options),
    ...analyser(options),
    ...operator(options),
    ...admission(options),
    // After who answers them: until then a detector is refused.
    ...webhooks(options),
  ];
}

/** What `tidewatch manifests` prints. */
export function installText(options: ManifestOptions): string {
  const notes = installNotes(options).map((line) => (line === '' ? '#' : `# ${line}`));
  return `${notes.join('\n')}\n${toYaml(installObjects(options))}`;
}

/** What somebody who installs this wants to know. */
export function installNotes({ namespace, image, withCrd, withCertificates }: ManifestOptions): string[] {
  const uri = `URI spiffe://tidewatch/${namespace}/ROLE`;
  return [
    'Tidewatch: finds what is not normal in a Kubernetes cluster. Written by "tidewatch manifests".',
    '',
    `Install   kubectl apply -f FILE   (build the image ${image} from the Dockerfile; your nodes must have it, or a registry that they can pull it from)`,
    'Needs     a default StorageClass for the volume of the keeper: kubectl get storageclass',
    `Open      kubectl port-forward -n ${namespace} tidewatch-keeper-0 8080, then http://127.0.0.1:8080`,
    `Remove    kubectl delete -f FILE   (${withCrd ? 'with every detector, and ' : ''}with all scores: the volume goes too)`,
    '',
    'Between roles all is mutual TLS. Until its certificate is there, within two minutes, a role is not ready and says so,',
    'and the API server refuses detectors: it asks tidewatch-admission about each.',
    ...(withCertificates
      ? [
          'The certificates are made and renewed by the Deployment tidewatch-certificates; applying this again keeps them.',
        ]
      : [
          `Fill Secrets ${tlsSecretOf('keeper')}, …-operator, …-analyser and …-admission: tls.crt, tls.key, ca.crt; with the ${uri}.`,
        ]),
  ];
}

function rolesOf({ withCertificates }: ManifestOptions): readonly InstalledRole[] {
  return withCertificates ? ROLES : ROLES.filter((role) => role !== 'certificates');
}

/** Empty, and without a field for what is in them, so that nobody may make any and applying again keeps what they hold. */
function secrets({ namespace }: ManifestOptions): object[] {
  const names = [AUTHORITY_SECRET, ...(['keeper', 'operator', 'analyser', 'admission'] as const).map(tlsSecretOf)];
  return names.map((name) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: selectorOf('certificates') },
    type: 'Opaque',
  }));
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
