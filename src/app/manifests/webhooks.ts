// What the API server asks admission for: whether a detector is let in, what is written out in it, and its other version. It is
// asked about our own kinds only, and what else a cluster needs never waits for it.

import { ALGORITHMS } from '#detect/index.ts';
import { webhooksNameOf } from '#kube/calls.ts';
import type { ConversionService } from '#resource/crd.ts';
import { kindsOf } from '#resource/kinds.ts';
import type { ManifestOptions } from './options.ts';
import { ADMISSION_SERVICE, selectorOf } from './roles.ts';

const PORT = 443;
/** Both together stay within three seconds, which is as long as a write of ours may be kept waiting. */
const VALIDATING_SECONDS = 2;
const MUTATING_SECONDS = 1;

/** Without the bundles of whom to trust: admission fills them in, and applying again keeps them. */
export function webhooks(options: ManifestOptions): object[] {
  const { group, namespace } = options;
  const kinds = kindsOf(ALGORITHMS);
  const versions = [...new Set(kinds.flatMap((kind) => kind.versions.map(({ name }) => name)))].sort();
  const common = (path: string) => ({
    clientConfig: { service: serviceAt(path, options) },
    rules: [
      {
        apiGroups: [group],
        apiVersions: versions,
        operations: ['CREATE', 'UPDATE'],
        resources: kinds.map(({ plural }) => plural),
        scope: '*',
      },
    ],
    matchPolicy: 'Equivalent',
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', namespace] }],
    },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  });
  const configuration = (kind: string, webhook: object) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: webhooksNameOf(group), labels: selectorOf('admission') },
    webhooks: [webhook],
  });
  return [
    configuration('MutatingWebhookConfiguration', {
      name: `defaults.${group}`,
      ...common('/mutate'),
      // What it writes out is what its absence says.
      failurePolicy: 'Ignore',
      reinvocationPolicy: 'IfNeeded',
      timeoutSeconds: MUTATING_SECONDS,
    }),
    configuration('ValidatingWebhookConfiguration', {
      name: `validation.${group}`,
      ...common('/validate'),
      failurePolicy: 'Fail',
      timeoutSeconds: VALIDATING_SECONDS,
    }),
  ];
}

/** Of the definition of a kind with several versions. */
export function conversionService(options: ManifestOptions): ConversionService {
  return serviceAt('/convert', options);
}

function serviceAt(path: string, { namespace }: ManifestOptions): ConversionService {
  return { namespace, name: ADMISSION_SERVICE, path, port: PORT };
}
