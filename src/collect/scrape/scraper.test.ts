// Real HTTP servers in place of pods, and a clock that moves when told: a turn has come when the clock says so, and is over when
// the scraper has counted it.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { waitUntil } from '../../../test/parts/wait-until.ts';
import { createScrapeDispatcher } from './scrape-dispatcher.ts';
import { createScraper, type ScrapedPod, type ScraperLimits } from './scraper.ts';

const INTERVAL = 10_000;
const WINDOW = 600_000;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Answer = (response: ServerResponse) => void;

async function pod(name: string, answer: Answer, wanted = ['m'], uid = `uid-${name}`): Promise<ScrapedPod> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const target = { ip: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/metrics' };
  return { uid, namespace: 'shop', pod: name, target, wanted: new Set(wanted) };
}

function setUp(pods: readonly ScrapedPod[], limits: Partial<ScraperLimits> = {}) {
  const clock = new FakeClock();
  const world = { pods };
  const dispatcher: Dispatcher = createScrapeDispatcher(INTERVAL);
  const scraper = createScraper({
    ...{
      pods: () => world.pods,
      intervalMs: INTERVAL,
      windowMs: WINDOW,
      clock,
      steadyClock: clock,
      dispatcher,
      limits,
    },
    refusal: () => undefined,
  });
  closers.push(
    () => dispatcher.destroy(),
    () => scraper.stop(),
  );
  scraper.start();
  /** Turns until so many scrapes have ended. */
  const turn = async (ended: number) => {
    await clock.advance(INTERVAL);
    await waitUntil(`${ended} scrapes`, () => scraper.stats().scrapes >= ended);
  };
  const read = (name: string, metric = 'm') => {
    const range = { startMs: 0, endMs: Math.floor(clock.nowMs() / INTERVAL) * INTERVAL, stepMs: INTERVAL };
    return scraper.history.read({ namespace: 'shop', pod: name }, metric, range);
  };
  return { clock, world, scraper, turn, read };
}

const quiet: Answer = (response) => response.end('m 1\nother 2\n');
const say = (scraper: ReturnType<typeof setUp>['scraper'], name: string) =>
  scraper.whyNone({ namespace: 'shop', pod: name }, 'm');

test('each pod has one scrape an interval, in a phase of its own, and only what is wanted is kept', async () => {
  const pods = [await pod('a', quiet), await pod('b', quiet, ['m', 'other'])];
  const { scraper, turn, read } = setUp(pods);
  for (const ended of [2, 4, 6]) await turn(ended);
  expect(scraper.stats()).toMatchObject({ targets: 2, series: 3, scrapes: 6, samples: 9, failing: 0, passedOver: 0 });
  expect([...(read('a')[0]?.values ?? [])].every((value) => value === 1)).toBe(true);
  expect(read('a')[0]?.labels).toEqual({ __name__: 'm', namespace: 'shop', pod: 'a' });
  expect(read('a', 'other')).toEqual([]);
  expect(read('b', 'other')).toHaveLength(1);
});

test('what fails is counted by its reason, said of its pod, and hurts no other', async () => {
  const pods = [
    await pod('good', quiet),
    await pod('html', (response) => response.end('<html>')),
    await pod('half', (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('m 1\n', () => response.destroy());
    }),
    await pod('huge', (response) => response.end('m 1\n'.repeat(100_000))),
    await pod('many', (response) => response.end(Array.from({ length: 20 }, (_, n) => `m{n="${n}"} 1\n`).join(''))),
  ];
  const { scraper, turn, read } = setUp(pods, { maxBytes: 100_000, maxSamples: 10 });
  await turn(5);
  await turn(10);
  const { failures, failing } = scraper.stats();
  expect(failures).toEqual({ 'bad-input': 2, unavailable: 2, 'too-much': 4, forbidden: 0, internal: 0 });
  expect(failing).toBe(4);
  expect(say(scraper, 'html')).toMatch(/HTML/);
  expect(say(scraper, 'half')).toMatch(/only a part/);
  expect(say(scraper, 'huge')).toMatch(/100000 bytes/);
  expect(say(scraper, 'many')).toMatch(/more than 10 samples/);
  expect(read('good')).toHaveLength(1);
  expect(read('half')).toEqual([]);
});

