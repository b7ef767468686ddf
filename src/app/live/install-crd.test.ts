import { expect, test } from 'vitest';
import type { KubeCall, KubeClient, KubeRequest, KubeTarget } from '#kube/contract.ts';
import { KubeError } from '#kube/kube-error.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { installCrds } from './install-crd.ts';

interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly conversion?: object };
}

/** An API server that has these definitions, and serves what it is given at once. */
function cluster(objects: Map<string, Crd>): KubeClient {
  const request = async ({ verb }: KubeCall, { name }: KubeTarget, { body }: KubeRequest = {}) => {
    if (verb !== 'get') objects.set((body as Crd).metadata.name, body as Crd);
    const object = objects.get(name ?? (body as Crd).metadata.name);
    if (object === undefined) throw new KubeError(404, 'NotFound', 'there is none');
    return { ...object, status: { conditions: [{ type: 'Established', status: 'True' }] } };
  };
  return { server: '', request, stream: request, close: async () => {} } as unknown as KubeClient;
}

const say = { line: () => {}, update: () => {}, end: () => {} };

test('where nobody converts the API server only changes the version’s name', async () => {
  const objects = new Map<string, Crd>();
  await installCrds(cluster(objects), DEFAULT_GROUP, say);
  expect(objects.get('anomalydetectors.monitoring.my.company')?.spec.conversion).toEqual({ strategy: 'None' });
});

test('the webhook of an installation in the cluster goes on converting', async () => {
  const name = 'anomalydetectors.monitoring.my.company';
  const conversion = { strategy: 'Webhook', webhook: { clientConfig: { caBundle: 'YQ==' } } };
  const objects = new Map<string, Crd>([[name, { metadata: { name }, spec: { conversion } }]]);
  await installCrds(cluster(objects), DEFAULT_GROUP, say);
  expect(objects.get(name)?.spec).toMatchObject({ conversion, group: 'monitoring.my.company' });
});
