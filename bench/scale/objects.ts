// What is in the cluster of the scale run: namespaces and pods at once, detectors as they are asked for. Written to a real API
// server, as fast as it takes them.
import { Agent, request } from 'undici';
import { systemClock } from '#kit/clock.ts';
import { readKubeAccess } from '#kube/config.ts';
import { appsOf, type Detector, type Size } from './world.ts';

const AT_ONCE = 16;
const API = '/apis/monitoring.my.company/v2';

export interface Objects {
  addDetectors(detectors: readonly Detector[]): Promise<void>;
  close(): Promise<void>;
}

export async function createObjects(kubeconfig: string, size: Size): Promise<Objects> {
  const access = await readKubeAccess({ kubeconfig, clock: systemClock });
  const { ca, headers } = await access.credentials();
  const agent = new Agent({ connections: AT_ONCE, connect: { ...(ca === undefined ? {} : { ca }) } });
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await request(`${access.server}${path}`, {
      ...{ dispatcher: agent, method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', ...headers },
    });
    const text = await answer.body.text();
    if (answer.statusCode > 299) throw new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  };
  const apps = appsOf(size);
  await allOf([...new Set(apps.map(({ namespace }) => namespace))], (name) =>
    post('/api/v1/namespaces', { metadata: { name } }),
  );
  await allOf(
    apps.flatMap(({ namespace, name, pods }) => pods.map((pod) => ({ namespace, app: name, pod }))),
    ({ namespace, app, pod }) =>
      post(`/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name: pod, labels: { app, 'pod-template-hash': pod.split('-').at(-2) } },
        spec: { containers: [{ name: 'server', image: 'registry.example.com/server:v1' }] },
      }),
  );
  return {
    addDetectors: (detectors) =>
      allOf(detectors, ({ namespace, name, app, metricName }) =>
        post(`${API}/namespaces/${namespace}/anomalydetectors`, {
          ...{ apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata: { name } },
          spec: {
            ...{ targets: { matchLabels: { app } }, metrics: [{ name: metricName }] },
            ...{ method: { name: 'z-score' }, threshold: 5 },
          },
        }),
      ),
    close: () => agent.close(),
  };
}

async function allOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
