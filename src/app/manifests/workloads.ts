// What runs: the keeper with its volume, two operators of which one leads, the analysers, and admission, each with the Service
// that leads to it and the number of pods that may be away at once.
import type { ManifestOptions } from './options.ts';
import { podTemplate } from './pod.ts';
import {
  ADMISSION_SERVICE,
  ANALYSER_SERVICE,
  FOLDERS,
  type InstalledRole,
  KEEPER_SERVICE,
  KEEPER_VOLUME,
  nameOf,
  PORTS,
  selectorOf,
} from './roles.ts';

const APPEND = { name: 'append', port: PORTS.append, targetPort: 'append' };
const HEALTH = { name: 'health', port: PORTS.health, targetPort: 'health' };

export function keeper(options: ManifestOptions): object[] {
  const { remoteWriteSecret: secretName } = options;
  const template = podTemplate('keeper', options, {
    ports: [{ name: 'append', containerPort: PORTS.append }],
    requests: { cpu: '100m', memory: '256Mi' },
    limits: { cpu: '2', memory: '1Gi' },
    mounts: [
      { name: 'data', mountPath: FOLDERS.data },
      ...(secretName === undefined ? [] : [{ name: 'remote-write', mountPath: FOLDERS.remoteWrite, readOnly: true }]),
    ],
    volumes: secretName === undefined ? [] : [{ name: 'remote-write', secret: { secretName, defaultMode: 0o440 } }],
    graceSeconds: 60,
  });
  return [
    // One that cannot store says that it is not ready, and still takes reports and tells what is to be scraped.
    service('keeper', KEEPER_SERVICE, options, [APPEND, HEALTH], { publishNotReadyAddresses: true }),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadataOf('keeper', options),
      spec: {
        // The store is one writer's; what must outlive its node is a store elsewhere.
        replicas: 1,
        // Else one that is not ready could not be replaced by one that is given more room.
        podManagementPolicy: 'Parallel',
        serviceName: KEEPER_SERVICE,
        selector: { matchLabels: selectorOf('keeper') },
        template,
        // As with the namespace, so when the StatefulSet alone is deleted: nothing is left behind.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: selectorOf('keeper') },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: KEEPER_VOLUME } } },
          },
        ],
      },
    },
    disruptionBudget('keeper', options),
  ];
}

export function operator(options: ManifestOptions): object[] {
  const template = podTemplate('operator', options, {
    requests: { cpu: '100m', memory: '256Mi' },
    limits: { cpu: '2', memory: '1Gi' },
    mounts: [{ name: 'spool', mountPath: FOLDERS.spool }],
    volumes: [{ name: 'spool', emptyDir: { sizeLimit: '1Gi' } }],
    graceSeconds: 30,
  });
  return [deployment('operator', options, template), disruptionBudget('operator', options)];
}

export function analyser(options: ManifestOptions): object[] {
  const template = podTemplate('analyser', options, {
    ports: [{ name: 'grpc', containerPort: PORTS.analysis }],
    requests: { cpu: '250m', memory: '256Mi' },
    limits: { cpu: '2', memory: '1Gi' },
    graceSeconds: 30,
  });
  const port = { name: 'grpc', port: PORTS.analysis, targetPort: 'grpc' };
  return [
    // Headless: the client sees every replica and shares its calls out itself.
    service('analyser', ANALYSER_SERVICE, options, [port], { clusterIP: 'None' }),
    deployment('analyser', options, template),
    disruptionBudget('analyser', options),
  ];
}

/** It depends on nothing else, so that the API server is answered whatever else is away. */
export function admission(options: ManifestOptions): object[] {
  const template = podTemplate('admission', options, {
    ports: [{ name: 'webhook', containerPort: PORTS.webhook }],
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '1', memory: '512Mi' },
    graceSeconds: 20,
  });
  // What the API server calls a webhook's service by unless told.
  const port = { name: 'webhook', port: 443, targetPort: 'webhook' };
  return [
    service('admission', ADMISSION_SERVICE, options, [port]),
    deployment('admission', options, template),
    disruptionBudget('admission', options),
  ];
}

/** One, and never two at once: not that they would harm each other, but one is enough. */
export function certificates(options: ManifestOptions): object[] {
  const template = podTemplate('certificates', options, {
    requests: { cpu: '10m', memory: '96Mi' },
    limits: { cpu: '500m', memory: '256Mi' },
    graceSeconds: 10,
  });
  const metadata = metadataOf('certificates', options);
  const selector = { matchLabels: selectorOf('certificates') };
  const spec = { replicas: 1, strategy: { type: 'Recreate' }, selector, template };
  return [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }];
}

function metadataOf(role: InstalledRole, { namespace }: ManifestOptions) {
  return { name: nameOf(role), namespace, labels: selectorOf(role) };
}

function service(
  role: InstalledRole,
  name: string,
  options: ManifestOptions,
  ports: readonly object[],
  more: object = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadataOf(role, options), name },
    spec: { ...more, selector: selectorOf(role), ports },
  };
}

function deployment(role: InstalledRole, options: ManifestOptions, template: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(role, options),
    spec: { replicas: 2, selector: { matchLabels: selectorOf(role) }, template },
  };
}

function disruptionBudget(role: InstalledRole, options: ManifestOptions): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(role, options),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(role) } },
  };
}
