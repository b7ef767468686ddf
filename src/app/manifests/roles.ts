// The roles that run in a cluster: what each is called, which ports it has, and the command that its container runs. The
// one place where the commands' flags are chosen for an installation.
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import type { ManifestOptions } from './options.ts';

export const ROLES = ['keeper', 'operator', 'analyser'] as const;
export type InstalledRole = (typeof ROLES)[number];

export const PORTS = {
  /** `/healthz` and `/readyz`, of every role. */
  health: 8081,
  /** On the pod's loopback: reached by `kubectl port-forward`. */
  page: 8080,
  append: 8443,
  analysis: 50_051,
} as const;

/** Folders in the containers. */
export const FOLDERS = {
  data: '/data',
  spool: '/spool',
  tls: '/etc/tidewatch/tls',
  remoteWrite: '/etc/tidewatch/remote-write',
} as const;

export const KEEPER_SERVICE = 'tidewatch-keeper';
export const ANALYSER_SERVICE = 'tidewatch-analysers';

export function nameOf(role: InstalledRole): string {
  return `tidewatch-${role}`;
}

/** Labels that select the pods of a role; they never change, for selectors cannot. */
export function selectorOf(role: InstalledRole): Record<string, string> {
  return { 'app.kubernetes.io/name': 'tidewatch', 'app.kubernetes.io/component': role };
}

/** The arguments of `tidewatch` in the role's container. */
export function argumentsOf(role: InstalledRole, options: ManifestOptions): string[] {
  const common = [`--health-port=${PORTS.health}`, `--tls=${FOLDERS.tls}`];
  switch (role) {
    case 'keeper':
      return [
        'keeper',
        `--data=${FOLDERS.data}`,
        `--page-port=${PORTS.page}`,
        `--append-port=${PORTS.append}`,
        ...(options.remoteWrite === undefined ? [] : [`--remote-write=${options.remoteWrite}`]),
        ...(options.remoteWriteSecret === undefined ? [] : [`--remote-write-token-file=${FOLDERS.remoteWrite}/token`]),
        ...common,
      ];
    case 'analyser':
      return ['analyser', `--port=${PORTS.analysis}`, ...common];
    case 'operator':
      return [
        ...['operator', `--namespace=${options.namespace}`],
        `--keeper=https://${KEEPER_SERVICE}.${options.namespace}.svc:${PORTS.append}`,
        `--analysers=dns:///${ANALYSER_SERVICE}.${options.namespace}.svc:${PORTS.analysis}`,
        `--spool=${FOLDERS.spool}`,
        ...(options.group === DEFAULT_GROUP ? [] : [`--group=${options.group}`]),
        ...(options.prometheus === undefined ? [] : [`--prometheus=${options.prometheus}`]),
        ...common,
      ];
  }
}
