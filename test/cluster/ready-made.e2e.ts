// The generated configuration of Prometheus with real ones, 2 and 3, and with real parts behind it: core metrics come four
// times as often as the others, nothing comes twice, and everything that is observed or can be declared has series. Only the
// discovery is replaced, by targets that carry what Kubernetes would have told; the intervals are a fifth of the real ones.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { recordingRules, ruleGroups } from '#app/ready-made/recording-rules.ts';
import { DEFAULT_CONFIG, type PrometheusConfigOptions, prometheusConfig } from '#app/scraping/prometheus-config.ts';
import { restrictToNamespace } from '#collect/prometheus/promql.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { type Check, createCheck } from '../e2e/check.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { callHttp, callJson } from '../parts/http-call.ts';
import type { MetricServer } from '../parts/metric-server.ts';
import { binaryOf } from '../parts/missing.ts';
import { type PrometheusPart, startPrometheus } from '../parts/prometheus.ts';
import { runCommand } from '../parts/run-command.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { NODE, SHOP, startTargets, type Targets } from './ready-made/targets.ts';
import { podsOf } from './shop.ts';

export interface ReadyMadeSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

/** 15 s and a minute, by one factor. */
const FACTOR = 5;
const CORE_S = DEFAULT_CONFIG.coreSeconds / FACTOR;
const REST_S = DEFAULT_CONFIG.restSeconds / FACTOR;
const CLAIM = { namespace: SHOP, name: 'data' };
const DEPLOYED = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));
const PARTS = ['prometheus', 'prometheus-3'] as const;

/** Of each job a core metric and another that the same scrape has. */
const PAIRS: Readonly<Record<string, readonly [core: string, rest: string]>> = {
  apiserver: ['apiserver_request_total', 'apiserver_current_inflight_requests'],
  kubelet: ['kubelet_runtime_operations_total', 'kubelet_running_pods'],
  cadvisor: ['container_memory_working_set_bytes', 'container_memory_rss'],
  'kube-state-metrics': ['kube_pod_status_phase', 'kube_pod_info'],
  'node-exporter': ['node_cpu_seconds_total', 'node_load1'],
  etcd: ['etcd_server_has_leader', 'etcd_server_is_leader'],
  pods: ['http_request_duration_seconds_bucket', 'http_request_duration_seconds_count'],
};

export async function run({ plane, folder, report }: ReadyMadeSuite): Promise<void> {
  const check = createCheck(report);
  const pods = await openWorkload(plane);
  const targets = await startTargets({ plane, folder: join(folder, 'targets'), pods, claim: CLAIM });
  try {
    await checkFiles(check, targets, folder);
    for (const part of PARTS) await checkPrometheus(part, { check, plane, targets, folder: join(folder, part) });
  } finally {
    await targets.stop();
  }
}

/** Two pods with a limit, which run, and one that waits for its volume. */
async function openWorkload(plane: ControlPlane): Promise<readonly string[]> {
  const container = { name: 'main', image: 'none', resources: { limits: { memory: '64Mi', cpu: '1' } } };
  const labels = { app: 'cart' };
  const spec = { replicas: 2, selector: { matchLabels: labels } };
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: CLAIM.name } }];
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP } },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart', namespace: SHOP } },
      spec: { ...spec, template: { metadata: { labels }, spec: { containers: [container] } } },
    },
  ];
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const pods = await podsOf(plane, 'cart', 2);
  const waiting = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'database-0', namespace: SHOP } },
    spec: { volumes, containers: [{ name: 'main', image: 'none', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] },
  };
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify(waiting));
  return pods;
}

async function checkFiles(check: Check, { tokenFile, caFile }: Targets, folder: string): Promise<void> {
  for (const part of PARTS) {
    const promtool = (args: readonly string[]) => runCommand(binaryOf(part, 'promtool'), args);
    await check(`${part}: promtool takes the rules, and their worked examples come out`, async () => {
      await promtool(['check', 'rules', join(DEPLOYED, 'rules.yaml')]);
      await promtool(['test', 'rules', join(DEPLOYED, 'rules.test.yaml')]);
    });
  }
  await check('promtool takes the configuration, as it is and with the files that it names', async () => {
    // Debian's is built without discovery by Kubernetes.
    const promtool = (args: readonly string[]) => runCommand(binaryOf('prometheus-3', 'promtool'), args);
    await promtool(['check', 'config', '--syntax-only', join(DEPLOYED, 'prometheus.yaml')]);
    const file = join(folder, 'discovering.yaml');
    await writeFile(file, prometheusConfig({ ...DEFAULT_CONFIG, ruleFiles: [], tokenFile, caFile }));
    await promtool(['check', 'config', file]);
  });
}

