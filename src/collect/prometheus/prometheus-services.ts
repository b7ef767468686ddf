// Which services of a cluster may be a Prometheus, or speak like one, and how likely each is: the knowledge of charts and
// operators, in one place.
import type { Labels } from '#model/series.ts';
import { compareText } from '#model/text.ts';
import type { ServiceAddress } from './proxy-transport.ts';

/** What is read of a service. */
export interface ListedService {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: {
    readonly type?: string;
    readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[];
  };
}

export interface Candidate {
  readonly address: ServiceAddress;
  /** Higher is likelier. */
  readonly rank: number;
}

interface Product {
  /** Of the service's name, or of its labels. */
  readonly pattern: RegExp;
  readonly rank: number;
  readonly ports: readonly number[];
  readonly prefix?: string;
}

/** What asks all of several is likelier wanted than one of them. */
const PRODUCTS: readonly Product[] = [
  { pattern: /thanos-query(-frontend)?$|thanos-querier/, rank: 60, ports: [10902, 9090, 9091] },
  { pattern: /prometheus/, rank: 50, ports: [9090] },
  { pattern: /vmsingle|victoria-metrics-single|victoria-?metrics(?!-operator)/, rank: 40, ports: [8428, 8429] },
  { pattern: /vmselect/, rank: 40, ports: [8481], prefix: '/select/0/prometheus' },
  {
    pattern: /(mimir|cortex)-(query-frontend|nginx|gateway)|^mimir$/,
    rank: 30,
    ports: [8080, 80],
    prefix: '/prometheus',
  },
];
/** Their names hold those of the ones they belong to. */
const OTHERS =
  /alertmanager|operator(?!-prometheus)|node-exporter|push-?gateway|adapter|kube-state-metrics|blackbox|grafana|exporter|webhook|vmagent|vmalert|vminsert|vmstorage|config-reloader|sidecar|storegateway|ruler|compactor|receive/;
const WEB_PORTS = ['web', 'http-web', 'http', 'https-web', 'https', 'prometheus', 'http-metrics'];

/** Where charts and operators put it. In others anybody may have a service that is called like one. */
export const USUAL_NAMESPACES: readonly string[] = [
  ...['monitoring', 'prometheus', 'kube-prometheus-stack', 'observability', 'metrics', 'thanos', 'mimir', 'cortex'],
  ...['victoria-metrics', 'victoriametrics', 'vm', 'kube-system', 'openshift-monitoring', 'cattle-monitoring-system'],
];
const USUAL_RANK = 100;

/** Those that may be one, the likeliest first: what is in a usual namespace comes before all else. */
export function candidatesOf(services: readonly ListedService[]): Candidate[] {
  return services
    .flatMap((service) => candidateOf(service) ?? [])
    .sort((a, b) => b.rank - a.rank || compareText(keyOf(a.address), keyOf(b.address)));
}

function candidateOf({ metadata = {}, spec = {} }: ListedService): Candidate | undefined {
  const { name = '', namespace = '', labels = {} } = metadata;
  const ports = (spec.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
  if (name === '' || namespace === '' || spec.type === 'ExternalName' || ports.length === 0) return undefined;
  const app = labels['app.kubernetes.io/name'] ?? labels.app ?? labels['k8s-app'] ?? '';
  const isOperated = labels['operated-prometheus'] === 'true';
  const component = labels['app.kubernetes.io/component'] ?? labels.component ?? '';
  if (!isOperated && (OTHERS.test(name) || OTHERS.test(app) || OTHERS.test(component))) return undefined;
  const product = PRODUCTS.find(({ pattern }) => pattern.test(name) || pattern.test(app));
  const known = product ?? (isOperated ? PRODUCTS[1] : undefined);
  if (known === undefined) return undefined;
  const port =
    ports.find(({ port = 0 }) => known.ports.includes(port)) ??
    ports.find((one) => WEB_PORTS.includes(one.name ?? '')) ??
    ports[0];
  if (port?.port === undefined) return undefined;
  const isByLabel = known.pattern.test(app) || isOperated;
  const isUsualPort = known.ports.includes(port.port);
  return {
    rank:
      known.rank +
      (USUAL_NAMESPACES.includes(namespace) ? USUAL_RANK : 0) +
      (isByLabel ? 6 : 0) +
      (isUsualPort ? 3 : 0) +
      (isOperated ? -1 : 0),
    address: {
      namespace,
      service: name,
      port: String(port.port),
      ...(port.name?.startsWith('https') === true || port.port === 443 ? { scheme: 'https' } : {}),
      ...(known.prefix === undefined ? {} : { prefix: known.prefix }),
    },
  };
}

function keyOf({ namespace, service }: ServiceAddress): string {
  return `${namespace}/${service}`;
}
