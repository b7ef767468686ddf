// Who may talk to whom: nobody, but for the operator, which reaches keeper and analysers, names, the API server and
// Prometheus. Probes of the kubelet are let in by every network plug-in.
import type { ManifestOptions } from './options.ts';
import { type InstalledRole, nameOf, PORTS, selectorOf } from './roles.ts';

const BOTH = ['Ingress', 'Egress'];
/** Where API servers listen; a policy cannot name them otherwise. */
const API_SERVER_PORTS = [443, 6443];

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
    fromOperator('keeper', PORTS.append),
    fromOperator('analyser', PORTS.analysis),
    policy('tidewatch-operator', {
      podSelector: { matchLabels: selectorOf('operator') },
      policyTypes: ['Egress'],
      egress: [
        { to: [podsOf('keeper')], ports: [tcp(PORTS.append)] },
        { to: [podsOf('analyser')], ports: [tcp(PORTS.analysis)] },
        { ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] },
        { ports: API_SERVER_PORTS.map(tcp) },
        ...(options.prometheus === undefined ? [] : [toPrometheus(new URL(options.prometheus))]),
      ],
    }),
  ];
}

function podsOf(role: InstalledRole): object {
  return { podSelector: { matchLabels: selectorOf(role) } };
}

function tcp(port: number): object {
  return { protocol: 'TCP', port };
}

/** To the namespace of a Service, whose pods may listen on another port than it does; else to the port, anywhere. */
function toPrometheus(url: URL): object {
  const namespace = /^[^.]+[.]([^.]+)[.]svc([.]|$)/.exec(url.hostname)?.[1];
  if (namespace !== undefined) {
    return { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }] };
  }
  return { ports: [tcp(Number(url.port || (url.protocol === 'https:' ? 443 : 80)))] };
}