interface World {
  readonly check: Check;
  readonly plane: ControlPlane;
  readonly targets: Targets;
  readonly folder: string;
}

async function checkPrometheus(part: PrometheusPart, { check, plane, targets, folder }: World): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'rules.yaml'), stringify(ruleGroups(2 * CORE_S)));
  const { etcdPort, tokenFile, caFile } = targets;
  const options: PrometheusConfigOptions = {
    ...{ coreSeconds: CORE_S, restSeconds: REST_S, ruleFiles: ['rules.yaml'], etcdPort, tokenFile, caFile },
    discover: ({ name }) => ({ static_configs: targets.of[name] ?? [] }),
  };
  const server = await startPrometheus({ folder, part, config: prometheusConfig(options) });
  const asking = new AbortController();
  const asked = keepAsking(plane, targets, asking.signal);
  try {
    await check(`${part}: each target is found twice, and no other`, () => checkTargets(server));
    await check(`${part}: a core metric has four samples where another has one`, () => checkIntervals(server));
    await check(`${part}: no series comes twice, and none is missing`, () => checkSeries(server, targets));
    await check(`${part}: what is observed has series`, () => checkObserved(server));
    await check(`${part}: what can be declared has series of pods`, () => checkDeclared(server));
    await check(`${part}: what is recorded is there`, () => checkRecorded(server));
  } finally {
    asking.abort();
    await asked;
    await server.stop();
  }
}

/** What is seldom asked has no latency that would mean anything. */
async function keepAsking(plane: ControlPlane, { exposed }: Targets, signal: AbortSignal): Promise<void> {
  const put = JSON.stringify({ key: 'YQ==', value: 'YQ==' });
  while (!signal.aborted) {
    const gets = Array.from({ length: 10 }, () => plane.request('/api/v1/namespaces/default'));
    // One that fails is one less.
    await Promise.allSettled([callHttp(`http://${exposed.etcd}/v3/kv/put`, { method: 'POST', body: put }), ...gets]);
    await pause(100);
  }
}

interface TargetsReply {
  readonly data: {
    readonly activeTargets: readonly {
      readonly scrapePool: string;
      readonly health: string;
      readonly lastError: string;
    }[];
  };
}

async function checkTargets(server: MetricServer): Promise<void> {
  const wanted = Object.keys(PAIRS).flatMap((job) => [`${job}-core`, `${job}-rest`]);
  await waitUntil('all targets to be up', async () => {
    const { data } = await callJson<TargetsReply>(`${server.url}/api/v1/targets?state=active`);
    const pools = data.activeTargets.map(({ scrapePool }) => scrapePool).sort();
    if (pools.join() !== wanted.sort().join()) throw new Error(pools.join());
    const bad = data.activeTargets.find(({ health }) => health !== 'up');
    if (bad !== undefined) throw new Error(`${bad.scrapePool}: ${bad.health} ${bad.lastError}`);
    return true;
  });
}

/** Times at which the metric's first series was scraped, of as many seconds. */
async function timesOf(server: MetricServer, metric: string, seconds: number): Promise<readonly number[]> {
  const [series] = await server.query(`${metric}[${seconds}s]`);
  return series?.timesMs ?? [];
}

async function checkIntervals(server: MetricServer): Promise<void> {
  const seconds = 4 * REST_S;
  for (const [job, [core, rest]] of Object.entries(PAIRS)) {
    // A busy machine has a scrape late now and then; what is set up wrongly is never regular.
    await waitUntil(
      `three rounds of ${job}`,
      async () => {
        const [often, seldom] = [await timesOf(server, core, seconds), await timesOf(server, rest, seconds)];
        expectEvery(job, core, often, CORE_S);
        expectEvery(job, rest, seldom, REST_S);
        return true;
      },
      { timeoutMs: 180_000, everyMs: 1000 },
    );
  }
}

function expectEvery(job: string, metric: string, timesMs: readonly number[], seconds: number): void {
  const apart = timesMs.slice(1).map((timeMs, index) => (timeMs - (timesMs[index] ?? 0)) / 1000);
  if (apart.length < 2) throw new Error(`${job}: ${metric} has ${timesMs.length} samples`);
  const wrong = apart.filter((one) => Math.abs(one - seconds) > 0.2);
  if (wrong.length > 0) throw new Error(`${job}: samples of ${metric} are ${apart.join(', ')} s apart, not ${seconds}`);
}

/** What Prometheus itself says of a scrape. */
const OF_SCRAPES = /^(up|scrape_.+)$/;

