import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { CORE_METRICS } from './core-metrics.ts';
import { SCRAPE_LABEL, scrapeJobs } from './jobs.ts';
import { coreOf, DEFAULT_CONFIG, prometheusConfig } from './prometheus-config.ts';
import type { Relabel } from './relabel.ts';

interface Scrape {
  readonly job_name: string;
  readonly scrape_interval: string;
  readonly relabel_configs: readonly Relabel[];
  readonly metric_relabel_configs: readonly Relabel[];
  readonly authorization?: object;
  readonly scheme?: string;
}

const { scrape_configs: scrapes } = parse(prometheusConfig(DEFAULT_CONFIG)) as { scrape_configs: readonly Scrape[] };
const named = (name: string) => scrapes.find(({ job_name }) => job_name === name);
const JOBS = scrapeJobs(DEFAULT_CONFIG);

it('each core metric is of one job, and each job has some', () => {
  const all = JOBS.flatMap((job) => coreOf(job, JOBS));
  expect(all.toSorted()).toEqual(CORE_METRICS);
  for (const job of JOBS) expect(coreOf(job, JOBS).length, job.name).toBeGreaterThan(0);
});

it('names in a pattern are names, too', () => {
  expect(CORE_METRICS).toContain('grpc_server_handling_seconds_bucket');
  expect(CORE_METRICS).toContain('container_cpu_usage_seconds_total');
  expect(CORE_METRICS.filter((name) => !/^[a-z_]+$/i.test(name))).toEqual([]);
});

it.each(JOBS.map(({ name }) => name))(
  '%s: what one scrape keeps the other drops, and nothing tells them apart',
  (name) => {
    const [core, rest] = [named(`${name}-core`), named(`${name}-rest`)];
    expect([core?.scrape_interval, rest?.scrape_interval]).toEqual(['15s', '60s']);
    const [keeps] = core?.metric_relabel_configs ?? [];
    const [drops, unlabels, ...more] = rest?.metric_relabel_configs ?? [];
    expect(keeps).toMatchObject({ action: 'keep', source_labels: ['__name__'] });
    expect(drops).toEqual({ ...keeps, action: 'drop' });
    expect([unlabels, more]).toEqual([{ regex: SCRAPE_LABEL, action: 'labeldrop' }, []]);
    // The label that only what Prometheus says of a scrape keeps.
    expect(rest?.relabel_configs).toEqual([
      ...(core?.relabel_configs ?? []),
      { target_label: SCRAPE_LABEL, replacement: 'rest' },
    ]);
    expect(core?.relabel_configs.at(-1)).toEqual({ target_label: 'job', replacement: name });
  },
);

it('a token goes nowhere but over TLS, to who is checked', () => {
  const secured = scrapes.filter(({ authorization }) => authorization !== undefined);
  expect(secured).toHaveLength(6);
  for (const one of secured) {
    expect(one).toMatchObject({ scheme: 'https', tls_config: { ca_file: DEFAULT_CONFIG.caFile } });
    expect(JSON.stringify(one)).not.toContain('skip_verify');
  }
});
