import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { afterEach, expect, it } from 'vitest';
import { makeAuthority } from '#app/certificates/issue.ts';
import { systemClock } from '#kit/clock.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { waitUntil } from '../../../test/parts/wait-until.ts';
import { createScrapeDispatcher } from './scrape-dispatcher.ts';
import { type ScrapeLimits, scrapeTarget } from './scrape-target.ts';

const LIMITS: ScrapeLimits = { timeoutMs: 5000, maxBytes: 10_000, maxSamples: 100 };
/** The servers of these tests listen where no pod is. */
const ANYWHERE = { refusal: () => undefined };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function pod(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispatcher = new Agent();
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  closers.push(() => dispatcher.destroy());
  const { port } = server.address() as AddressInfo;
  return (limits: Partial<ScrapeLimits> = {}, path = '/metrics', clock = systemClock as typeof systemClock) =>
    scrapeTarget({ ip: '127.0.0.1', port, path }, { ...LIMITS, ...limits }, { clock, dispatcher, ...ANYWHERE });
}

it('reads what a pod exposes, packed or not', async () => {
  const scrape = await pod(({ headers, url }, response) => {
    const text = `# TYPE a counter\na{accept="${headers.accept?.includes('openmetrics')}",url="${url}"} 1\n`;
    if (url === '/plain') return void response.end(text);
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
  });
  for (const path of ['/plain', '/metrics?x=1']) {
    expect(await scrape({}, path)).toEqual([
      { labels: { __name__: 'a', accept: 'true', url: path }, value: 1, isCounter: true },
    ]);
  }
});

it('takes no more than agreed, also of what is small before it is unpacked', async () => {
  const scrape = await pod((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a 1\n'.repeat(1e6)));
  });
  await expect(scrape()).rejects.toMatchObject({ code: 'too-much', message: expect.stringMatching(/10000 bytes/) });
  await expect(scrape({ maxBytes: 1e8 })).rejects.toMatchObject({ message: expect.stringMatching(/100 samples/) });
});

it.each([
  [302, 'bad-input', false],
  [401, 'forbidden', false],
  [404, 'bad-input', false],
  [500, 'unavailable', true],
])('a pod that answers %i is %s', async (status, code, retryable) => {
  const scrape = await pod((_, response) => {
    response.writeHead(status, { location: 'http://169.254.169.254/' }).end();
  });
  await expect(scrape()).rejects.toMatchObject({ code, retryable });
});

it('HTML, and an answer that breaks off, are errors', async () => {
  const page = await pod((_, response) => response.end('<html>'));
  await expect(page()).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/HTML/) });
  const half = await pod((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('a 1\n', () => response.destroy());
  });
  await expect(half()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  const packed = gzipSync('a 1\n'.repeat(100));
  const cut = await pod((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length - 9));
  });
  await expect(cut()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
});

it('a pod that hangs is left in time', async () => {
  const clock = new FakeClock();
  let heard: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const scrape = await pod(() => heard());
  const scraped = scrape({}, '/metrics', clock);
  const refused = expect(scraped).rejects.toMatchObject({ message: expect.stringMatching(/within 5000 ms/) });
  await asked;
  await clock.advance(5000);
  await refused;
});

it.each([
  ['evil.example', 80, '/metrics'],
  ['10.0.0.1@evil', 80, '/metrics'],
  ['10.0.0.1', 0, '/metrics'],
  ['10.0.0.1', 80, '@evil/metrics'],
  ['10.0.0.1', 80, ':81/metrics'],
  // Each of these is 127.0.0.1 to a URL.
  ['2130706433', 80, '/metrics'],
  ['127.1', 80, '/metrics'],
  ['0x7f.0.0.1', 80, '/metrics'],
])('%s:%i%s is no address of a pod', async (ip, port, path) => {
  const deps = { clock: systemClock, dispatcher: new Agent() };
  await expect(scrapeTarget({ ip, port, path }, LIMITS, deps)).rejects.toMatchObject({ code: 'bad-input' });
});

it.each(['127.0.0.1', '169.254.169.254', '::1'])('%s is no pod and is not asked', async (ip) => {
  const deps = { clock: systemClock, dispatcher: new Agent() };
  const refused = scrapeTarget({ ip, port: 1, path: '/' }, LIMITS, deps);
  await expect(refused).rejects.toMatchObject({ code: 'forbidden', message: expect.stringMatching(/is not asked/) });
});

it('what says that it is no text is not read', async () => {
  let ended = false;
  const scrape = await pod((_, response) => {
    response.on('close', () => {
      ended = true;
    });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{');
  });
  await expect(scrape()).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/application\/json/),
  });
  await waitUntil('the connection to end', () => ended);
});

it('of an endless answer no more is taken than agreed, and the pod is let go', async () => {
  let sent = 0;
  let isLetGo = false;
  const scrape = await pod((_, response) => {
    response.on('close', () => {
      isLetGo = true;
    });
    const more = () => {
      while (!isLetGo && response.write('a 1\n'.repeat(1000))) sent += 4000;
      if (!isLetGo) response.once('drain', more);
    };
    more();
  });
  await expect(scrape()).rejects.toMatchObject({ code: 'too-much' });
  await waitUntil('the pod to be let go', () => isLetGo);
  expect(sent).toBeLessThan(1e7);
});

it('over https whatever certificate a pod has is taken, and what is not wanted is not read', async () => {
  const period = { nowMs: Date.now(), endMs: Date.now() + 60_000 };
  const { certificate: cert, key } = await makeAuthority('x', period);
  const server = createTlsServer({ cert, key }, (_, response) => response.end('a 1\nb is no number\nc 2\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispatcher = createScrapeDispatcher(5000);
  closers.push(
    async () => server.close(),
    () => dispatcher.destroy(),
  );
  const { port } = server.address() as AddressInfo;
  const target = { ip: '127.0.0.1', port, path: '/metrics', scheme: 'https' } as const;
  const limits = { ...LIMITS, wanted: new Set(['a', 'c']) };
  const samples = await scrapeTarget(target, limits, { clock: systemClock, dispatcher, ...ANYWHERE });
  expect(samples.map(({ value }) => value)).toEqual([1, 2]);
});
