import { once } from 'node:events';
import { Agent, request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { createLog } from '#kit/log.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { makeAuthority, makeLeaf } from '../certificates/issue.ts';
import { createAnswers } from './answers.ts';
import { createAdmissionMetrics } from './metrics.ts';
import { createRepeats } from './repeats.ts';
import { type AdmissionServer, createAdmissionServer, type Leaf } from './server.ts';

const NAME = 'tidewatch-keeper.watch.svc';
let nowMs = 0;
let server: AdmissionServer;
let port: number;
let ca: string;
let figures: () => Promise<string>;

async function makeCertificate(): Promise<Leaf & { readonly ca: string }> {
  const period = { nowMs: Date.now(), endMs: Date.now() + 60_000 };
  const authority = await makeAuthority('watch', period);
  const { certificate: cert, key } = await makeLeaf('keeper', 'watch', authority, period);
  return { cert, key, ca: authority.certificate };
}

beforeEach(async () => {
  nowMs = 0;
  const leaf = await makeCertificate();
  ca = leaf.ca;
  const metrics = createAdmissionMetrics(
    () => 5000,
    () => nowMs,
  );
  figures = async () => (await metrics.read()).text;
  const ports = { algorithms: ALGORITHMS, group: DEFAULT_GROUP, queryProblem: () => undefined };
  const answers = createAnswers({ ports, metrics, repeats: createRepeats(() => nowMs) });
  server = createAdmissionServer({ answers, leaf, metrics, nowMs: () => nowMs, log: createLog('silent') });
  port = (await server.listen({ host: '127.0.0.1', port: 0 })).port;
});
afterEach(() => server.close(0));

interface Call {
  readonly path?: string;
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  readonly trust?: string;
}

async function call({ path = '/validate?timeout=2s', method = 'POST', body = '', agent, trust = ca }: Call = {}) {
  const headers = { 'content-type': 'application/json' };
  const target = { host: '127.0.0.1', port, path, method, headers, ca: trust, servername: NAME };
  const request = requestHttps({ ...target, agent: agent ?? false });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode as number, headers: response.headers, text: await text(response) };
}

function review(spec: unknown, more: object = {}): string {
  const metadata = { name: 'one', namespace: 'shop' };
  const object = { apiVersion: `${DEFAULT_GROUP}/v2`, kind: 'AnomalyDetector', metadata, spec };
  const request = { uid: 'u', operation: 'CREATE', object, ...more };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}

const BARE = { selector: { app: 'a' }, metricName: 'm' };

test('reviews are answered on their paths, and counted without a name', async () => {
  expect(JSON.parse((await call({ body: review(BARE) })).text).response).toEqual({ uid: 'u', allowed: true });
  const refused = JSON.parse((await call({ body: review(null) })).text).response;
  expect(refused).toMatchObject({ allowed: false, status: { message: expect.stringContaining('spec') } });
  expect((await call({ body: review(BARE, { object: { kind: 'Pod' } }) })).text).toContain('unknown kind');
  expect(JSON.parse((await call({ path: '/mutate', body: review(BARE) })).text).response.patchType).toBe('JSONPatch');
  const request = { uid: 'u', desiredAPIVersion: `${DEFAULT_GROUP}/v1`, objects: [] };
  const conversion = JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', request });
  expect((await call({ path: '/convert', body: conversion })).text).toContain('"Success"');
  const said = await figures();
  for (const line of [
    'spec_deserialize_failure_total{kind="AnomalyDetector",error="no-spec"} 1',
    'spec_deserialize_failure_total{kind="other",error="unknown-kind"} 1',
    'webhook_duration_seconds_count{stage="validate",outcome="refused"} 2',
    'webhook_duration_seconds_count{stage="mutate",outcome="done"} 1',
    'conversion_duration_seconds_count{outcome="done"} 1',
    'cert_expiry_seconds 5',
  ]) {
    expect(said).toContain(line);
  }
  expect(said).not.toMatch(/shop|"one"|"u"/);
});

test('what is nested beyond every stack is answered as well', async () => {
  const deep = review({ ...BARE, extension: { a: 0 } }).replace(
    /"a":0/,
    `"a":${'['.repeat(500_000)}${']'.repeat(500_000)}`,
  );
  const update = deep.replace(
    /"operation":"CREATE","object":(.*)\}\}$/s,
    '"operation":"UPDATE","object":$1,"oldObject":$1}}',
  );
  for (const body of [deep, update]) {
    expect(await call({ path: '/mutate', body })).toMatchObject({ status: 200 });
    expect(JSON.parse((await call({ body })).text).response).toMatchObject({ allowed: false });
  }
});

test('many small values in few bytes are too large: each takes memory of its own', async () => {
  const body = `{"request":{"object":[${'{},'.repeat(1_200_000)}{}]}}`;
  const answered = await call({ body }).catch((error: NodeJS.ErrnoException) => error.code);
  if (typeof answered === 'object') expect(answered.status).toBe(413);
  else expect(answered).toMatch(/EPIPE|ECONNRESET/);
  expect(await call({ body: review(BARE) })).toMatchObject({ status: 200 });
});

