import { expect, test } from 'vitest';
import type { Alert } from '#model/alert.ts';
import { MINUTE, T0 } from './test-findings.ts';
import { webhook } from './webhook.ts';

const url = new URL('https://chat.example/hook?room=1');
const sender = webhook.create({}, { url, pageUrl: () => 'http://page' });
const alert: Alert = {
  ...{ key: '0123456789abcdef0123456789abcdef', source: 'own', state: 'firing', labels: { alertname: 'A' } },
  ...{ annotations: { summary: 's' }, link: '/findings/a', startsMs: T0, updatedMs: T0 },
};
const over: Alert = { ...alert, state: 'resolved', endsMs: T0 + MINUTE };
const next = (messages: readonly { number: number; alert: Alert; sinceMs: number }[]) =>
  sender.next({ alerts: [alert], messages, sentMs: undefined, nowMs: T0 });

test('what fires is not repeated: without news nothing is sent', () => {
  expect(next([])).toEqual([]);
});

test('one message after the other, each named so that who gets it twice knows', () => {
  const messages = [alert, over].map((each, index) => ({ number: index + 1, alert: each, sinceMs: T0 }));
  const [first, ...others] = next(messages);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ url, messages: [1] });
  expect(first?.headers['idempotency-key']).toBe(`${alert.key}-${T0}-firing`);
  expect(next(messages.slice(1))[0]?.headers['idempotency-key']).toBe(`${alert.key}-${T0}-resolved`);
});

test('the body is that of Alertmanager’s webhooks', () => {
  expect(JSON.parse(next([{ number: 1, alert: over, sinceMs: T0 }])[0]?.body ?? '')).toEqual({
    version: '4',
    groupKey: alert.key,
    truncatedAlerts: 0,
    status: 'resolved',
    receiver: 'tidewatch',
    groupLabels: { alertname: 'A' },
    commonLabels: { alertname: 'A' },
    commonAnnotations: { summary: 's' },
    externalURL: 'http://page',
    alerts: [
      {
        status: 'resolved',
        labels: { alertname: 'A' },
        annotations: { summary: 's' },
        startsAt: '2026-05-04T10:00:00.000Z',
        endsAt: '2026-05-04T10:01:00.000Z',
        generatorURL: 'http://page/findings/a',
        fingerprint: '0123456789abcdef',
      },
    ],
  });
  expect(JSON.parse(next([{ number: 1, alert, sinceMs: T0 }])[0]?.body ?? '').alerts[0].endsAt).toBe(
    '0001-01-01T00:00:00Z',
  );
});