test('pods that hang wait for each other, and hold up nobody else', async () => {
  const hung = await Promise.all(Array.from({ length: 6 }, (_, n) => pod(`hung-${n}`, () => undefined)));
  let asked = 0;
  const good = await pod('good', (response) => {
    asked++;
    quiet(response);
  });
  const { clock, scraper } = setUp([...hung, good], { timeoutMs: 2000, atOnce: 2, lateAtOnce: 1 });
  // As soon as each has been late once, the good one has a turn in every interval.
  // The sockets are real, and an answer must not be late by a clock that runs ahead of them.
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second++) {
      await clock.advance(1000);
      await pause(5);
    }
  };
  await seconds(40);
  const before = asked;
  await seconds(50);
  expect(asked - before).toBe(5);
  expect(scraper.stats().failing).toBe(6);
  expect(say(scraper, 'hung-0')).toMatch(/did not answer within 2000 ms/);
});

test('a pod that fails ends its series until it answers again', async () => {
  let broken = false;
  const flaky = await pod('a', (response) => (broken ? response.writeHead(500).end() : quiet(response)));
  const { turn, read, scraper } = setUp([flaky]);
  await turn(1);
  await turn(2);
  broken = true;
  await turn(3);
  await turn(4);
  broken = false;
  await turn(5);
  // The scrape of each turn is seen at the turn's end.
  expect([...(read('a')[0]?.timesMs ?? [])]).toEqual([10_000, 20_000, 50_000]);
  expect(say(scraper, 'a')).toBe('it exposes no m');
});

test('a pod that is gone is asked no more, and its series end; one of its name goes on', async () => {
  const { world, scraper, clock, turn, read } = setUp([await pod('a', quiet)]);
  await turn(1);
  world.pods = [];
  // Its next turn may come before it is seen to be gone.
  await clock.advance(INTERVAL);
  const { scrapes } = scraper.stats();
  await clock.advance(4 * INTERVAL);
  expect(scraper.stats()).toMatchObject({ targets: 0, scrapes });
  expect(Math.max(...(read('a')[0]?.timesMs ?? []))).toBeLessThanOrEqual(2 * INTERVAL);
  world.pods = [await pod('a', quiet, ['m'], 'another')];
  await clock.advance(INTERVAL);
  await turn(scrapes + 1);
  expect(read('a')).toHaveLength(1);
  expect(read('a')[0]?.timesMs.at(-1)).toBeGreaterThan(6 * INTERVAL);
});

test('a pod without a port, one that is new, and one that is unknown each have their reason', async () => {
  const none = { uid: 'x', namespace: 'shop', pod: 'none', target: undefined, wanted: new Set(['m']) };
  const { scraper, clock } = setUp([none, await pod('new', quiet)]);
  await clock.advance(0);
  expect(say(scraper, 'none')).toMatch(/declares no metrics port/);
  expect(say(scraper, 'new')).toMatch(/first scrape comes within 10 s/);
  expect(say(scraper, 'stranger')).toMatch(/not known/);
  expect(scraper.stats().targets).toBe(1);
});

test('an address that is no pod’s is not asked', async () => {
  let asked = 0;
  const own = await pod('own', (response) => {
    asked++;
    quiet(response);
  });
  const clock = new FakeClock();
  const dispatcher = createScrapeDispatcher(INTERVAL);
  const scraper = createScraper({
    ...{ pods: () => [own], intervalMs: INTERVAL, windowMs: WINDOW, clock, steadyClock: clock, dispatcher },
  });
  closers.push(
    () => dispatcher.destroy(),
    () => scraper.stop(),
  );
  scraper.start();
  await clock.advance(2 * INTERVAL);
  expect(asked).toBe(0);
  expect(scraper.stats().failures.forbidden).toBeGreaterThan(0);
  expect(say(scraper, 'own')).toMatch(/loopback/);
});

test('a wall clock that is set back loses no more than what it takes back', async () => {
  let wallMs = 1_000_000;
  const steady = new FakeClock();
  const only = await pod('a', quiet);
  const dispatcher = createScrapeDispatcher(INTERVAL);
  const scraper = createScraper({
    ...{ pods: () => [only], intervalMs: INTERVAL, windowMs: WINDOW, dispatcher, refusal: () => undefined },
    ...{ clock: { nowMs: () => wallMs, sleep: steady.sleep }, steadyClock: steady },
  });
  closers.push(
    () => dispatcher.destroy(),
    () => scraper.stop(),
  );
  scraper.start();
  for (const [ended, ms] of [1_000_000, 1_010_000, 1_020_000, 1_010_000, 1_020_000].entries()) {
    wallMs = ms;
    await steady.advance(INTERVAL);
    await waitUntil('the scrape', () => scraper.stats().scrapes > ended);
  }
  const range = { startMs: 1_000_000, endMs: 1_020_000, stepMs: INTERVAL };
  const [series] = scraper.history.read({ namespace: 'shop', pod: 'a' }, 'm', range);
  expect([...(series?.timesMs ?? [])]).toEqual([1_000_000, 1_010_000, 1_020_000]);
});
