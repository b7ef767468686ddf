// Back-tests over what a real Prometheus remembers: the same findings as from a tape of the same samples, the pods that detectors
// select whether they are gone or not, counters rated, queries kept within their namespace, and a clear word when it is away.
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type History as Opened, openHistory } from '#app/backtest/open-history.ts';
import { play } from '#app/backtest/play.ts';
import { createFrameMaker } from '#collect/prometheus/to-frames.ts';
import type { Finding } from '#model/finding.ts';
import { createTapeWriter } from '#tape/writer.ts';
import { type Check, createCheck } from '../e2e/check.ts';
import { type Outcome, tidewatch } from '../fixtures/command.ts';
import { dailyValues } from '../fixtures/daily-values.ts';
import { startLocalServer } from '../fixtures/local-server.ts';
import type { History } from '../parts/history.ts';
import { type PrometheusPart, startPrometheus } from '../parts/prometheus.ts';

export interface BacktestSuite {
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const STEP_MS = 60_000;
const DAYS = 2;
const POINTS = DAYS * 1440;
const END_MS = Math.floor(Date.now() / STEP_MS - 10) * STEP_MS;
const START_MS = END_MS - (POINTS - 1) * STEP_MS;
/** Per second. */
const RATE = 7;
const SILENT = { line: () => undefined, update: () => undefined };

interface World {
  readonly url: string;
  readonly folder: string;
  readonly check: Check;
}

export async function run({ folder, report }: BacktestSuite): Promise<void> {
  const each = createCheck(report);
  for (const part of ['prometheus', 'prometheus-3'] satisfies PrometheusPart[]) {
    const own = join(folder, part);
    const prometheus = await startPrometheus({ folder: own, part, series: [...bank(), ...shop(), ...mesh()] });
    try {
      const check: Check = (name, body) => each(`${part}: ${name}`, body);
      const world = { url: prometheus.url, folder: own, check };
      await checkSameAsTape(world);
      await checkPods(world);
      await checkDenominators(world);
      await checkCommand(world);
    } finally {
      await prometheus.stop();
    }
  }
  await checkAway({ url: '', folder, check: each });
}

const of = (labels: Record<string, string>, values: ArrayLike<number>): History => ({
  ...{ labels, startMs: START_MS, stepMs: STEP_MS, values },
});

/** Series that carry what a detector selects by, each point there. */
function bank(): History[] {
  const pod = (name: string, values: Float64Array) =>
    of({ __name__: 'latency_seconds', namespace: 'bank', pod: name, app: 'pay', route: '/"x' }, values);
  return [
    pod('pay-1', dailyValues(POINTS, { level: 0.2, seed: 1, risen: [2000, 2019] })),
    pod('pay-2', dailyValues(POINTS, { level: 0.1, seed: 2, risen: [2400, 2403] })),
  ];
}

/** Series that do not, of pods that kube-state-metrics has told of; cart-2 is gone since a day. */
function shop(): History[] {
  const gone = (values: Float64Array) => values.map((value, at) => (at > POINTS / 2 ? Number.NaN : value));
  const pods = [
    ['cart-1', 'cart', (values: Float64Array) => values],
    ['cart-2', 'cart', gone],
    ['web-1', 'web', (values: Float64Array) => values],
  ] as const;
  const counted = Float64Array.from({ length: POINTS }, (_, at) => (at * RATE * STEP_MS) / 1000);
  return pods.flatMap(([pod, app, there], index) => [
    of(
      { __name__: 'latency_seconds', namespace: 'shop', pod },
      there(dailyValues(POINTS, { level: 0.3, seed: 10 + index })),
    ),
    of({ __name__: 'requests_total', namespace: 'shop', pod }, there(counted)),
    of(
      { __name__: 'kube_pod_labels', namespace: 'shop', pod, label_app: app },
      there(new Float64Array(POINTS).fill(1)),
    ),
  ]);
}

/** Two pods as slow as each other; one of them has hardly a request. */
function mesh(): History[] {
  const perSecond = { busy: 20, idle: 0.1 };
  return Object.entries(perSecond).flatMap(([pod, rate]) => [
    of(
      { __name__: 'latency_seconds', namespace: 'mesh', pod, app: 'cart' },
      dailyValues(POINTS, { level: 0.2, seed: 30, risen: [2000, 2019] }),
    ),
    of(
      { __name__: 'http_requests_total', namespace: 'mesh', pod, app: 'cart' },
      Float64Array.from({ length: POINTS }, (_, at) => (at * rate * STEP_MS) / 1000),
    ),
  ]);
}

function detector(name: string, namespace: string, spec: string): string {
  return `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  schedule: { step: 60s }
  targets: { matchLabels: { app: ${namespace === 'bank' ? 'pay' : 'cart'} } }
${spec}
`;
}

const LATENCY = '  metrics: [{ name: latency_seconds }]\n  method: { name: median-mad }';

async function save(folder: string, ...documents: readonly string[]): Promise<string> {
  const path = join(folder, 'detectors.yaml');
  await writeFile(path, documents.join('---\n'));
  return path;
}

/** Asked from its first point to its last. */
function ask(url: string, detectors: string, more: object = {}): Promise<Opened> {
  const [from, to] = [START_MS, END_MS].map((timeMs) => new Date(timeMs).toISOString());
  return openHistory(url, { detectors, ...(from && { from }), ...(to && { to }), ...more }, SILENT);
}

async function findingsOf({ reader, plans }: Opened): Promise<readonly Finding[]> {
  const { findings } = await play({ reader, plans, workers: 0 });
  await reader.close();
  return findings;
}

async function checkSameAsTape({ url, folder, check }: World): Promise<void> {
  await check('what it remembers gives the very findings of a tape of the same samples', async () => {
    const detectors = await save(folder, detector('latency', 'bank', LATENCY));
    const tape = join(folder, 'bank.tape');
    const header = { name: 'bank', source: 'a test', licence: 'none', fromMs: START_MS, toMs: END_MS + 2 * STEP_MS };
    const writer = await createTapeWriter(tape, { ...header, segments: [], answerKey: [] }, { level: 3 });
    const series = bank().map(({ labels, values }) => ({
      labels,
      timesMs: Float64Array.from({ length: POINTS }, (_, at) => START_MS + at * STEP_MS),
      values: Float64Array.from(values),
    }));
    const signals = createFrameMaker({ stepMs: STEP_MS }).take(series, (timeMs) => timeMs + STEP_MS);
    for (const signal of signals) await writer.write(signal);
    await writer.finish();
    const taped = await findingsOf(await openHistory(tape, { detectors }, SILENT));
    const asked = await findingsOf(await ask(url, detectors));
    expect(taped.length > 1, `${taped.length} findings`);
    expect(isDeepStrictEqual(asked, taped), `${JSON.stringify(asked)}\nfrom the tape: ${JSON.stringify(taped)}`);
  });
}

async function checkPods({ url, folder, check }: World): Promise<void> {
  const namesOf = ({ reader }: Opened) =>
    reader.info.series
      .map(({ labels }) => labels.pod ?? '')
      .sort()
      .join();
  await check('pods are those that kube-state-metrics has told of, also those that are gone', async () => {
    const history = await ask(url, await save(folder, detector('cart', 'shop', LATENCY)));
    expect(namesOf(history) === 'cart-1,cart-2', namesOf(history));
  });
  await check('a counter is rated, and more steps than one answer holds are asked for in pieces', async () => {
    const file = await save(folder, detector('requests', 'shop', '  metrics: [{ name: requests_total }]'));
    const history = await ask(url, file, { step: 5000 });
    const values: number[] = [];
    for await (const signal of history.reader.signals()) if (signal.kind === 'frame') values.push(...signal.values);
    // A rate needs two samples, and the pod that is gone has half of the time.
    expect(values.length > 50_000, `${values.length} values`);
    // Where a series begins and ends, a window holds less of it.
    const less = values.filter((value) => Math.abs(value - RATE) > 1e-6);
    expect(less.every((value) => value < RATE) && less.length < 50, `${less.length}: ${less.slice(0, 5)}`);
  });
  await check('a query is kept within the namespace of its detector, and gives what is of its pods', async () => {
    const query = `  metrics: [{ name: slow, query: 'max by (pod) (latency_seconds{namespace="bank"})' }]`;
    const history = await ask(url, await save(folder, detector('slow', 'shop', query)));
    expect(namesOf(history) === 'cart-1,cart-2', namesOf(history));
  });
  await check('two detectors of one metric each look at their own series', async () => {
    const file = await save(folder, detector('pay', 'bank', LATENCY), detector('cart', 'shop', LATENCY));
    const { reader, plans } = await ask(url, file);
    const { tracks } = await play({ reader, plans, workers: 0 });
    const seen = [...tracks.values()].map((track) => `${track.detector}:${track.labels.pod}`).sort();
    expect(seen.join() === 'cart:cart-1,cart:cart-2,pay:pay-1,pay:pay-2', seen.join());
  });
}

async function checkDenominators({ url, folder, check }: World): Promise<void> {
  const guard = (rest: string) => `${LATENCY}\n  guards: { denominator: { min: 5, ${rest} } }`;
  const podsOf = async (spec: string) => {
    const findings = await findingsOf(await ask(url, await save(folder, detector('slow', 'mesh', spec))));
    return [...new Set(findings.map(({ entity }) => entity.name))].sort().join();
  };
  await check('of two slow pods the one with enough requests is found, be they a counter or a query', async () => {
    const all = await podsOf(LATENCY);
    expect(all === 'busy,idle', `without the guard: ${all}`);
    const counter = await podsOf(guard('metricName: http_requests_total'));
    expect(counter === 'busy', `a counter: ${counter}`);
    const query = await podsOf(
      guard(`metricName: requests, query: 'sum by (pod) (rate(http_requests_total{namespace="bank"}[5m]))'`),
    );
    expect(query === 'busy', `a query: ${query}`);
    const together = await podsOf(guard(`metricName: requests, query: 'sum(rate(http_requests_total[5m]))'`));
    expect(together === 'busy,idle', `of all pods together: ${together}`);
  });
  await check('a gate fails where the denominator is not there, however quiet it was', async () => {
    const file = await save(folder, detector('slow', 'mesh', guard('metricName: nobody_counts')));
    const args = ['-f', file, '--days', '2', '--max-findings-per-day', '1000'];
    const { code, stdout, stderr } = await tidewatch(['backtest', url, ...args]);
    const says = /slow: its denominator nobody_counts is never there/;
    expect(code === 1 && says.test(stdout) && says.test(stderr), `${code}: ${stdout}${stderr}`);
  });
}

async function checkCommand({ url, folder, check }: World): Promise<void> {
  await check('the command asks for days, injects, and says what it asked', async () => {
    const file = await save(
      folder,
      detector('latency', 'bank', LATENCY),
      detector('absent', 'bank', LATENCY.replace('latency', 'latenzy')),
    );
    const args = ['-f', file, '--days', '2', '--inject', 'shift', '--json'];
    const { code, stdout, stderr } = await tidewatch(['backtest', url, ...args]);
    expect(code === 0, `${code}: ${stderr}`);
    const report = JSON.parse(stdout);
    expect(report.total.series === 2 && report.total.findings > 1, stdout.slice(0, 500));
    expect(report.injection.total.caught > 0, JSON.stringify(report.injection.total));
    expect(/Asked http:\S+ for \S+ \S+ to .* every 60 s: 2 series, 5,\d{3} samples/.test(stderr), stderr);
    expect(
      /No series matches absent: no metric is called "latenzy_seconds"; did you mean "latency_seconds"\?/.test(stderr),
      stderr,
    );
    expect(!stderr.includes('tape info'), stderr);
  });
  await check('a time in which there was nothing is said to be empty', async () => {
    const file = await save(folder, detector('latency', 'bank', LATENCY));
    const { code, stderr } = await tidewatch([
      'backtest',
      url,
      '-f',
      file,
      '--from',
      '2001-01-01',
      '--to',
      '2001-01-02',
    ]);
    expect(code === 65 && /no series of http.*matches a detector.*--days/.test(stderr), `${code}: ${stderr}`);
  });
}

/** What a server at some address makes of a back-test. */
async function against(answer: RequestListener, args: readonly string[] = []): Promise<Outcome> {
  const { url, stop } = await startLocalServer(answer);
  try {
    return await tidewatch(['backtest', url, ...args]);
  } finally {
    await stop();
  }
}

async function checkAway({ folder, check }: World): Promise<void> {
  await check('a Prometheus that answers 503 is said to be away, and nothing is reported', async () => {
    const { code, stdout, stderr } = await against((_, reply) => void reply.writeHead(503).end('busy'));
    expect(code === 69 && stdout === '' && /503/.test(stderr), `${code}: ${stdout}${stderr}`);
  });
  await check('one that fails half way gives no half of a report', async () => {
    const { code, stdout, stderr } = await against((asked, reply) => {
      if (asked.url?.includes('query_range') === true) reply.writeHead(503).end();
      else reply.end('{"status":"success","data":{"resultType":"scalar","result":[1700000000,"1700000000"]}}');
    });
    expect(code === 69 && stdout === '', `${code}: ${stdout}${stderr}`);
  });
  await check('something else than a Prometheus is told from one', async () => {
    const { code, stderr } = await against((_, reply) => void reply.end('<html>hello</html>'));
    expect(code === 65, `${code}: ${stderr}`);
  });
  await check('a token is shown to it, and a wrong one is refused', async () => {
    const token = join(folder, 'token');
    await writeFile(token, 'wrong\n');
    const shown: (string | undefined)[] = [];
    const { code, stderr } = await against(
      ({ headers }, reply) => {
        shown.push(headers.authorization);
        reply.writeHead(403).end();
      },
      ['--prometheus-token-file', token],
    );
    expect(code === 77 && shown[0] === 'Bearer wrong', `${code}: ${shown}: ${stderr}`);
  });
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
