import { expect, test } from 'vitest';
import type { Alert } from '#model/alert.ts';
import { alertmanager } from './alertmanager.ts';
import type { Standing } from './contract.ts';
import { MINUTE, T0 } from './test-findings.ts';

const sender = alertmanager.create({}, { url: new URL('http://am:9093/prefix/'), pageUrl: () => 'http://page' });
const alertOf = (key: string, part: Partial<Alert> = {}): Alert => ({
  ...{ key, source: 'own', state: 'firing', labels: { alertname: 'A', key }, annotations: { summary: 's' } },
  ...{ link: `/findings/${key}`, startsMs: T0, updatedMs: T0 },
  ...part,
});
const resolved = (key: string, updatedMs: number) => alertOf(key, { state: 'resolved', endsMs: T0 + 1000, updatedMs });
const next = (standing: Partial<Standing>) =>
  sender.next({ alerts: [], messages: [], sentMs: undefined, nowMs: T0, ...standing });
const keysOf = (body: string) => (JSON.parse(body) as { labels: { key: string } }[]).map(({ labels }) => labels.key);

test('what fires is posted with its start, an end that lies ahead, and where to look', () => {
  const [delivery, ...others] = next({ alerts: [alertOf('a')] });
  expect(others).toEqual([]);
  expect(delivery?.url.href).toBe('http://am:9093/prefix/api/v2/alerts');
  expect(JSON.parse(delivery?.body ?? '')).toEqual([
    {
      labels: { alertname: 'A', key: 'a' },
      annotations: { summary: 's' },
      startsAt: '2026-05-04T10:00:00.000Z',
      endsAt: '2026-05-04T10:04:00.000Z',
      generatorURL: 'http://page/findings/a',
    },
  ]);
});

test('it is sent again after half a minute, and at once when there is news', () => {
  const alerts = [alertOf('a')];
  expect(next({ alerts, sentMs: T0 - 29_999 })).toEqual([]);
  expect(next({ alerts, sentMs: T0 - 30_000 })).toHaveLength(1);
  const messages = [{ number: 7, alert: alertOf('a'), sinceMs: T0 }];
  expect(next({ alerts, messages, sentMs: T0 })).toMatchObject([{ messages: [7] }]);
});

test('what is over is sent for a quarter of an hour with its end, and as long as nobody took it', () => {
  const nowMs = T0 + 60 * MINUTE;
  const alerts = [resolved('new', nowMs - 14 * MINUTE), resolved('old', nowMs - 16 * MINUTE)];
  const [delivery] = next({ alerts, nowMs });
  expect(keysOf(delivery?.body ?? '')).toEqual(['new']);
  expect(JSON.parse(delivery?.body ?? '')[0].endsAt).toBe('2026-05-04T10:00:01.000Z');
  const messages = [{ number: 1, alert: resolved('old', nowMs - 16 * MINUTE), sinceMs: T0 }];
  expect(keysOf(next({ alerts, messages, nowMs })[0]?.body ?? '')).toEqual(['old', 'new']);
});

test('of an alert that has turned again since, only what is now is sent', () => {
  const messages = [
    { number: 1, alert: alertOf('a'), sinceMs: T0 },
    { number: 2, alert: resolved('a', T0), sinceMs: T0 },
  ];
  const [delivery, ...others] = next({ alerts: [alertOf('a', { startsMs: T0 + MINUTE })], messages });
  expect(others).toEqual([]);
  expect(delivery?.messages).toEqual([1, 2]);
  expect(JSON.parse(delivery?.body ?? '')).toMatchObject([{ startsAt: '2026-05-04T10:01:00.000Z' }]);
});

test('a thousand alerts go in pieces, each with its own messages', () => {
  const alerts = Array.from({ length: 1001 }, (_, index) => alertOf(`k${index}`));
  const messages = alerts.map((alert, number) => ({ number, alert, sinceMs: T0 }));
  const deliveries = next({ alerts, messages });
  expect(deliveries.map(({ body }) => keysOf(body).length)).toEqual([500, 500, 1]);
  expect(deliveries.flatMap(({ messages: told }) => told)).toEqual(messages.map(({ number }) => number));
  for (const { body, messages: told } of deliveries) expect(keysOf(body)).toEqual(told.map((number) => `k${number}`));
});
