// Against a real port: what an answer means for the next attempt.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { systemClock } from './clock.ts';
import { post } from './post.ts';

let answer: { status: number; headers?: Record<string, string>; body?: string; isEndless?: true } | 'none' = {
  status: 200,
};
const seen: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
const server = createServer(async (request, reply) => {
  let body = '';
  for await (const part of request) body += part;
  seen.push({ headers: request.headers, body });
  if (answer === 'none') return;
  reply.writeHead(answer.status, answer.headers);
  if (answer.isEndless !== true) reply.end(answer.body ?? '');
  else flood(reply);
});

/** What it wrote in the end says how much was read. */
let written = 0;
function flood(reply: ServerResponse): void {
  const part = Buffer.alloc(65_536, 'x');
  const go = () => {
    let isRoom = true;
    while (isRoom && !reply.destroyed) {
      isRoom = reply.write(part);
      written += part.length;
    }
  };
  reply.on('drain', go);
  go();
}
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const target = (part: object = {}) => ({
  url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
  ...{ headers: { 'content-type': 'application/json' }, timeoutMs: 10_000, clock: systemClock, fetch, ...part },
});
const never = new AbortController().signal;

test.each([
  [200, {}, { kind: 'taken' }],
  [204, {}, { kind: 'taken' }],
  [500, {}, { kind: 'again', reason: 'busy', afterMs: undefined }],
  [429, { 'retry-after': '7' }, { kind: 'again', reason: 'busy', afterMs: 7000 }],
  [503, { 'retry-after': '86400' }, { kind: 'again', reason: 'busy', afterMs: 300_000 }],
  [401, {}, { kind: 'again', reason: 'denied' }],
  [404, {}, { kind: 'again', reason: 'denied' }],
  [302, { location: 'http://127.0.0.1:1/' }, { kind: 'again', reason: 'denied' }],
  [400, {}, { kind: 'refused', status: 400, message: 'it answered 400: why' }],
])('%i means', async (status, headers, outcome) => {
  answer = { status, headers, ...(status === 400 && { body: ' why\n' }) };
  expect(await post(target(), '{}', never)).toMatchObject(outcome);
});

test('a token is asked for each time, and goes with it', async () => {
  answer = { status: 200 };
  await post(target({ authorization: async () => 'Bearer x' }), '{"a":1}', never);
  expect(seen.at(-1)).toMatchObject({
    headers: { authorization: 'Bearer x', 'user-agent': 'tidewatch' },
    body: '{"a":1}',
  });
  const lost = await post(target({ authorization: () => Promise.reject(new Error('no file')) }), '', never);
  expect(lost).toMatchObject({ kind: 'again', message: 'no file' });
});

test('no answer in time is tried again, and so is nobody there', async () => {
  answer = 'none';
  const clock = new FakeClock();
  const waiting = post(target({ clock }), '', never);
  await clock.advance(10_000);
  expect(await waiting).toMatchObject({ kind: 'again', reason: 'unreachable', message: 'no answer within 10 s' });
  const gone = await post(target({ url: new URL('http://127.0.0.1:1/') }), '', never);
  expect(gone).toMatchObject({ kind: 'again', reason: 'unreachable' });
});

test('who is aborted before it began sends nothing', async () => {
  const before = seen.length;
  expect(await post(target(), '', AbortSignal.abort())).toMatchObject({ kind: 'again' });
  expect(seen).toHaveLength(before);
});

test.each([
  [500, { kind: 'again', reason: 'busy', message: expect.stringMatching(/^it answered 500: x{300}$/) }],
  [200, { kind: 'taken' }],
])('an answer %i that never ends is not read to its end', async (status, outcome) => {
  answer = { status, isEndless: true };
  written = 0;
  expect(await post(target(), '{}', never)).toMatchObject(outcome);
  // What the system holds for a connection is not ours.
  expect(written).toBeLessThan(64 * 1024 * 1024);
});

test('what took it and then says no more has taken it', async () => {
  const clock = new FakeClock();
  const half = async (_: unknown, { signal }: RequestInit) => {
    const body = new ReadableStream({
      start: (stream) => signal?.addEventListener('abort', () => stream.error(signal.reason)),
    });
    return new Response(body, { status: 202 });
  };
  const waiting = post(target({ clock, fetch: half }), '', never);
  await clock.advance(10_000);
  expect(await waiting).toMatchObject({ kind: 'taken' });
});

test.each([
  ['Cannot POST /services/T0/Xy12345678?key=hunter22', 'it answered 500: Cannot POST …'],
  ['no hook Xy12345678 here', 'it answered 500: no hook … here'],
  ['key is hunter22', 'it answered 500: key is …'],
  ['bad token abc.def.ghi', 'it answered 500: bad token …'],
  ['the API is away', 'it answered 500: the API is away'],
])('an answer that repeats a secret (%s) is told without it', async (body, message) => {
  answer = { status: 500, body };
  const url = new URL('/services/T0/Xy12345678?key=hunter22', target().url);
  expect(await post(target({ url, authorization: async () => 'Bearer abc.def.ghi' }), '', never)).toMatchObject({
    message,
  });
});
