// What the end-to-end tests ask of a store of metrics.
import type { History } from '../history.ts';
import type { MetricServer } from '../metric-server.ts';
import { expect, type Report } from './report.ts';

const MINUTE_MS = 60_000;

/** A history of a year, as often as every ten minutes, that ended yesterday. */
function yearOfHistory(): History & { values: Float64Array } {
  const stepMs = 10 * MINUTE_MS;
  const startMs = Math.floor(Date.now() / stepMs) * stepMs - 366 * 24 * 60 * MINUTE_MS;
  const values = Float64Array.from({ length: 365 * 24 * 6 }, (_, index) => 10 + (index % 144) / 16);
  return { labels: { __name__: 'orders_total', namespace: 'shop' }, startMs, stepMs, values };
}

export async function checkMetrics(
  name: string,
  start: (history: History) => Promise<MetricServer>,
  report: Report,
): Promise<void> {
  const history = yearOfHistory();
  const server = await report.step(`${name} starts with a year of history`, () => start(history));
  await report.step(`${name} gives the history back`, async () => {
    const { startMs, stepMs, values } = history;
    const first = startMs + 1000 * stepMs;
    const range = { startMs: first, endMs: first + 143 * stepMs, stepMs };
    const [track] = await server.queryRange('orders_total{namespace="shop"}', range);
    const expected = Array.from(values.subarray(1000, 1144));
    expect(JSON.stringify(track?.values) === JSON.stringify(expected), `it gave ${JSON.stringify(track)}`);
  });
  await report.memory([server.process]);
  await report.step(`${name} stops`, () => server.stop());
}
