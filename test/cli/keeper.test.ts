// A keeper as a process, when it is of no use any more: it says so, or ends, so that somebody starts it again.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { KeeperFacts } from '#api/grpc/keeper-facts.ts';
import { packFacts } from '#api/grpc/pack-facts.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { makeBatch, podTrack } from '../conformance/store-fixtures.ts';
import { start } from '../fixtures/command.ts';
import { freePorts } from '../parts/ports.ts';

const FAULT = fileURLToPath(new URL('../fixtures/end-worker.mjs', import.meta.url));
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function startKeeper(more: readonly string[] = [], env: (folder: string) => Record<string, string> = () => ({})) {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-thread-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const [page, append, health] = await freePorts(3);
  const ports = ['--page-port', `${page}`, '--append-port', `${append}`, '--health-port', `${health}`];
  const running = start(['keeper', '--data', join(folder, 'data'), ...ports, ...more], env(folder));
  endings.push(() => running.process.kill('SIGKILL'));
  const ended = once(running.process, 'close');
  await running.printed(/Health /);
  const get = (path: string, port = health) => fetch(`http://127.0.0.1:${port}${path}`);
  return { folder, running, ended, get, page, keeper: `http://127.0.0.1:${append}` };
}

test('a keeper that cannot store says so in /readyz, on its page and in its figures, and lives', async () => {
  const { get, page, keeper: address } = await startKeeper(['--max-size', '1Mi']);
  const log = createLog('silent');
  const keeper = await createKeeperClient({ address, maxSpoolBytes: 0, clock: systemClock, random: () => 0, log });
  endings.push(() => keeper.close());
  expect((await get('/readyz')).status).toBe(200);
  // All of the last hours: nothing of it goes before its time.
  const nowMs = Date.now();
  const tracks = Array.from({ length: 200 }, (_, index) => podTrack(`pod-${index}`));
  const minute = (number: number) =>
    makeBatch(`minute ${number}`, {
      ...{ tracks, position: { stream: 'cluster:shop', seenMs: nowMs } },
      points: tracks.map((_, track) => ({ track, timeMs: nowMs - number * 60_000, value: Math.sin(number * track) })),
    });
  const fill = async () => {
    for (let number = 0; number < 300; number++) await keeper.append(minute(number));
  };
  await expect(fill()).rejects.toMatchObject({ code: 'disk-full' });
  const unready = await get('/readyz');
  expect([unready.status, (await unready.json()).message]).toEqual([
    503,
    expect.stringContaining('not-stored: no space'),
  ]);
  const { live } = await (await get('/api/replay', page)).json();
  expect(live.troubles[0]).toMatchObject({ blocking: true, what: expect.stringContaining('not-stored') });
  expect((await get('/readyz', page)).status).toBe(503);
  const figures = await (await get('/metrics')).text();
  for (const line of ['tidewatch_store_up 1', 'tidewatch_appends_total{outcome="refused"} 1'])
    expect(figures).toContain(line);
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/api/scrape-targets')).status).toBe(503);
});

test('a keeper tells what to scrape as soon as an operator has told it, and not before', async () => {
  const { get, keeper: address } = await startKeeper();
  expect((await get('/api/scrape-targets')).status).toBe(503);
  const log = createLog('silent');
  const keeper = await createKeeperClient({ address, maxSpoolBytes: 0, clock: systemClock, random: () => 0, log });
  endings.push(() => keeper.close());
  const scrapeTargets = [{ targets: ['10.0.0.1:9102'], labels: { __metrics_path__: '/metrics', pod: 'cart-1' } }];
  const facts: KeeperFacts = {
    ...{ state: 'live', progress: null, message: null, newestMs: null, samplesPerSecond: 0, droppedSamples: 0 },
    live: { cluster: 'shop', prometheus: null, series: 0, stepMs: 60_000, troubles: [] },
    ...{ detectors: [], unscored: [], services: [], scrapeTargets },
    leftOut: { detectors: 0, services: 0, scrapeTargets: 0 },
  };
  await keeper.report(1, packFacts(facts));
  const reply = await get('/api/scrape-targets');
  expect([reply.headers.get('content-type'), await reply.json()]).toEqual(['application/json', scrapeTargets]);
});

test.each(['writer', 'reader 2'])('a keeper whose %s died ends with exit code 70 and says why', async (name) => {
  const fault = (folder: string) => ({
    ...{ NODE_OPTIONS: `--import=${FAULT}`, ENDED_WORKER: name, END_WORKER: join(folder, 'end') },
  });
  const { folder, running, ended } = await startKeeper([], fault);
  await writeFile(join(folder, 'end'), '');
  expect(await ended).toEqual([70, null]);
  expect(running.stderr).toMatch(new RegExp(`tidewatch: the store's ${name} has ended \\(a fault of the test\\)`));
});
