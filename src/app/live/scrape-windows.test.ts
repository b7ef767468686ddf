import { expect, test } from 'vitest';
import { planOf } from '#detect/engine/test-stream.ts';
import type { PodRecord } from '#kube/objects.ts';
import type { DetectorRecord } from '#operator/detector-record.ts';
import { detectorRecord, watching } from '../../../test/fixtures/watching.ts';
import { scrapedPods } from './scrape-windows.ts';

function detector(name: string, app: string, metricName: string, more: Partial<DetectorRecord> = {}): DetectorRecord {
  return detectorRecord({ uid: name, name, watch: watching(planOf({ selector: { app }, metricName })), ...more });
}

function pod(name: string, app: string, more: Partial<PodRecord> = {}): PodRecord {
  return {
    ...{ uid: `uid-${name}`, namespace: 'shop', name, resourceVersion: '1', labels: { app }, nodeName: 'n' },
    ...{ phase: 'Running', ip: '10.0.0.7', ready: true, deleting: false, owner: undefined, annotations: {} },
    containerPorts: [{ container: 'main', name: 'metrics', port: 9100, protocol: 'TCP' }],
    ...more,
  };
}

const found = (detectors: readonly DetectorRecord[], pods: readonly PodRecord[]) =>
  scrapedPods(detectors, {
    podsIn: (namespace) => pods.filter((one) => one.namespace === namespace),
    podNamespaces: () => new Set(pods.map(({ namespace }) => namespace)),
  });

test('each selected pod is scraped once, for all that its detectors name', () => {
  const detectors = [detector('a', 'cart', 'm'), detector('b', 'cart', 'n'), detector('c', 'ads', 'o')];
  const scraped = found(detectors, [pod('cart-1', 'cart'), pod('ads-1', 'ads'), pod('db-1', 'db')]);
  expect(scraped.map(({ pod: name, wanted }) => [name, [...wanted]])).toEqual([
    ['cart-1', ['m', 'n']],
    ['ads-1', ['o']],
  ]);
  expect(scraped[0]).toMatchObject({ target: { ip: '10.0.0.7', port: 9100, path: '/metrics', scheme: 'http' } });
});

test.each([
  ['of another namespace', pod('x', 'cart', { namespace: 'bank' })],
  ['that is being deleted', pod('x', 'cart', { deleting: true })],
  ['that has ended', pod('x', 'cart', { phase: 'Succeeded' })],
])('not a pod %s', (_, given) => {
  expect(found([detector('a', 'cart', 'm')], [given])).toEqual([]);
});

test('not for a detector that is going, or whose spec is wrong', () => {
  const { watch: _, ...wrong } = detector('a', 'cart', 'm');
  const going = detector('b', 'cart', 'm', { deleting: true });
  expect(found([wrong, going], [pod('cart-1', 'cart')])).toEqual([]);
});

test('a pod without a declared port, or still without an address, is known and not asked', () => {
  const pods = [pod('a', 'cart', { containerPorts: [] }), pod('b', 'cart', { ip: '' })];
  expect(found([detector('a', 'cart', 'm')], pods).map(({ target }) => target)).toEqual([undefined, undefined]);
});

test('the port, the path and the scheme are those of the annotations, where the container declares the port', () => {
  const annotations = {
    'prometheus.io/port': '8443',
    'prometheus.io/path': '/stats',
    'prometheus.io/scheme': 'https',
  };
  const containerPorts = [{ container: 'main', name: '', port: 8443, protocol: 'TCP' }];
  const [one] = found([detector('a', 'cart', 'm')], [pod('a', 'cart', { annotations, containerPorts })]);
  expect(one?.target).toMatchObject({ ip: '10.0.0.7', port: 8443, path: '/stats', scheme: 'https' });
});
