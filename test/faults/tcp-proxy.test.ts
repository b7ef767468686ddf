import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { waitUntil } from '../parts/wait-until.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

/** A server that sends back what it gets, behind a proxy. */
async function echo(): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('end', () => socket.end('bye'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startTcpProxy({ targetPort: (server.address() as AddressInfo).port });
  ending.push(
    () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
    () => proxy.stop(),
  );
  return proxy;
}

async function client({ port }: TcpProxy): Promise<{ socket: Socket; read(): string; ended(): string | undefined }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  let how: string | undefined;
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    how ??= error.code;
  });
  socket.on('end', () => {
    how ??= 'end';
  });
  ending.push(() => socket.destroy());
  // A refusal may come before the connection is seen to be there.
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
  return { socket, read: () => text, ended: () => how };
}

test('bytes pass both ways and are counted, and an end passes too', async () => {
  const proxy = await echo();
  const { socket, read, ended } = await client(proxy);
  const big = 'x'.repeat(3_000_000);
  socket.write(big);
  await waitUntil('all to be back', () => read().length === big.length);
  expect(proxy.connections[0]?.passedBytes).toEqual({ up: big.length, down: big.length });
  socket.end();
  await waitUntil('the end', () => ended() !== undefined);
  expect([ended(), read().endsWith('bye')]).toEqual(['end', true]);
  await waitUntil('nothing to be open', () => proxy.connections.length === 0);
});

test('what is sent during a pause arrives after it, on connections that came during it too', async () => {
  const proxy = await echo();
  const before = await client(proxy);
  proxy.pause('down');
  const during = await client(proxy);
  for (const { socket } of [before, during]) socket.write('hello');
  await waitUntil('the way up to be open', () => proxy.connections.every(({ passedBytes }) => passedBytes.up === 5));
  expect([before.read(), during.read()]).toEqual(['', '']);
  proxy.resume();
  await waitUntil('both to have it', () => before.read() + during.read() === 'hellohello');
});

test('a delay keeps the order and the time', async () => {
  const proxy = await echo();
  const { socket, read } = await client(proxy);
  proxy.delay(60, 'up');
  const beganMs = performance.now();
  socket.write('first ');
  socket.write('second');
  await waitUntil('both', () => read() === 'first second');
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(59);
});

test('a cut lets exactly so many bytes through, then resets', async () => {
  const proxy = await echo();
  const { socket, read, ended } = await client(proxy);
  proxy.cutAfter(7, 'down');
  socket.write('0123456789');
  await waitUntil('the reset', () => ended() !== undefined);
  expect([read(), ended()]).toEqual(['0123456', 'ECONNRESET']);
});

test('a half-close ends one direction; the other goes on', async () => {
  const proxy = await echo();
  const { socket, read, ended } = await client(proxy);
  proxy.halfClose('down');
  await waitUntil('the end', () => ended() === 'end');
  socket.write('still');
  await waitUntil('it to pass', () => proxy.connections[0]?.passedBytes.up === 5);
  expect(read()).toBe('');
});

test('a reset breaks what is open and leaves what comes later alone, unless it refuses', async () => {
  const proxy = await echo();
  const first = await client(proxy);
  await waitUntil('it to be joined', () => proxy.connections.length === 1);
  proxy.reset();
  await waitUntil('the reset', () => first.ended() === 'ECONNRESET');
  const second = await client(proxy);
  second.socket.write('again');
  await waitUntil('the echo', () => second.read() === 'again');
  proxy.refuse(true);
  const third = await client(proxy);
  await waitUntil('the refusal', () => third.ended() === 'ECONNRESET');
  expect([proxy.accepted, proxy.refused]).toEqual([2, 1]);
});

test('a fault of one connection leaves the others alone', async () => {
  const proxy = await echo();
  const [one, other] = [await client(proxy), await client(proxy)];
  await waitUntil('both to be joined', () => proxy.connections.length === 2);
  proxy.connections[0]?.reset();
  await waitUntil('the reset', () => one.ended() === 'ECONNRESET' || other.ended() === 'ECONNRESET');
  const left = one.ended() === undefined ? one : other;
  left.socket.write('fine');
  await waitUntil('the echo', () => left.read() === 'fine');
});