test('what is no review is refused in a sentence, and the next one is answered', async () => {
  expect(await call({ path: '/other' })).toMatchObject({ status: 404 });
  expect(await call({ method: 'GET' })).toMatchObject({ status: 405 });
  expect(await call({ body: 'x' })).toMatchObject({ status: 400, text: expect.stringContaining('as JSON') });
  expect(await call({ path: '/convert', body: '{}' })).toMatchObject({ status: 400 });
  const large = Buffer.alloc(9 * 2 ** 20, ' ');
  // Told while it still sends, or cut off.
  const answered = await call({ body: large }).catch((error: NodeJS.ErrnoException) => error.code);
  if (typeof answered === 'object') expect(answered.status).toBe(413);
  else expect(answered).toMatch(/EPIPE|ECONNRESET/);
  expect(await call({ body: review(BARE) })).toMatchObject({ status: 200 });
});

test('what is sent without end takes no more memory than there is, and only while it is sent', async () => {
  const hold = () => {
    const target = { host: '127.0.0.1', port, path: '/convert', method: 'POST', ca, servername: NAME, agent: false };
    const request = requestHttps({ ...target, headers: { 'content-length': 31 * 2 ** 20 } });
    request.on('error', () => {});
    return { request, sent: new Promise((resolve) => request.write(Buffer.alloc(30 * 2 ** 20, ' '), resolve)) };
  };
  const first = hold();
  await first.sent;
  const second = hold();
  const refused = await Promise.race([
    once(second.request, 'response').then(([response]) => response.statusCode),
    once(second.request, 'close').then(() => 503),
  ]);
  expect(refused).toBe(503);
  first.request.destroy();
  await expect.poll(figures).toContain('conversion_duration_seconds_count{outcome="failed"} 2');
  expect(await call({ path: '/convert', body: Buffer.alloc(30 * 2 ** 20, ' ') })).toMatchObject({ status: 400 });
});

test('a new certificate is used by new connections, and an open one goes on', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const next = await makeCertificate();
  expect(await call({ body: review(BARE), agent })).toMatchObject({ status: 200 });
  server.use(next);
  expect(await call({ body: review(BARE), agent })).toMatchObject({ status: 200 });
  await expect(call({ body: review(BARE) })).rejects.toThrow();
  expect(await call({ body: review(BARE), trust: next.ca })).toMatchObject({ status: 200 });
  agent.destroy();
});

test('before it ends it asks for its connections to be closed', async () => {
  const agent = new Agent({ keepAlive: true });
  expect((await call({ body: review(BARE), agent })).headers.connection).toBe('keep-alive');
  server.drain();
  expect((await call({ body: review(BARE), agent })).headers.connection).toBe('close');
  agent.destroy();
});

test('the same patch again and again is a fight: counted, and left alone until it has ended', async () => {
  const mutate = async (more = {}) =>
    'patch' in JSON.parse((await call({ path: '/mutate', body: review(BARE, more) })).text).response;
  const dry = { dryRun: true };
  for (let times = 0; times < 5; times++) expect(await mutate(dry)).toBe(true);
  for (let times = 0; times < 3; times++) expect(await mutate()).toBe(true);
  expect(await mutate()).toBe(false);
  expect(await mutate(dry)).toBe(false);
  expect(await figures()).toContain('webhook_retry_count_total{stage="mutate",code="repeat"} 2');
  const metadata = { generateName: 'one-' };
  const unnamed = { object: { ...JSON.parse(review(BARE)).request.object, metadata } };
  for (let times = 0; times < 5; times++) expect(await mutate(unnamed)).toBe(true);
  nowMs = 600_001;
  expect(await mutate()).toBe(true);
});

test('who sends without end is let go for others, the one that began first', async () => {
  const hold = async () => {
    const target = { host: '127.0.0.1', port, path: '/convert', method: 'POST', ca, servername: NAME, agent: false };
    const request = requestHttps({ ...target, headers: { 'content-length': 31 * 2 ** 20 } });
    request.on('error', () => {});
    const closed = new Promise((resolve) => request.on('close', resolve));
    await new Promise((resolve) => request.write(Buffer.alloc(24 * 2 ** 20, ' '), resolve));
    return { request, closed };
  };
  const first = await hold();
  const second = await hold();
  // Written is not read.
  let status = 200;
  for (let asked = 0; status === 200 && asked < 500; asked++) {
    // The connection may end before the answer is read.
    status = await call({ body: review(BARE) }).then(
      (answer) => answer.status,
      () => 503,
    );
  }
  expect(status).toBe(503);
  nowMs = 2001;
  expect((await call({ body: review(BARE) })).status).toBe(200);
  await first.closed;
  expect(second.request.destroyed).toBe(false);
  second.request.destroy();
});
