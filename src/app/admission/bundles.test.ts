// Races and refusals, which a real API server does not give on demand; the rest is in test/cluster/admission.e2e.ts.
import { beforeAll, expect, test } from 'vitest';
import { certificatesIn } from '#kit/certificates.ts';
import type { KubeCall, KubeClient, KubeRequest, KubeTarget } from '#kube/contract.ts';
import { KubeError } from '#kube/kube-error.ts';
import { makeAuthority } from '../certificates/issue.ts';
import { createBundles } from './bundles.ts';

const GROUP = 'watch.example.org';
let [a, b] = ['', ''];

beforeAll(async () => {
  const period = { nowMs: Date.now(), endMs: Date.now() + 60_000 };
  [a, b] = [(await makeAuthority('x', period)).certificate, (await makeAuthority('x', period)).certificate];
});

interface Patch {
  readonly name: string | undefined;
  readonly steps: readonly { readonly op: string; readonly path: string; readonly value: string }[];
}

/** `objects` by resource; `refuse` may throw in place of a patch. */
function world(objects: Record<string, object>, refuse: (patch: Patch) => void = () => {}) {
  const patches: Patch[] = [];
  const retries: string[] = [];
  const request = async (call: KubeCall, { name }: KubeTarget, { body }: KubeRequest = {}) => {
    if (!(call.names ?? []).includes(name ?? '')) throw new Error(`${name} is not one of ${call.names}`);
    const object = objects[call.resource];
    if (object === undefined) throw new KubeError(404, 'NotFound', 'there is none');
    if (call.verb === 'get') return object;
    const patch = { name, steps: body as Patch['steps'] };
    refuse(patch);
    patches.push(patch);
    return {};
  };
  const client = { server: '', request, stream: request, close: async () => {} } as unknown as KubeClient;
  const metrics = { retried: (stage: string, code: string) => void retries.push(`${stage} ${code}`) };
  return { patches, retries, bundles: createBundles({ client, group: GROUP, metrics, nowMs: () => Date.now() }) };
}

const metadata = { resourceVersion: '7' };
const trusting = (pem: string) => ({ clientConfig: { caBundle: Buffer.from(pem).toString('base64') } });
const ALL = {
  validatingwebhookconfigurations: { metadata, webhooks: [{ clientConfig: {} }] },
  mutatingwebhookconfigurations: { metadata, webhooks: [{ clientConfig: {} }] },
  customresourcedefinitions: { metadata, spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig: {} } } } },
};

test('all three are filled, each for the version that was seen, and what is so already is left alone', async () => {
  const { bundles, patches } = world({ ...ALL, mutatingwebhookconfigurations: { metadata, webhooks: [trusting(a)] } });
  expect(await bundles.fill([a])).toEqual({ changed: true, absent: [] });
  expect(patches.map(({ name, steps }) => [name, ...steps.map(({ op, path }) => `${op} ${path}`)])).toEqual([
    [`tidewatch.${GROUP}`, 'test /metadata/resourceVersion', 'add /webhooks/0/clientConfig/caBundle'],
    [
      `anomalydetectors.${GROUP}`,
      'test /metadata/resourceVersion',
      'add /spec/conversion/webhook/clientConfig/caBundle',
    ],
  ]);
  expect(Buffer.from(patches[0]?.steps[1]?.value ?? '', 'base64').toString()).toBe(a);
});

test('what was there stays beside it', async () => {
  const { bundles, patches } = world({ ...ALL, mutatingwebhookconfigurations: { metadata, webhooks: [trusting(a)] } });
  await bundles.fill([b]);
  const written = patches.find(
    ({ steps }) => steps[1]?.path === '/webhooks/0/clientConfig/caBundle' && steps.length === 2,
  );
  expect(written).toBeDefined();
  const bundlesWritten = patches.map(({ steps }) =>
    certificatesIn(Buffer.from(steps[1]?.value ?? '', 'base64').toString()).sort(),
  );
  expect(bundlesWritten).toContainEqual([a, b].sort());
});

test('what is not there, or asks nobody, is named', async () => {
  const asksNobody = { metadata, spec: { conversion: { strategy: 'None' } } };
  const { bundles } = world({ customresourcedefinitions: asksNobody });
  expect(await bundles.fill([a])).toEqual({
    changed: false,
    absent: [
      `ValidatingWebhookConfiguration tidewatch.${GROUP}`,
      `MutatingWebhookConfiguration tidewatch.${GROUP}`,
      `CustomResourceDefinition anomalydetectors.${GROUP}`,
    ],
  });
});

test.each([409, 422])('who was faster is looked at again (%i), and counted', async (status) => {
  let refusals = 2;
  const { bundles, retries } = world(ALL, () => {
    if (refusals-- > 0) throw new KubeError(status, 'Conflict', 'somebody was faster');
  });
  expect(await bundles.fill([a])).toMatchObject({ changed: true });
  expect(retries).toEqual(['bundle conflict', 'bundle conflict']);
});

test('what is refused for good is told', async () => {
  const forbidden = new KubeError(403, 'Forbidden', 'this account may not');
  const refuse = () => {
    throw forbidden;
  };
  await expect(world(ALL, refuse).bundles.fill([a])).rejects.toBe(forbidden);
  const race = () => {
    throw new KubeError(422, 'Invalid', 'always');
  };
  await expect(world(ALL, race).bundles.fill([a])).rejects.toThrow('always');
});
