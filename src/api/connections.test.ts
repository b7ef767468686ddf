// Bounds on real sockets.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { boundConnections, CHECK_MS, type ConnectionBounds, type ConnectionStats } from './connections.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function open(
  { requestTimeout = 60_000, ...bounds }: Partial<ConnectionBounds> & { readonly requestTimeout?: number },
  answer: RequestListener = (_, response) => response.end('ok'),
) {
  const server = createServer({ requestTimeout, connectionsCheckingInterval: CHECK_MS / 20 }, answer);
  server.on('clientError', (_, socket) => socket.destroy());
  const stats = boundConnections(server, { most: 3, answerMs: 60_000, checkMs: 20, ...bounds });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, stats };
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  closing.push(async () => socket.destroy());
  return socket;
}

async function until(stats: () => ConnectionStats, isSo: (now: ConnectionStats) => boolean): Promise<void> {
  await expect.poll(() => isSo(stats()), { timeout: 10_000, interval: 5 }).toBe(true);
}

test('who comes when there are too many is answered, and the one that asks nothing for the longest goes', async () => {
  const { port, stats } = await open({});
  const first = await connected(port);
  const gone = once(first, 'close');
  for (let more = 0; more < 2; more++) await connected(port);
  await until(stats, ({ connections }) => connections === 3);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ok');
  await gone;
  expect(stats().crowded).toBe(1);
});

test('whoever is being answered stays, and the one too many goes', async () => {
  const heard = Promise.withResolvers<void>();
  const { port, stats } = await open({ most: 1 }, () => heard.resolve());
  const asking = await connected(port);
  asking.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await heard.promise;
  const late = await connected(port);
  await once(late, 'close');
  expect(asking.destroyed).toBe(false);
  expect(stats()).toMatchObject({ connections: 1, crowded: 1 });
});

test('a request that does not come in time is counted', async () => {
  const { port, stats } = await open({ requestTimeout: 200 });
  const slow = await connected(port);
  slow.write('GET / HTTP/1.1\r\n');
  slow.resume();
  await until(stats, ({ slowRequests }) => slowRequests === 1);
  await until(stats, ({ connections }) => connections === 0);
});

test('an answer that is not taken in time ends with its connection, but for an event stream', async () => {
  const { port, stats } = await open({ answerMs: 100 }, ({ url }, response) => {
    if (url === '/stream') response.setHeader('content-type', 'text/event-stream; charset=utf-8').write('\n');
    else response.end(Buffer.alloc(64 * 2 ** 20));
  });
  const [reader, stream] = [await connected(port), await connected(port)];
  stream.write('GET /stream HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(stream, 'data');
  reader.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await until(stats, ({ untakenAnswers }) => untakenAnswers === 1);
  await until(stats, ({ connections }) => connections === 1);
  expect(stream.destroyed).toBe(false);
});

test('when much waits to be taken, the one that most waits for goes', async () => {
  const { port, stats } = await open({ mostUntakenBytes: 40 * 2 ** 20 }, ({ url = '' }, response) => {
    response.end(Buffer.alloc(Number(url.slice(1)) * 2 ** 20));
  });
  const [small, large] = [await connected(port), await connected(port)];
  small.write('GET /24 HTTP/1.1\r\nhost: x\r\n\r\n');
  large.write('GET /32 HTTP/1.1\r\nhost: x\r\n\r\n');
  await until(stats, ({ untakenAnswers, connections }) => untakenAnswers === 1 && connections === 1);
  expect(small.destroyed).toBe(false);
});

test('whoever asks without end before it has an answer is let go, and nothing more of it is answered', async () => {
  let answered = 0;
  const { port, stats } = await open({}, ({ socket }) => {
    if (!socket.destroyed) answered++;
  });
  const greedy = await connected(port);
  greedy.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(500));
  await until(stats, ({ connections }) => connections === 0);
  expect(stats().greedy).toBe(1);
  expect(answered).toBe(1);
});
