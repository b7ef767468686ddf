import { expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import type { KubeCall, KubeClient, KubeRequest, KubeTarget } from '#kube/contract.ts';
import { createProxyTransport } from './proxy-transport.ts';
import { readText } from './read-answer.ts';

interface Called {
  readonly call: KubeCall;
  readonly target: KubeTarget;
  readonly request: KubeRequest | undefined;
}

function clientThat(answer: () => string): { client: KubeClient; called: Called[] } {
  const called: Called[] = [];
  const client: KubeClient = {
    server: 'https://cluster',
    request: async () => {
      throw new Error('only streams are asked for');
    },
    stream: async (call, target, request) => {
      called.push({ call, target, request });
      const text = answer();
      return (async function* () {
        yield new TextEncoder().encode(text);
      })();
    },
    close: async () => undefined,
  };
  return { client, called };
}

const question = {
  path: '/api/v1/query',
  parameters: { query: 'up' },
  signal: new AbortController().signal,
  timeoutMs: 9,
};
const SERVICE = { namespace: 'monitoring', service: 'prometheus', port: '9090' };

it('asks the service behind the API server by GET', async () => {
  const { client, called } = clientThat(() => 'answer');
  const transport = createProxyTransport(client, { ...SERVICE, prefix: '/prometheus' });
  const answer = await transport.send(question);
  expect(await readText(answer, transport.address, 100)).toBe('answer');
  expect(called[0]?.call).toMatchObject({ verb: 'get', resource: 'services', subresource: 'proxy' });
  expect(called[0]?.target).toEqual({
    namespace: 'monitoring',
    name: 'prometheus:9090',
    path: '/prometheus/api/v1/query',
  });
  expect(called[0]?.request).toMatchObject({ query: { query: 'up' }, timeoutMs: 9 });
  await createProxyTransport(client, { ...SERVICE, scheme: 'https' }).send(question);
  expect(called[1]?.target.name).toBe('https:prometheus:9090');
});

it('refuses what does not fit into an address', async () => {
  const { client, called } = clientThat(() => '');
  const long = { ...question, parameters: { query: '"'.repeat(4000) } };
  await expect(createProxyTransport(client, SERVICE).send(long)).rejects.toMatchObject({
    code: 'too-much',
    message: expect.stringMatching(/12006 characters.*only 8000 fit/),
  });
  expect(called).toEqual([]);
});

it.each([
  ['not-found', false, 'bad-input'],
  ['forbidden', false, 'forbidden'],
  ['in-use', true, 'unavailable'],
  ['unavailable', true, 'unavailable'],
] as const)('a refusal "%s" of the API server becomes "%s"', async (code, retryable, ours) => {
  const { client } = clientThat(() => {
    throw new AppError(code, 'no', { retryable });
  });
  await expect(createProxyTransport(client, SERVICE).send(question)).rejects.toMatchObject({
    code: ours,
    retryable,
    message: 'monitoring/prometheus:9090 (through https://cluster): no',
  });
});
