// The roles that run in a cluster: what each is called, which ports it has, and the command that its container runs. The
// one place where the commands' flags are chosen for an installation.
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import type { ManifestOptions } from './options.ts';

export const ROLES = ['keeper', 'operator', 'analyser', 'admission', 'certificates'] as const;
export type InstalledRole = (typeof ROLES)[number];

export const PORTS = {
  /** `/healthz`, `/readyz` and `/metrics`, of every role; of the keeper also what should be scraped. */
  health: 8081,
  /** On the pod's loopback: reached by `kubectl port-forward`. */
  page: 8080,
  append: 8443,
  analysis: 50_051,
  /** For the API server. */
  webhook: 9443,
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
export const ADMISSION_SERVICE = 'tidewatch-admission';

export const KEEPER_VOLUME = '10Gi';
/** Of the store's file. The log beside it, and what removing takes, need room as well. */
const KEEPER_SIZE = '9Gi';

/** Of the authorities and their keys; only the account of `certificates` may read it. */
export const AUTHORITY_SECRET = 'tidewatch-tls-authority';

/** The Secret of a role's certificate, its key, and the authorities that it trusts. */
export function tlsSecretOf(role: InstalledRole): string {
  return `tidewatch-tls-${role}`;
}

export function nameOf(role: InstalledRole): string {
  return `tidewatch-${role}`;
}

/** Labels that select the pods of a role; they never change, for selectors cannot. */
export function selectorOf(role: InstalledRole): Record<string, string> {
  return { 'app.kubernetes.io/name': 'tidewatch', 'app.kubernetes.io/component': role };
}

/** The arguments of `tidewatch` in the role's container. */
export function argumentsOf(role: InstalledRole, options: ManifestOptions): string[] {
  const health = `--health-port=${PORTS.health}`;
  const common = [health, `--tls=${FOLDERS.tls}`];
  const ofGroup = options.group === DEFAULT_GROUP ? [] : [`--group=${options.group}`];
  switch (role) {
    case 'keeper':
      return [
        'keeper',
        `--data=${FOLDERS.data}`,
        `--max-size=${KEEPER_SIZE}`,
        `--page-port=${PORTS.page}`,
        `--append-port=${PORTS.append}`,
        ...(options.remoteWrite === undefined ? [] : [`--remote-write=${options.remoteWrite}`]),
        ...(options.alertmanager === undefined ? [] : [`--alertmanager=${options.alertmanager}`]),
        ...(options.webhook === undefined ? [] : [`--webhook=${options.webhook}`]),
        ...(options.remoteWriteSecret === undefined ? [] : [`--remote-write-token-file=${FOLDERS.remoteWrite}/token`]),
        ...common,
      ];
    case 'analyser':
      return ['analyser', `--port=${PORTS.analysis}`, ...common];
    case 'admission':
      return ['admission', `--port=${PORTS.webhook}`, ...ofGroup, ...common];
    case 'certificates':
      return ['certificates', `--namespace=${options.namespace}`, health];
    case 'operator':
      return [
        ...['operator', `--namespace=${options.namespace}`],
        `--keeper=https://${KEEPER_SERVICE}.${options.namespace}.svc:${PORTS.append}`,
        `--analysers=dns:///${ANALYSER_SERVICE}.${options.namespace}.svc:${PORTS.analysis}`,
        `--spool=${FOLDERS.spool}`,
        ...ofGroup,
        ...(options.prometheus === undefined ? [] : [`--prometheus=${options.prometheus}`]),
        ...(options.scrape === true ? ['--scrape'] : []),
        ...common,
      ];
  }
}
