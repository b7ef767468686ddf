// deploy/chaos/: experiments of Chaos Mesh for the pods that answer the API server, a file each. Labels, ports and Secrets are
// those of the installation's own manifests, so that an experiment cannot miss them.
import type { ManifestOptions } from '#app/manifests/options.ts';
import { nameOf, PORTS, selectorOf, tlsSecretOf } from '#app/manifests/roles.ts';
import { toYaml } from '#app/manifests/yaml-text.ts';

const FOR = '60s';

interface Experiment {
  /** Of the file as well. */
  readonly name: string;
  readonly kind: string;
  /** What is broken, and what is to be seen. */
  readonly says: string;
  readonly spec: object;
}

/** Path → text. */
export function chaosFiles(options: ManifestOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    experiments(options).map(({ name, kind, says, spec }) => {
      const { namespace } = options;
      const metadata = { name: `${nameOf('admission')}-${name}`, namespace, labels: selectorOf('admission') };
      const object = { apiVersion: 'chaos-mesh.org/v1alpha1', kind, metadata, spec };
      const notice = '# Written by `npm run generate`: change scripts/generate/chaos-files.ts, not this file.\n';
      return [`deploy/chaos/${name}.yaml`, `${notice}# ${says}\n${toYaml([object])}`];
    }),
  );
}

function experiments({ namespace }: ManifestOptions): readonly Experiment[] {
  const selector = { namespaces: [namespace], labelSelectors: selectorOf('admission') };
  const all = { mode: 'all', selector };
  const http = {
    ...{ ...all, port: PORTS.webhook, method: 'POST', duration: FOR },
    tls: {
      ...{ secretName: tlsSecretOf('admission'), secretNamespace: namespace },
      ...{ certName: 'tls.crt', keyName: 'tls.key', caName: 'ca.crt' },
    },
  };
  return [
    {
      ...{ name: 'delay', kind: 'NetworkChaos' },
      says: 'Answers come two seconds late: detectors are refused within three seconds, nothing else waits.',
      spec: { action: 'delay', ...all, direction: 'to', delay: { latency: '2s' }, duration: FOR },
    },
    {
      ...{ name: 'partition', kind: 'NetworkChaos' },
      says: 'Nothing reaches admission, and nothing is closed.',
      spec: { action: 'loss', ...all, direction: 'to', loss: { loss: '100' }, duration: FOR },
    },
    {
      ...{ name: 'kill', kind: 'PodChaos' },
      says: 'Both pods are killed at once: detectors are refused until one is ready again.',
      spec: { action: 'pod-kill', ...all, gracePeriod: 0 },
    },
    {
      ...{ name: 'failure', kind: 'PodChaos' },
      says: 'Both pods stay, and nothing runs in them.',
      spec: { action: 'pod-failure', ...all, duration: FOR },
    },
    {
      ...{ name: 'errors', kind: 'HTTPChaos' },
      says: 'One of the two pods answers each question with 500: about every other detector is refused.',
      spec: { ...http, mode: 'one', target: 'Response', path: '*', replace: { code: 500 } },
    },
    {
      ...{ name: 'no-conversion', kind: 'HTTPChaos' },
      says: 'Conversions break off: reading and writing v1 may fail, v2 does not.',
      spec: { ...http, target: 'Request', path: '/convert', abort: true },
    },
    {
      ...{ name: 'clock', kind: 'TimeChaos' },
      says: 'A month on, its certificate is over as it sees it: neither pod is ready, so that the API server finds nobody.',
      spec: { ...all, timeOffset: `${31 * 24}h`, clockIds: ['CLOCK_REALTIME'], duration: FOR },
    },
    {
      ...{ name: 'stress', kind: 'StressChaos' },
      says: 'No processor time is left over: detectors may be refused for being late.',
      spec: { ...all, stressors: { cpu: { workers: 4, load: 100 } }, duration: FOR },
    },
  ];
}
