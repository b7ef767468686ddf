// A real Prometheus that the cluster knows as charts install it: a Service with their labels that leads to a pod. The pod is one
// that nobody runs; its status says that it has this machine's own address, because the API server's proxy leads to addresses of
// pods only, and never to loopback.
import { networkInterfaces } from 'node:os';
import type { ControlPlane } from '../../parts/control-plane.ts';
import type { MetricServer } from '../../parts/metric-server.ts';
import { type PrometheusOptions, startPrometheus } from '../../parts/prometheus.ts';
import { waitUntil } from '../../parts/wait-until.ts';

export interface PrometheusInCluster extends MetricServer {
  /** As Tidewatch calls it. */
  readonly found: string;
}

const NAMESPACE = 'monitoring';
const NAME = 'prometheus-server';
const PORT = 9090;

export async function startPrometheusInCluster(
  plane: ControlPlane,
  options: Omit<PrometheusOptions, 'host'>,
): Promise<PrometheusInCluster> {
  const host = ownAddress();
  const server = await startPrometheus({ ...options, host });
  const labels = { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' };
  const metadata = { name: NAME, namespace: NAMESPACE, labels };
  const port = Number(new URL(server.url).port);
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata },
      spec: { ports: [{ name: 'http', port: PORT, targetPort: port }] },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata },
      spec: { schedulerName: 'nobody', containers: [{ name: 'prometheus', image: 'none' }] },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Endpoints', metadata },
      subsets: [
        {
          addresses: [{ ip: host, targetRef: { kind: 'Pod', name: NAME, namespace: NAMESPACE } }],
          ports: [{ name: 'http', port }],
        },
      ],
    },
  ];
  await plane.kubectl(['apply', '-f', '-'], objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  const ready = { type: 'Ready', status: 'True' };
  const status = { phase: 'Running', podIP: host, podIPs: [{ ip: host }], conditions: [ready] };
  const patch = ['patch', 'pod', NAME, '-n', NAMESPACE, '--subresource=status', '--type=merge', '-p'];
  await plane.kubectl([...patch, JSON.stringify({ status })]);
  const path = `/api/v1/namespaces/${NAMESPACE}/services/${NAME}:${PORT}/proxy/-/ready`;
  await waitUntil('the API server to know where it is', async () => (await plane.request(path)).status === 200);
  return { ...server, found: `${NAMESPACE}/${NAME}:${PORT}` };
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !/^169\.254\./.test(address),
  );
  if (own === undefined)
    throw new Error('this machine has no IPv4 address but loopback, which the API server does not proxy to');
  return own.address;
}
