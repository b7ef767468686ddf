import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fixtures/fake-clock.ts';
import { CALLS } from './calls.ts';
import { createKubeClient } from './client.ts';
import type { KubeCall, KubeClient } from './contract.ts';
import { KubeError } from './kube-error.ts';
import { answerJson, startTestHttp, type TestHttp } from './test-http.ts';
import { createTestLog } from './test-log.ts';

let http: TestHttp;
let client: KubeClient;
let clock: FakeClock;
beforeEach(async () => {
  http = await startTestHttp();
  clock = new FakeClock();
  client = createKubeClient(http.access, { clock, log: createTestLog().log, userAgent: 'tidewatch/test' });
});
afterEach(async () => {
  await client.close();
  await http.stop();
});

async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  );
  if (error instanceof KubeError) return error;
  throw error;
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

const lease = { namespace: 'watch', name: 'tidewatch-operator' };

describe('the client', () => {
  it.each<[string, KubeCall, Parameters<KubeClient['request']>[1], string, string]>([
    ['a list', CALLS.listPods, {}, 'GET', '/api/v1/pods?limit=500'],
    ['a list of a namespace', CALLS.listPods, { namespace: 'shop' }, 'GET', '/api/v1/namespaces/shop/pods?limit=500'],
    ['a watch', CALLS.watchPods, {}, 'GET', '/api/v1/pods?limit=500&watch=true'],
    [
      'an update',
      CALLS.updateLease,
      lease,
      'PUT',
      '/apis/coordination.k8s.io/v1/namespaces/watch/leases/tidewatch-operator?limit=500',
    ],
    [
      'a subresource',
      CALLS.patchDetectorStatus,
      { namespace: 'shop', name: 'a/b?c' },
      'PATCH',
      '/apis/monitoring.my.company/v2/namespaces/shop/anomalydetectors/a%2Fb%3Fc/status?limit=500',
    ],
    [
      'a proxy',
      CALLS.proxyPrometheus,
      { namespace: 'm', name: 'http:prometheus:9090', path: '/api/v1/query' },
      'GET',
      '/api/v1/namespaces/m/services/http%3Aprometheus%3A9090/proxy/api/v1/query?limit=500',
    ],
    [
      'an object of the cluster',
      CALLS.getCrd,
      { name: 'x.y' },
      'GET',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/x.y?limit=500',
    ],
  ])('sends %s to its path', async (_, call, target, method, path) => {
    await client.request(call, target, { query: { limit: 500, absent: undefined } });
    expect(http.seen[0]).toMatchObject({ method, path });
  });

  it('sends its body, its kind, and who it is', async () => {
    http.answer = answerJson(200, { answer: 'ünï' });
    const request = { body: { a: 1 }, contentType: 'application/merge-patch+json' };
    const answer = await client.request<{ answer: string }>(CALLS.patchEvent, { namespace: 'n', name: 'e' }, request);
    expect(answer).toEqual({ answer: 'ünï' });
    expect(http.seen[0]?.body).toBe('{"a":1}');
    expect(http.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'user-agent': 'tidewatch/test',
      'content-type': 'application/merge-patch+json',
    });
  });

  it.each<[string, KubeCall, Parameters<KubeClient['request']>[1], RegExp]>([
    ['of another name', CALLS.getLease, { namespace: 'n', name: 'other' }, /declared for tidewatch-operator only/],
    ['without its namespace', CALLS.getLease, { name: 'tidewatch-operator' }, /declared for one namespace/],
    ['of one object without its name', CALLS.getCrd, {}, /needs the name/],
    ['of a list with a name', CALLS.listPods, { name: 'a' }, /not about one object/],
    ['through no proxy', CALLS.listPods, { path: '/x' }, /leads to no proxy/],
    ['that climbs out', CALLS.getCrd, { name: '..' }, /cannot be a part/],
    [
      'that climbs out of a proxy',
      CALLS.proxyPrometheus,
      { namespace: 'n', name: 'p', path: '/../x' },
      /cannot be a part/,
    ],
  ])('makes no call %s', async (_, call, target, sentence) => {
    await expect(client.request(call, target)).rejects.toThrow(sentence);
    await expect(client.stream(call, target)).rejects.toThrow(sentence);
    expect(http.seen).toEqual([]);
  });

  it('uses a connection again, also with another token', async () => {
    await client.request(CALLS.listPods, {});
    http.token = 'another';
    await settle();
    await client.request(CALLS.listPods, {});
    expect(http.connections).toBe(1);
    expect(http.seen[1]?.headers.authorization).toBe('Bearer another');
  });

  it('asks for fresh credentials after a 401, once', async () => {
    http.answer = (response, { headers }) =>
      answerJson(headers.authorization === 'Bearer new' ? 200 : 401, { message: 'Unauthorized' })(response);
    const { credentials } = http.access;
    const access = {
      ...http.access,
      credentials: (options = {}) => {
        if ((options as { fresh?: boolean }).fresh === true) http.token = 'new';
        return credentials(options);
      },
    };
    const other = createKubeClient(access, { clock, log: createTestLog().log, userAgent: 'x' });
    await other.request(CALLS.listPods, {});
    expect(http.asked).toEqual([false, true]);
    await other.close();
  });

  it('says what to do about a token that is refused', async () => {
    http.answer = answerJson(401, { message: 'Unauthorized', reason: 'Unauthorized' });
    const error = await failure(client.request(CALLS.listPods, {}));
    expect(error).toMatchObject({ status: 401, reason: 'Unauthorized', code: 'forbidden', retryable: false });
    expect(error.message).toContain('log in again');
    expect(http.seen.length).toBe(2);
  });

  it.each<[string, KubeCall, Parameters<KubeClient['request']>[1], string]>([
    [
      'everywhere',
      CALLS.watchPods,
      {},
      'system:serviceaccount:t:op may not watch pods: it needs the right "watch" on "pods" of the core group in all ' +
        'namespaces. Grant it with: kubectl create clusterrole tidewatch-watch-pods-op --verb=watch --resource=pods && ' +
        'kubectl create clusterrolebinding tidewatch-watch-pods-op --clusterrole=tidewatch-watch-pods-op ' +
        '--user=system:serviceaccount:t:op. See it with: kubectl auth can-i watch pods --all-namespaces --as=system:serviceaccount:t:op',
    ],
    [
      'in a namespace, of a group',
      CALLS.updateLease,
      lease,
      'system:serviceaccount:t:op may not update leases.coordination.k8s.io "tidewatch-operator" in watch: it needs the ' +
        'right "update" on "leases" of coordination.k8s.io in the namespace watch. Grant it with: kubectl create role ' +
        'tidewatch-update-leases-op --verb=update --resource=leases.coordination.k8s.io ' +
        '--resource-name=tidewatch-operator -n watch && kubectl create rolebinding tidewatch-update-leases-op ' +
        '--role=tidewatch-update-leases-op --user=system:serviceaccount:t:op -n watch. See it with: kubectl auth can-i update ' +
        'leases.coordination.k8s.io/tidewatch-operator --namespace=watch --as=system:serviceaccount:t:op',
    ],
    [
      'on a subresource',
      CALLS.patchDetectorStatus,
      { namespace: 'shop', name: 'cart' },
      'system:serviceaccount:t:op may not patch anomalydetectors.monitoring.my.company/status "cart" in shop: it needs ' +
        'the right "patch" on "anomalydetectors/status" of monitoring.my.company in the namespace shop. Grant it with: kubectl ' +
        'create role tidewatch-patch-anomalydetectors-op --verb=patch ' +
        '--resource=anomalydetectors.monitoring.my.company/status -n shop && kubectl create rolebinding ' +
        'tidewatch-patch-anomalydetectors-op --role=tidewatch-patch-anomalydetectors-op ' +
        '--user=system:serviceaccount:t:op -n shop. See it with: ' +
        'kubectl auth can-i patch anomalydetectors.monitoring.my.company --subresource=status --namespace=shop ' +
        '--as=system:serviceaccount:t:op',
    ],
  ])(
    'names the right that is missing %s, and the commands that give it and show it',
    async (_, call, target, sentence) => {
      const message =
        'pods is forbidden: User "system:serviceaccount:t:op" cannot watch resource "pods" in API group ""';
      http.answer = answerJson(403, { kind: 'Status', code: 403, reason: 'Forbidden', message });
      const error = await failure(client.request(call, target));
      expect(error).toMatchObject({ status: 403, reason: 'Forbidden', message: sentence });
    },
  );

  it('does not take a quota for a missing right', async () => {
    http.answer = answerJson(403, { reason: 'Forbidden', message: 'exceeded quota: events' });
    expect((await failure(client.request(CALLS.createEvent, { namespace: 'n' }, { body: {} }))).message).toBe(
      'the API server refused to create events.events.k8s.io in n (403): exceeded quota: events',
    );
  });

  it('says whether an object or a whole resource is not there', async () => {
    http.answer = answerJson(404, '404 page not found');
    expect((await failure(client.request(CALLS.listDetectors, {}))).message).toContain('is the resource installed?');
    http.answer = answerJson(404, { message: 'leases "x" not found' });
    expect((await failure(client.request(CALLS.getLease, lease))).message).toContain('there is no leases.coordination');
  });

  it('hands over what Prometheus says behind a proxy', async () => {
    http.answer = answerJson(422, { status: 'error', error: 'too many samples' });
    const target = { namespace: 'm', name: 'p:9090', path: '/api/v1/query' };
    const error = await failure(client.stream(CALLS.proxyPrometheus, target));
    expect(error).toMatchObject({ status: 422 });
    expect(error.message).toMatch(/was 422: too many samples/);
  });

  it.each([
    ['a 429 with Retry-After', 429, { 'retry-after': '7' }, {}, 7000],
    ['a 500 with Retry-After', 500, { 'retry-after': '1' }, {}, 1000],
    ['a 503 of a page of maintenance', 503, { 'retry-after': '86400' }, {}, 300_000],
    ['a 504 with details', 504, {}, { details: { retryAfterSeconds: 3 } }, 3000],
    ['a 500 without', 500, {}, {}, undefined],
  ])('hands over when to come again: %s', async (_, status, headers, body, retryAfterMs) => {
    http.answer = answerJson(status, body, headers as Record<string, string>);
    expect(await failure(client.request(CALLS.listPods, {}))).toMatchObject({ status, retryAfterMs, retryable: true });
  });

  it('says that nobody is there', async () => {
    const nowhere = { ...http.access, server: 'http://127.0.0.1:9' };
    const other = createKubeClient(nowhere, { clock, log: createTestLog().log, userAgent: 'x' });
    const error = await failure(other.request(CALLS.listPods, {}));
    expect(error).toMatchObject({ status: 0, reason: 'Unreachable', retryable: true });
    expect(error.message).toContain('no answer from the API server at http://127.0.0.1:9 (list pods: ');
    expect(error.message).toContain('kubectl cluster-info');
    await other.close();
  });

  it('gives up at the deadline', async () => {
    const asked = Promise.withResolvers<void>();
    http.answer = () => asked.resolve();
    const waiting = failure(client.request(CALLS.listPods, {}, { timeoutMs: 5000 }));
    await asked.promise;
    await clock.advance(5000);
    expect(await waiting).toMatchObject({ status: 0, reason: 'Timeout' });
  });

  it('gives up when its caller does, and leaves nothing on the signal', async () => {
    const asked = Promise.withResolvers<void>();
    http.answer = () => asked.resolve();
    const caller = new AbortController();
    const waiting = failure(client.request(CALLS.listPods, {}, { signal: caller.signal }));
    await asked.promise;
    expect(getEventListeners(caller.signal, 'abort').length).toBe(1);
    caller.abort();
    expect(await waiting).toMatchObject({ status: 0, reason: 'Aborted', retryable: false });
    const lasting = new AbortController();
    http.answer = answerJson(200, {});
    await client.request(CALLS.listPods, {}, { signal: lasting.signal });
    await read(await client.stream(CALLS.watchPods, {}, { signal: lasting.signal }));
    await settle();
    expect(getEventListeners(lasting.signal, 'abort').length).toBe(0);
  });

  it('streams what comes, without a deadline once a watch has begun', async () => {
    const begun = Promise.withResolvers<() => void>();
    http.answer = (response) => {
      response.write('{"a":');
      begun.resolve(() => response.end('1}\n'));
    };
    const chunks = await client.stream(CALLS.watchPods, {}, { timeoutMs: 1000 });
    const finish = await begun.promise;
    await clock.advance(600_000);
    finish();
    expect(await read(chunks)).toBe('{"a":1}\n');
  });

  it('keeps the deadline of a stream that is no watch', async () => {
    http.answer = (response) => response.write('{"a":');
    const target = { namespace: 'm', name: 'p', path: '/x' };
    const chunks = await client.stream(CALLS.proxyPrometheus, target, { timeoutMs: 1000 });
    const reading = failure(read(chunks));
    await clock.advance(1000);
    expect(await reading).toMatchObject({ reason: 'Timeout' });
  });

  it('rejects the reader of a stream that breaks in the middle of a line', async () => {
    http.answer = (response) => {
      response.write('{"type":"ADD');
      setImmediate(() => response.destroy());
    };
    const chunks = await client.stream(CALLS.watchPods, {});
    expect(await failure(read(chunks))).toMatchObject({ status: 0, reason: 'Unreachable' });
  });

  it('says that an answer is not JSON, and that one broke off', async () => {
    http.answer = answerJson(200, '<html>');
    expect(await failure(client.request(CALLS.listPods, {}))).toMatchObject({ reason: 'Unreadable' });
    http.answer = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
    };
    expect(await failure(client.request(CALLS.listPods, {}))).toMatchObject({ reason: 'Unreachable' });
  });

  it('ends what is under way when it is closed', async () => {
    const asked = Promise.withResolvers<void>();
    http.answer = () => asked.resolve();
    const waiting = failure(client.request(CALLS.listPods, {}));
    await asked.promise;
    await client.close();
    expect(await waiting).toMatchObject({ status: 0 });
    expect(await failure(client.request(CALLS.listPods, {}))).toMatchObject({ status: 0 });
  });
});
