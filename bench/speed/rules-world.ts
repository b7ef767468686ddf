// The 1,000 series of P12, now and over the day before; and a Prometheus that holds that day, with what its rules would have
// recorded.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRng } from '#stats/rng.ts';
import { type History, toOpenMetrics } from '../../test/parts/history.ts';
import type { MetricServer } from '../../test/parts/metric-server.ts';
import { startPrometheus, writeHistory } from '../../test/parts/prometheus.ts';
import { rulesOf, type Strategy } from './grafana-rules.ts';

export const SERIES = 1000;
/** What is watched, by both sides. */
export const WATCHED = 'shop_requests';
/** What the rules take for a minute. */
const RULE_MINUTE_MS = 4000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 26 * 60;
/** Hours that our side looks at: those to warm up with, and some to be measured. */
const OWN_MINUTES = 14 * 60;
/** The rules drop what is not above 0. */
const LEAST = 0.01;
const TYPES = ['requests', 'latency', 'errors', 'resource'];

interface Kept {
  readonly name: string;
  readonly fromMinutes: number;
  readonly toMinutes: number;
  /** Of how many series it is kept: those that vary much are each fourth. */
  readonly every: number;
}

/** What rules read of the past, as they would have recorded it: minutes before the end. */
const RECORDED: Readonly<Record<Strategy | 'bare', readonly Kept[]>> = {
  bare: [{ name: WATCHED, fromMinutes: OWN_MINUTES, toMinutes: 0, every: 1 }],
  adaptive: [
    { name: WATCHED, fromMinutes: 65, toMinutes: 0, every: 1 },
    { name: 'anomaly:adaptive:select', fromMinutes: 65, toMinutes: 0, every: 1 },
    { name: 'anomaly:adaptive:select', fromMinutes: 24 * 60 + 35, toMinutes: 23 * 60 + 15, every: 1 },
    { name: 'anomaly:adaptive:stddev_1h:filtered', fromMinutes: DAY_MINUTES, toMinutes: 0, every: 4 },
  ],
  robust: [
    { name: WATCHED, fromMinutes: 65, toMinutes: 0, every: 1 },
    { name: 'anomaly:robust:select', fromMinutes: 24 * 60 + 50, toMinutes: 0, every: 1 },
    { name: 'anomaly:robust:abs_dev_lt', fromMinutes: 24 * 60, toMinutes: 0, every: 1 },
  ],
};

function labelsOf(index: number, strategy: string): Record<string, string> {
  return {
    ...{ anomaly_name: `shop-${index % 20}`, anomaly_type: TYPES[index % 4] ?? '', anomaly_strategy: strategy },
    ...{ namespace: `team-${index % 25}`, pod: `app-${index}-5f6585d649-x2x4z`, job: 'shop', instance: 'shop:80' },
  };
}

function sampleOf(index: number, noise: number): number {
  return Math.max(LEAST, 50 + (index % 100) + (index % 4 === 0 ? 60 : 8) * noise);
}

/** What a scrape finds. */
export function exposition(nowMs: number): string {
  const rng = createRng(Math.floor(nowMs / 1000));
  return Array.from({ length: SERIES }, (_, index) => {
    const { job: _job, instance: _instance, anomaly_strategy: _strategy, ...labels } = labelsOf(index, '');
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    return `${WATCHED}{${pairs.join(',')}} ${sampleOf(index, rng.normal()).toFixed(3)}\n`;
  }).join('');
}

/** A Prometheus that scrapes the port, and holds what its rules would have recorded until `endMs`. */
export async function startWithHistory(
  folder: string,
  kind: Strategy | 'bare',
  endMs: number,
  port: number,
): Promise<MetricServer> {
  const strategy = kind === 'bare' ? 'none' : kind;
  for (const kept of RECORDED[kind]) await writeHistory(folder, toOpenMetrics(historyOf(kept, strategy, endMs)));
  const ruleFile = join(folder, 'rules.yml');
  if (kind !== 'bare') await writeFile(ruleFile, rulesOf(kind, RULE_MINUTE_MS));
  const config = {
    global: { scrape_interval: '5s', evaluation_interval: `${RULE_MINUTE_MS}ms` },
    ...(kind === 'bare' ? {} : { rule_files: [ruleFile] }),
    scrape_configs: [
      {
        job_name: 'shop',
        static_configs: [
          { targets: [`127.0.0.1:${port}`], labels: { instance: 'shop:80', anomaly_strategy: strategy } },
        ],
      },
    ],
  };
  return await startPrometheus({ folder, config: JSON.stringify(config) });
}

function historyOf({ name, fromMinutes, toMinutes, every }: Kept, strategy: string, endMs: number): History[] {
  const rng = createRng(12);
  const isSelected = name !== WATCHED;
  return Array.from({ length: SERIES }, (_, index) => index)
    .filter((index) => index % every === 0)
    .map((index) => ({
      labels: {
        __name__: name,
        ...labelsOf(index, strategy),
        ...(isSelected ? { anomaly_select: '1' } : {}),
      },
      startMs: endMs - fromMinutes * MINUTE_MS,
      stepMs: MINUTE_MS,
      values: Float64Array.from({ length: fromMinutes - toMinutes }, () =>
        Number(sampleOf(index, rng.normal()).toFixed(3)),
      ),
    }));
}
