// A small shop on the real API server: two Deployments with Services, whose pods' metrics an exporter speaks for.
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import type { Measured } from './exporter.ts';

export const NAMESPACE = 'shop';
export const LATENCY = 'request_latency_seconds';

function deployment(name: string, replicas: number): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${NAMESPACE} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: none, ports: [{ name: metrics, containerPort: 9100 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${NAMESPACE} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`;
}

export function detector(name: string, app: string, metricName = LATENCY, more = ''): string {
  return `
apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: ${name}, namespace: ${NAMESPACE} }
spec:
  targets: { matchLabels: { app: ${app} } }
  metrics: [{ name: ${metricName} }]
  method: { name: z-score }
${more}
`;
}

export function clusterDetector(name: string): string {
  return `
apiVersion: monitoring.my.company/v2
kind: ClusterAnomalyDetector
metadata: { name: ${name} }
spec:
  targets: { matchLabels: { app: cart } }
  metrics: [{ name: ${LATENCY} }]
  method: { name: z-score }
`;
}

/** The Deployments' pods, once all of them run. */
export async function openShop(plane: ControlPlane): Promise<readonly string[]> {
  await plane.kubectl(['create', 'namespace', NAMESPACE]);
  await plane.kubectl(['apply', '-f', '-'], [deployment('cart', 2), deployment('ads', 1)].join('---'));
  return podsOf(plane, '', 3);
}

/** Names of the running pods with the label app; waits until there are `count`, none of them on its way out. */
export async function podsOf(plane: ControlPlane, app: string, count: number): Promise<readonly string[]> {
  const selector = app === '' ? [] : ['-l', `app=${app}`];
  return waitUntil(`${count} running pods of ${app || 'the shop'}`, async () => {
    const { items } = JSON.parse(await plane.kubectl(['get', 'pods', '-n', NAMESPACE, ...selector, '-o', 'json'])) as {
      items: { metadata: { name: string; deletionTimestamp?: string }; status: { phase: string } }[];
    };
    const names = items.filter(({ status }) => status.phase === 'Running').map(({ metadata }) => metadata.name);
    return items.length === count && names.length === count && names.sort();
  });
}

/** What each pod measures: a latency with noise, and what every cluster has. `slow` pods answer twenty times as late. */
export function measure(pods: readonly string[], slow: ReadonlySet<string> = new Set()): Measured[] {
  return pods.flatMap((pod, index): Measured[] => {
    const labels = { namespace: NAMESPACE, pod };
    const container = { ...labels, container: 'main' };
    const noise = (timeMs: number) => Math.sin(timeMs / 7000 + index) + Math.sin(timeMs / 1900);
    const late = slow.has(pod) ? 20 : 1;
    return [
      { name: LATENCY, type: 'gauge', labels, at: (timeMs) => (0.1 + 0.002 * noise(timeMs)) * late },
      {
        name: 'container_memory_working_set_bytes',
        type: 'gauge',
        labels: container,
        at: (timeMs) => 1e8 + 1e5 * noise(timeMs),
      },
      {
        name: 'container_cpu_usage_seconds_total',
        type: 'counter',
        labels: container,
        at: (timeMs) => (timeMs - 1.7e12) / 1000 / 10,
      },
    ];
  });
}

export interface DetectorStatus {
  readonly state?: string;
  readonly monitoredPods?: number;
  readonly anomalousPods?: readonly string[];
  readonly anomalousPodCount?: number;
  readonly lastCheckTime?: string;
  readonly conditions?: readonly { readonly reason: string; readonly message: string }[];
}

export async function statusOf(plane: ControlPlane, name: string, namespace = NAMESPACE): Promise<DetectorStatus> {
  const text = await plane.kubectl(['get', 'anomalydetector', name, '-n', namespace, '-o', 'json']);
  return (JSON.parse(text) as { status?: DetectorStatus }).status ?? {};
}

export async function clusterStatusOf(plane: ControlPlane, name: string): Promise<DetectorStatus> {
  const text = await plane.kubectl(['get', 'clusteranomalydetector', name, '-o', 'json']);
  return (JSON.parse(text) as { status?: DetectorStatus }).status ?? {};
}

export function untilState(
  plane: ControlPlane,
  name: string,
  state: string,
  timeoutMs = 60_000,
  namespace = NAMESPACE,
): Promise<DetectorStatus> {
  return waitUntil(
    `${name} to be ${state}`,
    async () => {
      const status = await statusOf(plane, name, namespace);
      if (status.state === state) return status;
      throw new Error(`it is ${status.state}: ${status.conditions?.[0]?.message}`);
    },
    { timeoutMs, everyMs: 500 },
  );
}
