import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { addDoorMetrics, type DoorStats } from './door-metrics.ts';

const OPEN: DoorStats = {
  ...{ connections: 3, crowded: 1, greedy: 0, slowRequests: 0, untakenAnswers: 0 },
  stream: { clients: 1, dropped: 2, refused: 0 },
  failed: [{ path: '/api/alerts/alertmanager', status: 413, count: 4 }],
};

test('the page says what it let go and what it refused, and nothing before it is open', async () => {
  const registry = new Registry();
  let stats: DoorStats | undefined;
  addDoorMetrics(registry, 'page', () => stats);
  expect(await registry.metrics()).toContain('tidewatch_page_connections 0');
  stats = OPEN;
  const text = await registry.metrics();
  expect(text).toContain('tidewatch_page_connections 3');
  expect(text).toContain('tidewatch_page_shed_total{reason="crowded"} 1');
  expect(text).toContain('tidewatch_page_shed_total{reason="stream-unread"} 2');
  expect(text).toContain('tidewatch_page_failed_requests_total{path="/api/alerts/alertmanager",status="413"} 4');
  // It is read, not added to.
  expect(await registry.metrics()).toBe(text);
});

test('a health port has neither streams nor addresses', async () => {
  const registry = new Registry();
  addDoorMetrics(registry, 'health', () => OPEN);
  const text = await registry.metrics();
  expect(text).toContain('tidewatch_health_shed_total{reason="crowded"} 1');
  expect(text).not.toMatch(/reason="stream|failed_requests/);
});
