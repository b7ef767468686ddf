// The source of metrics against real ones: Prometheus 2.42 and 3. What was written comes back as it was, over more steps
// than one answer holds; what is missing stays missing; what a name or a value holds stays that; and a server that is
// away, slow, cut, or somebody else gives an error in time and never a part.
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { FetchedSeries, FetchLimits, PrometheusSource } from '#collect/prometheus/contract.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { podShares } from '#collect/prometheus/pod-shares.ts';
import { restrictToNamespace, selectorQuery } from '#collect/prometheus/promql.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import type { History } from '../parts/history.ts';
import { callJson } from '../parts/http-call.ts';
import type { MetricServer } from '../parts/metric-server.ts';
import { missingParts } from '../parts/missing.ts';
import { freePort } from '../parts/ports.ts';
import { type PrometheusPart, startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';

export interface PrometheusTests {
  /** Of these tests; it may be absent. */
  readonly folder: string;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

const LIMITS: FetchLimits = { maxSeries: 1000, timeoutMs: 20_000 };
const STEP_MS = 15_000;
const POINTS = 30_000;
const HOLE = { from: 20_000, to: 20_400 };
const LOOKBACK_POINTS = 300_000 / STEP_MS;
const START_MS = Math.floor((Date.now() - 10 * 86_400_000) / STEP_MS) * STEP_MS;
const NASTY = [
  'a"b',
  'back\\slash',
  'new\nline',
  '"}) or vector(1) #',
  "'`{}|.*",
  'cart.0',
  'cartx0',
  '$(x)',
  'é😀',
  ' ',
];

/** Runs every test with each Prometheus, and returns how many failed. */
export async function run({ folder, report }: PrometheusTests): Promise<number> {
  let failed = 0;
  const check = async (name: string, body: () => Promise<void>): Promise<void> => {
    try {
      await body();
      report(name);
    } catch (error) {
      failed++;
      report(name, error instanceof Error ? error : new Error(String(error)));
    }
  };
  for (const part of ['prometheus', 'prometheus-3'] as const) {
    await check(`${part}: it starts and is asked`, async () => {
      const missing = missingParts([part]);
      if (missing !== undefined) throw new Error(missing);
      await withPrometheus(part, folder, (world) => checkAll(part, world, check));
    });
  }
  await checkFaults(check);
  return failed;
}

type Check = (name: string, body: () => Promise<void>) => Promise<void>;

interface World {
  readonly server: MetricServer;
  readonly source: PrometheusSource;
  readonly exporter: Awaited<ReturnType<typeof startExporter>>;
}

async function withPrometheus(part: PrometheusPart, folder: string, body: (world: World) => Promise<void>) {
  const exporter = await startExporter();
  try {
    const config = `global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: pods\n    static_configs:\n      - targets: ['${exporter.address}']\n`;
    const server = await startPrometheus({ folder: join(folder, part), config, series: histories(), part });
    const source = sourceOf(server.url);
    try {
      await body({ server, source, exporter });
    } finally {
      await source.close();
      await server.stop();
    }
  } finally {
    await exporter.stop();
  }
}

function histories(): History[] {
  const values = Float64Array.from({ length: POINTS }, (_, index) =>
    index >= HOLE.from && index < HOLE.to ? Number.NaN : index / 7,
  );
  const long = { labels: { __name__: 'long', namespace: 'shop' }, startMs: START_MS, stepMs: STEP_MS, values };
  const short = { startMs: START_MS, stepMs: STEP_MS, values: [1, 2, 3] };
  const nasty = NASTY.map((pod) => ({ ...short, labels: { __name__: 'nasty', namespace: 'shop', pod } }));
  const spaces = ['shop', 'bank'].flatMap((namespace) =>
    ['orders_total', 'errors_total', 'sum'].map((__name__) => ({
      ...short,
      labels: { __name__, namespace, pod: 'p' },
    })),
  );
  return [long, ...nasty, ...spaces];
}

async function checkAll(part: PrometheusPart, world: World, check: Check): Promise<void> {
  await check(`${part}: 30,000 steps come back as they were written, with the hole in them`, () => checkLong(world));
  await check(`${part}: NaN and infinities are missing values`, () => checkNotFinite(world));
  await check(`${part}: a target that goes leaves a gap, and nothing is made up in it`, () => checkStale(world));
  await check(`${part}: it says what counts`, () => checkCounters(world));
  await check(`${part}: what a value holds stays a value`, () => checkValues(world));
  await check(`${part}: it tells its time`, () => checkTime(world));
  await check(`${part}: a query in shares gives each pod once, and no share is refused`, () => checkShares(world));
  await check(`${part}: a query kept within a namespace gives nothing of another`, () => checkNamespace(part, world));
  await check(`${part}: what it refuses is an error with its reason`, () => checkRefusals(world));
  await check(`${part}: hung, killed and started again, it is left in time and asked again`, () => checkKills(world));
}

async function checkLong({ source }: World): Promise<void> {
  const endMs = START_MS + (POINTS - 1) * STEP_MS;
  const range = { promql: 'long', startMs: START_MS, endMs, stepMs: STEP_MS };
  const [series, ...more] = await source.queryRange(range, LIMITS);
  if (series === undefined || more.length > 0) throw new Error(`${more.length + 1} series instead of one`);
  const seen = new Map(Array.from(series.timesMs, (timeMs, at) => [(timeMs - START_MS) / STEP_MS, series.values[at]]));
  for (let point = 0; point < POINTS; point++) {
    // Prometheus looks back five minutes; of the edge itself 2 and 3 think otherwise.
    const inHole = point >= HOLE.from && point < HOLE.to;
    const isFilled = inHole && point <= HOLE.from + LOOKBACK_POINTS;
    const value = seen.get(point);
    if (!inHole && value !== point / 7) throw new Error(`point ${point} is ${value} instead of ${point / 7}`);
    if (inHole && !isFilled && value !== undefined)
      throw new Error(`point ${point} in the hole has the value ${value}`);
  }
  if (seen.size !== series.timesMs.length) throw new Error('a time comes twice');
}

async function checkNotFinite({ source, exporter }: World): Promise<void> {
  await waitUntil('the exporter to be scraped', async () => (await recent(source, 'weird'))[0]?.values.length);
  const kinds = await recent(source, 'weird');
  expectSame(kinds.map(({ labels }) => labels.kind).sort(), ['high', 'low', 'nan']);
  if (!kinds.every(({ values }) => values.every(Number.isNaN))) throw new Error('one has a value');
  if (exporter.scrapes() === 0) throw new Error('it was never scraped');
}

async function checkStale({ source, exporter }: World): Promise<void> {
  await exporter.stop();
  const goneMs = Date.now();
  await waitUntil('the target to be seen as gone', async () => {
    const [up] = await recent(source, 'up{job="pods"}');
    return up?.values.at(-1) === 0;
  });
  // An instant query would still see the last sample for five minutes, if it had not been marked.
  const [before] = await recent(source, 'weird{kind="nan"}');
  const lastMs = before?.timesMs.at(-1) ?? Number.NaN;
  const [up] = await recent(source, 'up{job="pods"}');
  // By Prometheus' own account: a scrape that was under way, or is late, is still of the one that was there.
  const downMs = up?.timesMs.find((timeMs, index) => timeMs > goneMs - 5000 && up.values[index] === 0) ?? Number.NaN;
  if (!(lastMs < downMs)) throw new Error(`it has a sample ${lastMs - downMs} ms after it was gone`);
  await exporter.start();
  const [series] = await waitUntil('it to be there again', async () => {
    const found = await recent(source, 'weird{kind="nan"}');
    return (found[0]?.timesMs.at(-1) ?? 0) > goneMs + 1500 && found;
  });
  const times = [...(series?.timesMs ?? [])];
  if (!times.some((timeMs, at) => at > 0 && timeMs - (times[at - 1] ?? 0) > 1000)) throw new Error('there is no gap');
}

async function checkCounters({ source }: World): Promise<void> {
  const counters = await waitUntil('metadata', async () => {
    const names = await source.counters();
    return names.has('jobs_total') && names;
  });
  for (const name of ['latency_seconds_bucket', 'latency_seconds_sum', 'latency_seconds_count']) {
    if (counters.get(name) !== true) throw new Error(`${name} is no counter to it`);
  }
  for (const name of ['weird', 'latency_seconds'])
    if (counters.get(name) === true) throw new Error(`${name} is a counter to it`);
}

const AT_START = { startMs: START_MS, endMs: START_MS + 2 * STEP_MS, stepMs: STEP_MS };

async function checkValues({ source }: World): Promise<void> {
  const ask = async (anyOf: readonly string[]) => {
    const promql = selectorQuery({ metricName: 'nasty', matchers: [{ label: 'pod', anyOf }] });
    return (await source.queryRange({ promql, ...AT_START }, LIMITS)).map(({ labels }) => labels.pod).sort();
  };
  for (const pod of NASTY) {
    expectSame(await ask([pod]), [pod]);
    // Two of them are a pattern.
    expectSame(await ask([pod, 'nobody']), [pod]);
    expectSame(await ask([`${pod}x"} or vector(1) #`, 'nobody.*']), []);
  }
  expectSame(await ask(NASTY), [...NASTY].sort());
}

async function checkTime({ source }: World): Promise<void> {
  const apartMs = Math.abs((await source.nowMs(LIMITS)) - Date.now());
  // It runs on this machine.
  if (!(apartMs < 5000)) throw new Error(`it is ${apartMs} ms from ours`);
}

async function checkShares({ source }: World): Promise<void> {
  const ask = async (promql: string) =>
    (await source.queryRange({ promql, ...AT_START }, LIMITS)).map(({ labels }) => labels.pod ?? '');
  for (const shares of [2, 16]) {
    const found = await Promise.all(podShares('nasty', shares).map(ask));
    expectSame(found.flat().sort(), (await ask('nasty')).sort());
    if (found.some((pods) => pods.length === NASTY.length)) throw new Error('all are in one share');
  }
  for (const { promql } of OBSERVED.filter(({ splitBy }) => splitBy === 'pod')) {
    for (const query of podShares(promql, 4)) await ask(query);
  }
}

async function checkNamespace(part: PrometheusPart, { server, source }: World): Promise<void> {
  const queries = [
    'orders_total',
    '{__name__=~".+"}',
    'orders_total{namespace=~".*"}',
    'orders_total{namespace="bank"}',
    "orders_total{pod='p', namespace!='shop'} or errors_total",
    'sum by (namespace) (rate(orders_total[1m])) / on (namespace) group_left sum by (namespace) (errors_total)',
    'max_over_time(sum(orders_total)[1m:15s]) or sum + on (namespace) errors_total offset 1s',
    'orders_total # "\r or errors_total{namespace="bank"}',
    'orders_total{ # }\n}',
    'topk(5, {pod="p"}) unless absent(errors_total @ end()) or -(sum) ^ 2 > bool 1',
    'label_replace(orders_total, "namespace", "$1", "namespace", "(.*)")',
  ];
  for (const query of queries) {
    const promql = restrictToNamespace(query, 'shop');
    for (const { labels } of await source.queryRange({ promql, ...AT_START }, LIMITS)) {
      if ((labels.namespace ?? 'shop') !== 'shop') throw new Error(`${promql} gave ${JSON.stringify(labels)}`);
    }
    if (part === 'prometheus-3') await checkTree(server, promql);
  }
}

/** Prometheus' own parser is asked what it reads. */
async function checkTree(server: MetricServer, promql: string): Promise<void> {
  const { data } = await callJson<{ data: unknown }>(
    `${server.url}/api/v1/parse_query?${new URLSearchParams({ query: promql })}`,
  );
  let selectors = 0;
  JSON.stringify(data, (_, value: unknown) => {
    const node = value as { matchers?: { name: string; type: string; value: string }[] } | null;
    if (node?.matchers !== undefined) {
      selectors++;
      const own = node.matchers.filter(({ name }) => name === 'namespace');
      if (own.length !== 1 || own[0]?.type !== '=' || own[0].value !== 'shop') {
        throw new Error(`${promql} reads ${JSON.stringify(node.matchers)}`);
      }
    }
    return value;
  });
  if (selectors === 0) throw new Error(`${promql} has no selectors: the check sees nothing`);
}

async function checkRefusals({ source }: World): Promise<void> {
  const ask = (promql: string, limits = LIMITS) => source.queryRange({ promql, ...AT_START }, limits);
  await expectError(ask('sum('), 'bad-input', /parse error/);
  await expectError(ask('up[5m]'), 'bad-input', /invalid expression type "range vector"/);
  await expectError(ask('nasty', { ...LIMITS, maxSeries: NASTY.length - 1 }), 'too-much', /more than 9 series/);
  expectSame([(await ask('nasty', { ...LIMITS, maxSeries: NASTY.length })).length], [NASTY.length]);
}

/** A signal takes a moment to reach every thread; one that still runs would answer. */
async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const states = threads.map(async (id) => (await readFile(`/proc/${pid}/task/${id}/stat`, 'utf8')).split(') ')[1]);
  return (await Promise.all(states)).every((state) => state?.startsWith('T') === true);
}

async function checkKills({ server, source }: World): Promise<void> {
  const ask = (timeoutMs: number) => source.queryRange({ promql: 'long', ...AT_START }, { ...LIMITS, timeoutMs });
  server.process.pause();
  await waitUntil('all its threads to be stopped', () => isStopped(server.process.pid ?? 0));
  const beganMs = performance.now();
  try {
    await expectError(ask(1000), 'unavailable', /did not answer within 1000 ms/);
  } finally {
    server.process.resume();
  }
  const tookMs = performance.now() - beganMs;
  if (tookMs > 5000) throw new Error(`it took ${tookMs} ms to give up`);
  expectSame([...((await ask(20_000))[0]?.values ?? [])], [0, 1 / 7, 2 / 7]);
  await server.process.kill();
  await expectError(ask(20_000), 'unavailable', /ECONNREFUSED|UND_ERR_SOCKET/);
  await server.process.restart();
  expectSame([...((await ask(20_000))[0]?.values ?? [])], [0, 1 / 7, 2 / 7]);
}

const WHOLE = `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[${START_MS / 1000},"1"]]}]}}`;

async function checkFaults(check: Check): Promise<void> {
  let answer: (response: ServerResponse, asked: number) => void = () => undefined;
  let asked = 0;
  const server = createServer((_, response) => answer(response, ++asked)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const source = sourceOf(`http://127.0.0.1:${port}`);
  const fault = (
    name: string,
    faulty: typeof answer,
    body: (ask: Promise<unknown>) => Promise<void>,
    timeoutMs = 20_000,
  ) =>
    check(`a faulty server: ${name}`, async () => {
      asked = 0;
      answer = faulty;
      await body(source.queryRange({ promql: 'a', ...AT_START }, { ...LIMITS, timeoutMs }));
    });
  const half = (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': WHOLE.length }).write(WHOLE.slice(0, 100), () => response.destroy());
  };
  try {
    await fault('a body that breaks off is nothing', half, (ask) =>
      expectError(ask, 'unavailable', /UND_ERR|ECONNRESET/),
    );
    // The connection is well, only the JSON ends.
    await fault(
      'half a body is nothing',
      (response) => void response.end(WHOLE.slice(0, 100)),
      (ask) => expectError(ask, 'unavailable', /broke off after 100 bytes/),
    );
    await fault(
      'half a body, then a whole one',
      (response, asked) => void (asked === 1 ? half(response) : response.end(WHOLE)),
      async (ask) => expectSame([((await ask) as FetchedSeries[]).length], [1]),
    );
    await fault(
      'a page',
      (response) => void response.end('<!DOCTYPE html>'),
      (ask) => expectError(ask, 'bad-input', /HTML/),
    );
    await fault(
      '503, then well',
      (response, asked) => void (asked < 3 ? response.writeHead(503).end() : response.end(WHOLE)),
      async (ask) => expectSame([((await ask) as FetchedSeries[]).length], [1]),
    );
    await fault(
      'a hang within the body',
      (response) => void response.writeHead(200).write(WHOLE.slice(0, 100)),
      (ask) => expectError(ask, 'unavailable', /within 500 ms/),
      500,
    );
  } finally {
    await source.close();
    server.closeAllConnections();
    server.close();
  }
}

function sourceOf(url: string): PrometheusSource {
  const transport = createHttpTransport({ url });
  return createPrometheusSource(transport, { clock: systemClock, random: Math.random, log: createLog('silent') });
}

/** The last two minutes, by the second. */
function recent(source: PrometheusSource, promql: string): Promise<readonly FetchedSeries[]> {
  const endMs = Math.floor(Date.now() / 1000) * 1000;
  return source.queryRange({ promql, startMs: endMs - 120_000, endMs, stepMs: 1000 }, LIMITS);
}

/** One target that can go and come back at the same address. */
async function startExporter() {
  const port = await freePort();
  let scrapes = 0;
  const text = `# TYPE jobs_total counter
jobs_total 5
# TYPE weird gauge
weird{kind="nan"} NaN
weird{kind="high"} +Inf
weird{kind="low"} -Inf
# TYPE latency_seconds histogram
latency_seconds_bucket{le="+Inf"} 1
latency_seconds_sum 1
latency_seconds_count 1
`;
  const server = createServer((_, response) => {
    scrapes++;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
  });
  const start = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await start();
  return { address: `127.0.0.1:${port}`, scrapes: () => scrapes, start, stop };
}

async function expectError(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError && error.code === code && message.test(error.message)) return;
  throw new Error(`instead of ${code} (${message}) it was ${error instanceof Error ? error.stack : 'a success'}`);
}

function expectSame(found: readonly unknown[], expected: readonly unknown[]): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`it was ${one} instead of ${other}`);
}
