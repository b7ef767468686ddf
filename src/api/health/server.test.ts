// The health port over real HTTP.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '#kit/log.ts';
import { createHealthServer, type HealthServer, type HealthServerOptions } from './server.ts';

const opened: HealthServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function open(
  options: Partial<HealthServerOptions> = {},
): Promise<(path: string, method?: string) => Promise<Response>> {
  const server = createHealthServer({ ready: () => undefined, log: createLog('silent'), ...options });
  opened.push(server);
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return (path, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
}

test('it lives as long as it answers, and is ready when nobody knows a reason why not', async () => {
  const get = await open();
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
});

test('it lives no longer when only a new start helps, and says why', async () => {
  let reason: string | undefined = 'the observer has not ended a round for 16 min';
  const get = await open({ alive: () => reason });
  const dead = await get('/healthz');
  expect(dead.status).toBe(503);
  expect(await dead.json()).toEqual({ code: 'internal', message: reason });
  reason = undefined;
  expect((await get('/healthz')).status).toBe(200);
});

test('a page is answered once it is known, and refused before, so that nobody takes it for empty', async () => {
  let targets: object | undefined;
  const get = await open({ pages: new Map([['/api/scrape-targets', () => targets]]) });
  expect((await get('/api/scrape-targets')).status).toBe(503);
  targets = [];
  const reply = await get('/api/scrape-targets?x=1');
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect([reply.status, await reply.json()]).toEqual([200, []]);
});

test('what keeps it from being ready is said', async () => {
  const get = await open({ ready: async () => 'the store does not answer' });
  const reply = await get('/readyz');
  expect(reply.status).toBe(503);
  expect(await reply.json()).toEqual({ code: 'unavailable', message: 'the store does not answer' });
});

test('what is stuck though it is ready is said beside it', async () => {
  const get = await open({ notes: () => ['remote-write: it answered 503'] });
  const reply = await get('/readyz');
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual({ status: 'ready', notes: ['remote-write: it answered 503'] });
});

test('a probe that throws is not ready, and the next is answered', async () => {
  const get = await open({
    ready: () => {
      throw new Error('x');
    },
  });
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/healthz')).status).toBe(200);
});

test('metrics are there when there are any, and nothing else is', async () => {
  const get = await open({ metrics: async () => ({ contentType: 'text/plain', text: 'up 1\n' }) });
  expect(await (await get('/metrics')).text()).toBe('up 1\n');
  expect((await get('/')).status).toBe(404);
  expect((await get('/readyz', 'POST')).status).toBe(405);
  expect((await (await open())('/metrics')).status).toBe(404);
});

test('a probe is answered though as many as there may be say nothing', async () => {
  const server = createHealthServer({ ready: () => undefined, log: createLog('silent') });
  opened.push(server);
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const silent = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    }),
  );
  await expect.poll(() => server.connections().connections).toBe(100);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(server.connections().crowded).toBe(1);
  for (const socket of silent) socket.destroy();
});
