// What may be chosen of an installation, and what is wrong with a choice.
import { AppError } from '#kit/errors.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { isPlainUrl } from '../option-values.ts';

export interface ManifestOptions {
  readonly image: string;
  /** That Tidewatch runs in; it is made, and goes with everything in it. */
  readonly namespace: string;
  /** API group of the resources. */
  readonly group: string;
  /** Base address as seen from the pods; found by itself through the API server when absent. */
  readonly prometheus?: string;
  /** Where the keeper sends scores on to, as seen from its pod. */
  readonly remoteWrite?: string;
  /** A Secret of the namespace whose key `token` is shown to that receiver. */
  readonly remoteWriteSecret?: string;
  /** Who is told by the keeper, as seen from its pod. */
  readonly alertmanager?: string;
  readonly webhook?: string;
  /** Whether the operator scrapes the pods of declared detectors itself. */
  readonly scrape?: boolean;
  /** False where the CRD is installed by somebody else. */
  readonly withCrd: boolean;
  /** False where somebody else fills the Secrets of certificates. */
  readonly withCertificates: boolean;
}

const ALL = { withCrd: true, withCertificates: true } as const;

export function defaultOptions(version: string): ManifestOptions {
  return { image: `tidewatch:${version}`, namespace: 'tidewatch-system', group: DEFAULT_GROUP, ...ALL };
}

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const IMAGE = /^[a-z0-9][a-zA-Z0-9._:/-]*(@sha256:[0-9a-f]{64})?$/;

/** Throws `bad-usage` with the option's name, what was expected and what was found. */
export function checkOptions(options: ManifestOptions): void {
  const { image, namespace, group, prometheus, remoteWrite, remoteWriteSecret, alertmanager, webhook } = options;
  const refuse = (option: string, expected: string, got: string): never => {
    throw new AppError('bad-usage', `--${option}: expected ${expected}, got ${JSON.stringify(got)}`);
  };
  if (!IMAGE.test(image) || image.length > 500)
    refuse('image', 'an image, e.g. registry.example.org/tidewatch:1', image);
  if (!new RegExp(`^${LABEL}$`).test(namespace)) {
    refuse('namespace', 'a DNS label: lower-case letters, digits and "-", at most 63', namespace);
  }
  if (!new RegExp(`^${LABEL}([.]${LABEL})+$`).test(group) || group.length > 200) {
    refuse('group', `a domain, e.g. ${DEFAULT_GROUP}`, group);
  }
  for (const [option, url, example] of [
    ['prometheus', prometheus, 'http://prometheus.monitoring.svc:9090'],
    ['remote-write', remoteWrite, 'http://victoria-metrics.monitoring.svc:8428/api/v1/write'],
    ['alertmanager', alertmanager, 'http://alertmanager.monitoring.svc:9093'],
    ['webhook', webhook, 'https://chat.example.org/hook'],
  ] as const) {
    if (url === undefined || isPlainUrl(url)) continue;
    refuse(option, `an address, e.g. ${example}, without user and password`, url);
  }
  if (remoteWriteSecret === undefined) return;
  if (remoteWrite === undefined) refuse('remote-write-secret', '--remote-write beside it', remoteWriteSecret);
  if (!new RegExp(`^${LABEL}([.]${LABEL})*$`).test(remoteWriteSecret) || remoteWriteSecret.length > 253) {
    refuse('remote-write-secret', 'the name of a Secret', remoteWriteSecret);
  }
}
