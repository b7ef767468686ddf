import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority, makeLeaf } from '#app/certificates/issue.ts';
import { callHttp } from '../parts/http-call.ts';
import { type ReviewFault, type ReviewProxy, startReviewProxy } from './review-proxy.ts';

let folder: string;
let proxy: ReviewProxy;
const server = createServer(async (request, response) => {
  const { request: asked } = JSON.parse(await text(request)) as { request: { uid: string } };
  response.end(JSON.stringify({ response: { uid: asked.uid, allowed: true } }));
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-reviews-'));
  const period = { nowMs: Date.now(), endMs: Date.now() + 3_600_000 };
  const leaf = await makeLeaf('admission', 'test', await makeAuthority('test', period), period);
  await writeFile(join(folder, 'tls.crt'), leaf.certificate);
  await writeFile(join(folder, 'tls.key'), leaf.key);
  server.setSecureContext({ cert: leaf.certificate, key: leaf.key });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startReviewProxy((server.address() as AddressInfo).port, folder);
});

afterAll(async () => {
  await proxy.stop();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

async function ask(fault?: ReviewFault, timeoutMs = 2000) {
  proxy.choose = () => fault;
  const body = JSON.stringify({ request: { uid: 'a' } });
  // It picks its certificate by the name that it is asked for, as the API server asks.
  const reply = await callHttp(`https://localhost:${proxy.port}/validate?timeout=1s`, {
    ...{ method: 'POST', body, trustAnybody: true, timeoutMs },
  });
  return reply.status === 200 ? (JSON.parse(reply.text) as { response: unknown }).response : reply.status;
}

test('what is not broken passes, and is kept', async () => {
  expect(await ask()).toEqual({ uid: 'a', allowed: true });
  expect(proxy.passed.at(-1)).toEqual({
    ...{ path: '/validate?timeout=1s', asked: { uid: 'a' }, answered: { uid: 'a', allowed: true } },
  });
});

test('a status comes without a question', async () => {
  const before = proxy.passed.length;
  expect(await ask({ kind: 'status', status: 500 })).toBe(500);
  expect(proxy.passed.length).toBe(before);
});

test('question and answer can be others', async () => {
  const asked = await ask({ kind: 'asked', change: (review) => Object.assign(review, { uid: 'b' }) });
  expect(asked).toEqual({ uid: 'b', allowed: true });
  const told = await ask({ kind: 'answered', change: (answer) => Object.assign(answer, { allowed: false }) });
  expect(told).toEqual({ uid: 'a', allowed: false });
});

test('one that hangs never ends, and one that is late does', async () => {
  await expect(ask({ kind: 'hang' }, 200)).rejects.toThrow('did not answer');
  const beganMs = performance.now();
  await ask({ kind: 'late', lateMs: 150 });
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(149);
});
