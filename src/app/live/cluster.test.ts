import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { answerJson, startTestHttp, type TestHttp } from '#kube/test-http.ts';
import { createTestLog } from '#kube/test-log.ts';
import { SERVICE_LABEL } from '#model/series.ts';
import { type Cluster, openCluster } from './cluster.ts';

let http: TestHttp;
let cluster: Cluster;
/** What is watched now, by the plural of its kind. */
const watches = new Map<string, ServerResponse>();
let version = 10;

const object = (name: string, labels: object, spec: object = {}) => ({
  metadata: { uid: `u-${name}`, name, namespace: 'shop', resourceVersion: String(++version), labels },
  spec,
});
const items = { pods: [object('a', { app: 'cart' })], services: [object('cart', {}, { selector: { app: 'cart' } })] };

function tell(kind: keyof typeof items, type: string, changed: object): void {
  watches.get(kind)?.write(`${JSON.stringify({ type, object: changed })}\n`);
}

beforeEach(async () => {
  http = await startTestHttp();
  http.answer = (response, { path }) => {
    const kind = path.includes('/services') ? 'services' : 'pods';
    if (!path.includes('watch=')) {
      return answerJson(200, { metadata: { resourceVersion: '10' }, items: items[kind] })(response);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    watches.set(kind, response);
  };
  cluster = openCluster({ access: http.access, clock: systemClock, random: () => 0, log: createTestLog().log });
  cluster.pods.start();
  cluster.services.start();
  await Promise.all([cluster.pods.synced(), cluster.services.synced()]);
  await vi.waitFor(() => expect([...watches.keys()].sort()).toEqual(['pods', 'services']));
});
afterEach(async () => {
  await cluster.close();
  await http.stop();
  watches.clear();
});

test('a pod that is labelled otherwise is told with what it was', async () => {
  const heard: unknown[] = [];
  cluster.onPod((pod, before) => heard.push([before?.labels, pod.labels]));
  tell('pods', 'MODIFIED', object('a', { app: 'ads' }));
  await vi.waitFor(() => expect(heard).toEqual([[{ app: 'cart' }, { app: 'ads' }]]));
  expect(cluster.serviceLabels('shop', 'a')).toEqual({});
});

test('a pod belongs to the one service that chooses it, as services and pods come and go', async () => {
  const labels = () => cluster.serviceLabels('shop', 'a');
  expect(labels()).toEqual({ [SERVICE_LABEL]: 'cart' });
  expect(cluster.servicePods()).toEqual([{ namespace: 'shop', name: 'cart', pods: ['a'] }]);
  tell('pods', 'ADDED', object('b', { app: 'cart' }));
  await vi.waitFor(() => expect(cluster.directory.find('cart')).toEqual([{ namespace: 'shop', pods: ['a', 'b'] }]));
  const other = object('other', {}, { selector: { app: 'cart' } });
  tell('services', 'ADDED', other);
  await vi.waitFor(() => expect(labels()).toEqual({}));
  tell('services', 'DELETED', other);
  await vi.waitFor(() => expect(labels()).toEqual({ [SERVICE_LABEL]: 'cart' }));
  tell('pods', 'DELETED', object('a', { app: 'cart' }));
  await vi.waitFor(() => expect(labels()).toEqual({}));
  expect(cluster.servicePods()).toEqual([{ namespace: 'shop', name: 'cart', pods: ['b'] }]);
});
