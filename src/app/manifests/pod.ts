// What the pods of all roles have in common: the restricted security level, probes on a port of their own, certificates
// from a Secret, and nothing writable but what is named.
import { callsApiServer } from './accounts.ts';
import type { ManifestOptions } from './options.ts';
import { argumentsOf, FOLDERS, type InstalledRole, nameOf, PORTS, selectorOf, tlsSecretOf } from './roles.ts';

/** Of the image's user, so that mounted volumes are its own. */
const GROUP_ID = 1000;
const READABLE_BY_GROUP = 0o440;

export interface PodParts {
  /** Of containers that others connect to. */
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
  readonly mounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly volumes?: readonly object[];
  readonly graceSeconds: number;
}

export function podTemplate(role: InstalledRole, options: ManifestOptions, parts: PodParts) {
  return {
    metadata: { labels: selectorOf(role), annotations: annotationsOf(role) },
    spec: {
      serviceAccountName: nameOf(role),
      automountServiceAccountToken: callsApiServer(role),
      // A Service named like a setting would become that setting.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: parts.graceSeconds,
      securityContext: {
        runAsNonRoot: true,
        fsGroup: GROUP_ID,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: selectorOf(role) },
        },
      ],
      containers: [container(role, options, parts)],
      volumes: [
        { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
        // Optional, so that a pod starts and says itself what it lacks.
        ...(role === 'certificates'
          ? []
          : [
              {
                name: 'tls',
                secret: { secretName: tlsSecretOf(role), optional: true, defaultMode: READABLE_BY_GROUP },
              },
            ]),
        ...(parts.volumes ?? []),
      ],
    },
  };
}

/** A Prometheus that goes by these finds the figures of every role by itself. */
function annotationsOf(role: InstalledRole): Record<string, string> {
  return {
    'kubectl.kubernetes.io/default-container': role,
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(PORTS.health),
    'prometheus.io/path': '/metrics',
  };
}

function container(role: InstalledRole, options: ManifestOptions, parts: PodParts) {
  const probe = (path: string) => ({ httpGet: { path, port: 'health' } });
  return {
    name: role,
    image: options.image,
    args: argumentsOf(role, options),
    ports: [...(parts.ports ?? []), { name: 'health', containerPort: PORTS.health }],
    startupProbe: { ...probe('/healthz'), periodSeconds: 2, failureThreshold: 90 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, timeoutSeconds: 5 },
    resources: { requests: parts.requests, limits: parts.limits },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...(role === 'certificates' ? [] : [{ name: 'tls', mountPath: FOLDERS.tls, readOnly: true }]),
      ...(parts.mounts ?? []),
    ],
  };
}