async function checkSeries(server: MetricServer, { exposed }: Targets): Promise<void> {
  const all = await server.query('{job=~".+",__name__!~"tidewatch:.+"}');
  const told = all.filter(({ labels }) => labels.tidewatch_scrape !== undefined);
  const wrong = told.find(({ labels }) => !OF_SCRAPES.test(labels.__name__ ?? ''));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong.labels)} can be told from the others`);
  const ups = all.filter(({ labels }) => labels.__name__ === 'up');
  if (ups.length !== 2 * Object.keys(PAIRS).length) throw new Error(`${ups.length} series of up`);
  for (const [job, address] of Object.entries(exposed)) {
    const own = all.filter(({ labels }) => labels.job === job && !OF_SCRAPES.test(labels.__name__ ?? ''));
    const { text } = await callHttp(`http://${address}/metrics`);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const [names, wanted] = [countsOf(own.map(({ labels }) => labels.__name__ ?? '')), countsOf(lines.map(nameOfLine))];
    if (names !== wanted) throw new Error(`${job}: ${firstDifference(names, wanted)}`);
  }
}

const nameOfLine = (line: string) => /^[^{ ]+/.exec(line)?.[0] ?? '';

/** Series of each name, without those that a process counts of its own work as it goes. */
function countsOf(names: readonly string[]): string {
  const still = names.filter(
    (name) => !/^(go_|promhttp_|process_|grpc_|etcd_(debugging|network|grpc)|scrape_)/.test(name),
  );
  return [...Map.groupBy(still, (name) => name)]
    .map(([name, found]) => `${name} ${found.length}`)
    .sort()
    .join('\n');
}

function firstDifference(got: string, wanted: string): string {
  const [has, want] = [got.split('\n'), wanted.split('\n')];
  const lacks = want.filter((line) => !has.includes(line));
  const more = has.filter((line) => !want.includes(line));
  return `${more.slice(0, 3).join(', ')} instead of ${lacks.slice(0, 3).join(', ')}`;
}

async function checkObserved(server: MetricServer): Promise<void> {
  await waitUntil(
    'series of each',
    async () => {
      const found = await Promise.all(
        OBSERVED.map(async (one) => ({ ...one, series: await server.query(one.promql) })),
      );
      const none = found.filter(({ series }) => !series.some(({ values }) => values.some(Number.isFinite)));
      if (none.length > 0) throw new Error(`nothing of ${none.map(({ metricName }) => metricName).join(', ')}`);
      for (const { of, metricName, series } of found) {
        const node = series[0]?.labels.node ?? '';
        // kube-state-metrics tells of the simulated nodes, all others of the one that carries them.
        if (of === 'node' && node !== NODE && !/^node_(not_ready|pressure)$/.test(metricName))
          throw new Error(`${metricName} is of ${node}`);
        if (of === 'pod' && series.some(({ labels }) => labels.pod === undefined))
          throw new Error(`${metricName} has series of no pod`);
      }
      return true;
    },
    { timeoutMs: 120_000, everyMs: 1000 },
  );
}

async function checkDeclared(server: MetricServer): Promise<void> {
  // A rate or a ratio may have nothing beneath it at one moment.
  await waitUntil('series of pods alone', () => declaredOnce(server).then(() => true), {
    timeoutMs: 120_000,
    everyMs: 1000,
  });
}

async function declaredOnce(server: MetricServer): Promise<void> {
  const namespaces = [SHOP, 'monitoring', 'kube-system'];
  for (const { metricName, declared } of OBSERVED) {
    if (declared === undefined) continue;
    const queries = namespaces.map((namespace) => restrictToNamespace(declared.promql, namespace));
    const series = (await Promise.all(queries.map((query) => server.query(query)))).flat();
    const own = series.filter(
      ({ labels, values }) =>
        labels.pod !== undefined && namespaces.includes(labels.namespace ?? '') && values.every(Number.isFinite),
    );
    if (own.length === 0 || own.length !== series.length) {
      throw new Error(`${metricName}: ${own.length} of ${series.length} series are of pods`);
    }
  }
}

async function checkRecorded(server: MetricServer): Promise<void> {
  await waitUntil(
    'the rules',
    async () => {
      const found = await Promise.all(
        recordingRules().map(async ({ record, expr }) => {
          const [kept, asked] = await Promise.all([server.query(record), server.query(expr)]);
          return { record, kept: kept.length, asked: asked.length };
        }),
      );
      const wrong = found.filter(({ kept, asked }) => kept === 0 || kept !== asked);
      if (wrong.length > 0) throw new Error(JSON.stringify(wrong));
      return true;
    },
    { everyMs: 1000 },
  );
}
