// Alerts as a keeper has them: from findings in the real store to a real port, on a clock that is moved.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { Finding } from '#model/finding.ts';
import type { EmbeddedStore } from '#store/embedded/embedded-store.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { MINUTE, makeBatch, makeFinding } from '../../../test/conformance/store-fixtures.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { waitUntil } from '../../../test/parts/wait-until.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import type { NotifyFlags } from '../notify-options.ts';
import { addAlertMetrics } from './alert-metrics.ts';
import { type Alerting, openAlerting } from './alerting.ts';

interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly alerts: readonly {
    readonly status?: string;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
  }[];
}

let heard: Heard[] = [];
let status = 200;
const server = createServer(async (request, reply) => {
  let body = '';
  for await (const part of request) body += part;
  const json = JSON.parse(body) as Heard['alerts'] | Pick<Heard, 'alerts'>;
  if (status < 300)
    heard.push({ path: request.url ?? '', headers: request.headers, alerts: 'alerts' in json ? json.alerts : json });
  reply.writeHead(status).end();
});
let folder: ReturnType<typeof makeFolder>;
let base: string;
beforeEach(async () => {
  [heard, status, folder] = [[], 200, makeFolder()];
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
let ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.reverse()) await end();
  ending = [];
  folder[Symbol.dispose]();
});

const rule = { afterMs: MINUTE, severity: 'warning', labels: {} } as const;
const opened = (atMs: number, more: Partial<Finding> = {}): Finding => ({
  ...{ ...makeFinding('f', { startMs: atMs }), confirmedMs: atMs, seenMs: atMs, alert: rule },
  ...more,
});
const over = (finding: Finding, atMs: number): Finding => ({
  ...finding,
  endMs: atMs,
  closedMs: atMs,
  closedSeenMs: atMs,
});

async function openAll(clock: FakeClock, flags: Partial<NotifyFlags>) {
  const store: EmbeddedStore = await openEmbeddedStore({ folder: folder.path, readers: 1, alerts: true });
  const log = createLog('silent');
  const alerting: Alerting = await openAlerting(
    store.alerts,
    { alertHold: 10 * MINUTE, pageUrl: 'http://page/', ...flags },
    { clock, steadyClock: systemClock, random: () => 0, log },
  );
  const close = async () => {
    const closing = alerting.close();
    await clock.advance(0);
    await closing;
    await store.close();
  };
  ending.push(close);
  let key = 0;
  const put = async (...findings: Finding[]) => {
    await store.append(makeBatch(`${clock.nowMs()} ${key++}`, { findings }));
    alerting.wake();
  };
  /** Time passes bit by bit, and threads of the store answer in between. */
  const until = (what: string, done: () => boolean, stepMs = 5000) =>
    waitUntil(what, async () => {
      await clock.advance(stepMs);
      return done();
    });
  return { store, alerting, put, until, close };
}

test('an Alertmanager is told when it fires, again and again, and when it is over', async () => {
  const clock = new FakeClock();
  const { put, until } = await openAll(clock, { alertmanager: [base] });
  const finding = opened(0);
  await put(finding);
  await until('three times', () => heard.length >= 3);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(MINUTE);
  expect(new Set(heard.map(({ alerts }) => `${alerts.length} ${alerts[0]?.startsAt}`))).toEqual(
    new Set(['1 1970-01-01T00:00:00.000Z']),
  );
  expect(heard[0]).toMatchObject({ path: '/api/v2/alerts', alerts: [{ generatorURL: 'http://page/findings/f' }] });
  const overMs = clock.nowMs();
  await put(over(finding, overMs));
  const isOver = () => heard.filter(({ alerts }) => alerts[0]?.endsAt === new Date(overMs).toISOString()).length;
  await until('its end, twice', () => isOver() >= 2, 10_000);
  expect(clock.nowMs() - overMs).toBeGreaterThanOrEqual(10 * MINUTE);
});

test('a webhook is told once of each, and after it was away of both, in order', async () => {
  const clock = new FakeClock();
  const { put, until, alerting } = await openAll(clock, { webhook: [`${base}/hook`] });
  const awayMs = clock.nowMs();
  status = 503;
  const finding = opened(0);
  await put(finding);
  await until('it fires', () => alerting.teller.stats().fired === 1, 10_000);
  await put(over(finding, clock.nowMs()));
  await until('it is over', () => alerting.teller.stats().resolved === 1, 10_000);
  await until('the page says so', () => alerting.troubles().length === 1);
  expect(alerting.troubles()[0]?.what).toContain('503');
  expect(clock.nowMs() - awayMs).toBeGreaterThan(10 * MINUTE);
  status = 200;
  await until('both', () => alerting.receivers[0]?.stats().sent === 2);
  await until('well again', () => alerting.troubles().length === 0);
  await clock.advance(5 * MINUTE);
  expect(heard.map(({ alerts }) => alerts[0]?.status)).toEqual(['firing', 'resolved']);
  expect(new Set(heard.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  const registry = new Registry();
  addAlertMetrics(registry, () => alerting, clock);
  const text = await registry.metrics();
  expect(text).toContain('tidewatch_notify_requests_total{notifier="webhook"} 2');
  expect(text).toContain('tidewatch_notify_oldest_seconds{notifier="webhook"} 0');
  expect(text).toMatch(/tidewatch_notify_failures_total\{notifier="webhook",reason="busy"\} [1-9]/);
  expect(text).toContain('tidewatch_alerts_fired_total 1');
});

test('what waits is told after a restart, and so is what fires', async () => {
  const clock = new FakeClock();
  status = 500;
  const flags = { webhook: [`${base}/hook`], alertmanager: [base] };
  const first = await openAll(clock, flags);
  await first.put(opened(0));
  await first.until('it fires', () => first.alerting.teller.stats().fired === 1);
  await first.close();
  ending = [];
  status = 200;
  const second = await openAll(clock, flags);
  await second.until('both are told', () => heard.length >= 2);
  expect(second.alerting.teller.stats().fired).toBe(0);
  expect(heard.map(({ path }) => path).sort()).toEqual(['/api/v2/alerts', '/hook']);
});

test('a receiver that refuses a message for good holds up no other', async () => {
  const clock = new FakeClock();
  const { put, until, alerting } = await openAll(clock, { webhook: [`${base}/hook`] });
  status = 400;
  await put(opened(0));
  const [receiver] = alerting.receivers;
  await until('it is refused', () => receiver?.stats().dropped.refused === 1);
  status = 200;
  const other = opened(clock.nowMs(), { id: 'g', entity: { kind: 'node', namespace: '', name: 'n1' } });
  await put(other);
  await until('the other', () => heard.length === 1);
});

test('a token comes from its file, and one that is not there is said at once', async () => {
  const file = join(folder.path, 'token');
  await writeFile(file, 'secret\n');
  const clock = new FakeClock();
  const { put, until } = await openAll(clock, { webhook: [`${base}/hook`], webhookTokenFile: file });
  await put(opened(0));
  await until('it is told', () => heard.length === 1);
  expect(heard[0]?.headers.authorization).toBe('Bearer secret');
  const book = { alerts: async () => [], changes: async () => undefined } as unknown as EmbeddedStore['alerts'];
  const flags = { alertHold: 0, webhook: [base], webhookTokenFile: join(folder.path, 'none') };
  await expect(
    openAlerting(book, flags, { clock, steadyClock: systemClock, random: () => 0, log: createLog('silent') }),
  ).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringContaining('a token for --webhook'),
  });
});
