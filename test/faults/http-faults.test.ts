import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpFault, type HttpFaults, startHttpFaults } from './http-faults.ts';

const server = createServer((incoming, outgoing) => outgoing.end(`${incoming.method} ${incoming.url} 0123456789`));
let faults: HttpFaults;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  faults = await startHttpFaults(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(async () => {
  await faults.stop();
  server.close();
});

const ask = (fault?: HttpFault) => {
  faults.choose = () => fault;
  return fetch(`${faults.url}/a?b=c`, { signal: AbortSignal.timeout(500) });
};

test('what is not broken passes', async () => {
  expect(await (await ask()).text()).toBe('GET /a?b=c 0123456789');
});

test('a status comes with how long to wait', async () => {
  const reply = await ask({ kind: 'status', status: 503, retryAfterSeconds: 7 });
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '7']);
});

test('a page of HTML is a success', async () => {
  const reply = await ask({ kind: 'html' });
  expect([reply.status, (await reply.text()).slice(0, 6)]).toEqual([200, '<html>']);
});

test('a cut body breaks, a short one does not', async () => {
  await expect((await ask({ kind: 'cut', ratio: 0.5 })).text()).rejects.toThrow();
  expect(await (await ask({ kind: 'short', ratio: 0.5 })).text()).toBe('GET /a?b=c');
});

test('one that hangs says nothing', async () => {
  await expect(ask({ kind: 'hang' })).rejects.toThrow(/timeout|aborted/i);
  expect(faults.counts).toEqual({ status: 1, html: 1, cut: 1, short: 1, hang: 1 });
});
