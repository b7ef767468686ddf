// A role's folder of certificates, as the kubelet mounts it: names that lead through `..data`, which is swapped as a whole.
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeeperServer } from '#api/grpc/keeper.ts';
import type { Certificates } from '#kit/certificates.ts';
import { type Clock, systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { makeAuthority, makeLeaf } from '../certificates/issue.ts';
import { readFolder, watchFolder } from './certificate-folder.ts';
import { hostFor, openTls } from './tls.ts';

const log = createLog('silent');
let folder: string;
let swaps = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-tls-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function make(): Promise<Certificates> {
  const period = { nowMs: Date.now(), endMs: Date.now() + 60_000 };
  const authority = await makeAuthority('watch', period);
  const { certificate: cert, key } = await makeLeaf('keeper', 'watch', authority, period);
  return { cert, key, ca: authority.certificate };
}

/** As the kubelet does it. */
async function mount({ cert, key, ca }: Certificates): Promise<void> {
  const data = `..${swaps++}`;
  const files = { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca };
  await mkdir(join(folder, data));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, data, name), text);
    await symlink(join('..data', name), join(folder, name)).catch(() => {});
  }
  await symlink(data, join(folder, '..new'));
  await rename(join(folder, '..new'), join(folder, '..data'));
}

function fakeRole() {
  const said: string[] = [];
  const figures: (() => Promise<string>)[] = [];
  const role = {
    ready: (): unknown => 'it is starting',
    ...{ said, figures, ending: Promise.withResolvers<void>() },
  };
  const say = { line: (text: string) => void said.push(text), update: () => {}, end: () => {} };
  const health = {
    started: (next: () => unknown) => {
      role.ready = next;
    },
    addMetrics: (read: () => Promise<string>) => void figures.push(read),
  };
  return { role, deps: { signalled: role.ending.promise, health, say, log } };
}

test('a role waits for its certificates, says so once, and goes on when they are there', async () => {
  const made = await make();
  const { role, deps } = fakeRole();
  let looks = 0;
  // In the third pause they come.
  const clock: Clock = { ...systemClock, sleep: async () => void (++looks === 3 && (await mount(made))) };
  const tls = await openTls(folder, { ...deps, clock: { ...clock, sleep: once(clock) } });
  expect(looks).toBe(3);
  expect(role.said).toEqual([
    expect.stringMatching(/tls[.]crt is not there.*kubectl logs deployment\/tidewatch-certificates/),
  ]);
  expect(tls.credentials).toMatchObject(made);
  expect(await role.figures[0]?.()).toMatch(/^tidewatch_certificate_expiry_timestamp_seconds \d{10}$/m);
  await tls.stop();

  /** Real pauses once they are there: the watch must not spin. */
  function once({ sleep }: Clock): Clock['sleep'] {
    return (ms, signal) => (looks < 3 ? sleep(ms, signal) : systemClock.sleep(ms, signal));
  }
});

test('while it waits it is not ready, with the reason; and it ends when told', async () => {
  const { role, deps } = fakeRole();
  let reason: unknown;
  const sleep = async () => {
    reason = role.ready();
    role.ending.resolve();
    await new Promise(setImmediate);
  };
  const tls = await openTls(folder, { ...deps, clock: { ...systemClock, sleep } });
  expect(reason).toMatch(/^it waits for certificates: .*tls[.]crt is not there; this shows why: kubectl logs/);
  expect(tls).toMatchObject({ isEnding: true });
});

test('a folder that does not exist is a mistake, not something to wait for', async () => {
  const { deps } = fakeRole();
  const refusal = {
    code: 'bad-config',
    message: expect.stringContaining('is no folder: --tls needs one with tls.crt'),
  };
  await expect(openTls(join(folder, 'nowhere'), deps)).rejects.toMatchObject(refusal);
});

test('a swapped folder is taken as a whole, and everybody who asked hears it', async () => {
  const [before, after] = [await make(), await make()];
  await mount(before);
  const watched = watchFolder(folder, await readFolder(folder), { clock: systemClock, log });
  let heard = 0;
  const end = watched.onChange(() => heard++);
  await watched.look();
  expect([heard, watched.stats.reloads]).toEqual([0, 0]);
  await mount(after);
  await watched.look();
  expect(watched).toMatchObject(after);
  expect([heard, watched.stats.reloads, watched.stats.failures]).toEqual([1, 1, 0]);
  end();
  await mount(before);
  await watched.look();
  expect(heard).toBe(1);
});

test('what is torn, of another key, or gone is never taken: counted once, and the old goes on', async () => {
  const [before, other] = [await make(), await make()];
  await mount(before);
  const watched = watchFolder(folder, await readFolder(folder), { clock: systemClock, log });
  const wrong = [
    { ...before, key: other.key },
    { ...other, cert: other.cert.slice(0, 300) },
    { ...other, ca: other.ca.slice(0, 300) },
  ];
  for (const [index, one] of wrong.entries()) {
    await mount(one);
    await watched.look();
    await watched.look();
    expect(watched).toMatchObject(before);
    expect(watched.stats).toMatchObject({ reloads: 0, failures: index + 1 });
  }
  await rm(join(folder, '..data'));
  await watched.look();
  expect(watched.stats.failures).toBe(4);
  await mount(other);
  await watched.look();
  expect(watched).toMatchObject(other);
});

test('a role that knows who calls is heard over IPv6 and IPv4, and over IPv4 where there is nothing else', async () => {
  const credentials = await make();
  expect(await hostFor(undefined, undefined)).toBe('127.0.0.1');
  expect(await hostFor('10.0.0.1', credentials)).toBe('10.0.0.1');
  expect(await hostFor(undefined, credentials, async () => false)).toBe('0.0.0.0');
  const host = await hostFor(undefined, credentials);
  const server = createKeeperServer({
    store: {
      ...{ append: async () => ({ outcome: 'stored' }), info: async () => INFO, position: async () => undefined },
      findings: async () => ({ findings: [], total: 0, facets: { entity: [], metric: [], state: [] } }),
    },
    ...{ onReport: () => {}, clock: systemClock, log, credentials },
  });
  const { port } = await server.listen({ host, port: 0 });
  const loopbacks = host === '::' ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
  for (const loopback of loopbacks) {
    const socket = connect({ host: loopback, port });
    await once(socket, 'connect');
    socket.destroy();
  }
  await server.close(0);
});

const INFO = { path: '', sizeBytes: 0, schemaVersion: 1, epoch: 0, tracks: 0, scores: 0, findings: 0 };
