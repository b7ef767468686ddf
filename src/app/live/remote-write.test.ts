// Remote write as a keeper has it: flags, files, figures, and what the page says; over the real store and a real port.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import type { RemoteWrite } from '#store/remote-write/index.ts';
import { makeBatch, T0 } from '../../../test/conformance/store-fixtures.ts';
import { waitUntil } from '../../../test/parts/wait-until.ts';
import type { RemoteWriteFlags } from '../remote-write-options.ts';
import { addRemoteWriteMetrics, openRemoteWrite, remoteWriteTroubles } from './remote-write.ts';

const log = createLog('silent');
const endings: (() => unknown)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-remote-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function receiver(status: () => number) {
  const seen: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    request.resume().on('end', () => response.writeHead(status()).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => server.close());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/write` };
}

async function open(flags: RemoteWriteFlags, clock: Clock = wallClock) {
  const store = await openEmbeddedStore({ folder: join(folder, 'store'), outbox: true });
  endings.push(() => store.close());
  await store.append(makeBatch('k', { points: [{ track: 0, timeMs: T0 }] }));
  const remote = await openRemoteWrite(store.outbox, flags, { clock, random: () => 0, log });
  endings.push(() => remote?.close());
  return remote;
}

async function figures(remote: RemoteWrite | undefined): Promise<Record<string, number>> {
  const registry = new Registry();
  addRemoteWriteMetrics(registry, () => remote);
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('tidewatch'));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice('tidewatch_remote_write_'.length, line.lastIndexOf(' ')),
      Number(line.split(' ').at(-1)),
    ]),
  );
}

test('without an address nothing is sent', async () => {
  expect(await open({})).toBeUndefined();
});

test('the token is read from its file, again for each request, and never told', async () => {
  const { url, seen } = await receiver(() => (seen.at(-1) === 'Bearer second' ? 204 : 401));
  const file = join(folder, 'token');
  await writeFile(file, 'first\n');
  const remote = await open({ remoteWrite: url, remoteWriteVersion: '1', remoteWriteTokenFile: file });
  await waitUntil('the first to be refused', () => remote?.stats().trouble);
  expect(JSON.stringify(remote?.stats())).not.toContain('first');
  await writeFile(file, 'second\n');
  await waitUntil('the second to be taken', () => remote?.stats().sentSamples === 4);
  expect(seen[0]).toBe('Bearer first');
});

test('user and password come from a file', async () => {
  const { url, seen } = await receiver(() => 204);
  const file = join(folder, 'user');
  await writeFile(file, 'me:a secret\n');
  const remote = await open({ remoteWrite: url, remoteWriteVersion: '1', remoteWriteUserFile: file });
  await waitUntil('it to be sent', () => remote?.stats().sentSamples === 4);
  expect(seen).toEqual([`Basic ${btoa('me:a secret')}`]);
});

test.each([
  [undefined, /cannot be read: a token .* expected/],
  ['two words', /does not hold a token/],
  ['', /does not hold a token/],
])('a token file with %j is said at the start', async (text, message) => {
  const file = join(folder, 'token');
  if (text !== undefined) await writeFile(file, text);
  const opening = open({ remoteWrite: 'http://127.0.0.1:1/', remoteWriteTokenFile: file });
  await expect(opening).rejects.toMatchObject({ code: 'bad-config', message: expect.stringMatching(message) });
});

test('what waits, what failed and what arrived is counted, and trouble that lasts is told without stopping anything', async () => {
  let status = 503;
  const { url } = await receiver(() => status);
  let laterMs = 0;
  const clock: Clock = {
    nowMs: () => T0 + 61_500 + laterMs,
    // Pauses are short; a request has the time that it has.
    sleep: (ms, signal) => wallClock.sleep(ms < 30_000 ? Math.min(ms, 20) : ms, signal),
  };
  const remote = await open({ remoteWrite: url, remoteWriteVersion: '1' }, clock);
  await waitUntil('a failure', async () => ((await figures(remote))['failures_total{reason="busy"}'] ?? 0) > 0);
  expect(await figures(remote)).toMatchObject({ samples_total: 0, waiting: 1, lag_seconds: 60 });
  expect(remoteWriteTroubles(remote, clock)).toEqual([]);
  laterMs = 30_000;
  expect(remoteWriteTroubles(remote, clock)).toMatchObject([
    { what: expect.stringContaining('remote-write: it answered 503'), sinceMs: T0 + 61_500, blocking: false },
  ]);
  status = 204;
  await waitUntil('all to be sent', async () => (await figures(remote)).waiting === 0);
  await waitUntil('rest', async () => (await figures(remote)).lag_seconds === 0);
  expect(await figures(remote)).toMatchObject({ samples_total: 4, 'left_out_total{reason="refused"}': 0 });
  expect(remoteWriteTroubles(remote, clock)).toEqual([]);
});
