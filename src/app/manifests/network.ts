// Who may talk to whom: nobody, but for the operator, which reaches keeper and analysers, names, the API server and
// Prometheus; the keeper, which reaches the receiver of its remote writes and whom it tells; certificates and admission,
// which reach the API server; the API server, which reaches admission; and whoever scrapes /metrics or asks the keeper what
// else to scrape: a Prometheus, of any namespace. Probes of the kubelet are let in by every network plug-in.
import type { ManifestOptions } from './options.ts';
import { type InstalledRole, nameOf, PORTS, selectorOf } from './roles.ts';

const BOTH = ['Ingress', 'Egress'];
/** Of every namespace, at any port: which ones they declare for their metrics is not known before they are there. */
const TO_PODS = { to: [{ namespaceSelector: {} }] };
/** Where API servers listen; a policy cannot name them otherwise. */
const API_SERVER_PORTS = [443, 6443];

const TO_API_SERVER = { egress: [{ ports: API_SERVER_PORTS.map(tcp) }] };
const TO_CERTIFICATES = {
  podSelector: { matchLabels: selectorOf('certificates') },
  policyTypes: ['Egress'],
  ...TO_API_SERVER,
};
/** No policy can name the API server, which is no pod: whoever asks is answered, and learns nothing but what it sent. */
const TO_ADMISSION = {
  podSelector: { matchLabels: selectorOf('admission') },
  policyTypes: BOTH,
  ingress: [{ ports: [tcp(PORTS.webhook)] }],
  ...TO_API_SERVER,
};

export function networkPolicies(options: ManifestOptions): object[] {
  const policy = (name: string, spec: object) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: options.namespace, labels: { 'app.kubernetes.io/name': 'tidewatch' } },
    spec,
  });
  const fromOperator = (role: InstalledRole, port: number) =>
    policy(nameOf(role), {
      podSelector: { matchLabels: selectorOf(role) },
      policyTypes: ['Ingress'],
      ingress: [{ from: [podsOf('operator')], ports: [tcp(port)] }],
    });
  return [
    policy('tidewatch-nobody', { podSelector: {}, policyTypes: BOTH }),
    policy('tidewatch-metrics', {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'tidewatch' } },
      policyTypes: ['Ingress'],
      // Prometheus may be in any namespace.
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [tcp(PORTS.health)] }],
    }),
    fromOperator('keeper', PORTS.append),
    ...keeperEgress(policy, options),
    fromOperator('analyser', PORTS.analysis),
    ...(options.withCertificates ? [policy('tidewatch-certificates', TO_CERTIFICATES)] : []),
    policy('tidewatch-admission', TO_ADMISSION),
    policy('tidewatch-operator', {
      podSelector: { matchLabels: selectorOf('operator') },
      policyTypes: ['Egress'],
      egress: [
        { to: [podsOf('keeper')], ports: [tcp(PORTS.append)] },
        { to: [podsOf('analyser')], ports: [tcp(PORTS.analysis)] },
        NAMES,
        { ports: API_SERVER_PORTS.map(tcp) },
        ...(options.prometheus === undefined ? [] : [toAddress(new URL(options.prometheus))]),
        ...(options.scrape === true ? [TO_PODS] : []),
      ],
    }),
  ];
}

/** To whoever resolves names. */
const NAMES = { ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] };

/** A policy for each address that the keeper sends to. */
function keeperEgress(policy: (name: string, spec: object) => object, options: ManifestOptions): object[] {
  const { remoteWrite, alertmanager, webhook } = options;
  return Object.entries({ 'remote-write': remoteWrite, alertmanager, webhook }).flatMap(([name, url]) => {
    if (url === undefined) return [];
    const spec = {
      podSelector: { matchLabels: selectorOf('keeper') },
      policyTypes: ['Egress'],
      egress: [NAMES, toAddress(new URL(url))],
    };
    return [policy(`tidewatch-keeper-${name}`, spec)];
  });
}

function podsOf(role: InstalledRole): object {
  return { podSelector: { matchLabels: selectorOf(role) } };
}

function tcp(port: number): object {
  return { protocol: 'TCP', port };
}

/** To the namespace of a Service, whose pods may listen on another port than it does; else to the port, anywhere. */
function toAddress(url: URL): object {
  const namespace = /^[^.]+[.]([^.]+)[.]svc([.]|$)/.exec(url.hostname)?.[1];
  if (namespace !== undefined) {
    return { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }] };
  }
  return { ports: [tcp(Number(url.port || (url.protocol === 'https:' ? 443 : 80)))] };
}
