// What `validate --prometheus` says of a detector, against a real Prometheus and a real API server: the series that a check would
// read, by the operator's own code; bounds and their exit codes; and a Prometheus that is away, silent, somebody else or closed.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { prometheusWindows } from '#app/live/prometheus-windows.ts';
import { createHttpTransport } from '#collect/prometheus/http-transport.ts';
import { createPrometheusSource } from '#collect/prometheus/source.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { type Check, createCheck } from '../e2e/check.ts';
import { type Outcome, tidewatch } from '../fixtures/command.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import type { History } from '../parts/history.ts';
import { freePort } from '../parts/ports.ts';
import { startPrometheus } from '../parts/prometheus.ts';

export interface CostsSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const STEP_MS = 30_000;
const POINTS = 40;
const METRIC = 'latency_seconds';
const ROUTES = 4;
const PODS = ['cart-1', 'cart-2', 'cart-3', 'pay-1'];
const CART_SERIES = 3 * ROUTES;

interface World {
  readonly url: string;
  readonly check: Check;
  /** Judges a detector of `shop` with this spec; with `namespaces` in it, one that looks across them. */
  validate(spec: string, options?: readonly string[], url?: string): Promise<Outcome>;
}

export async function run({ plane, folder, report }: CostsSuite): Promise<void> {
  const prometheus = await startPrometheus({ folder: join(folder, 'prometheus'), series: histories(Date.now()) });
  const { url } = prometheus;
  const file = join(folder, 'detector.yaml');
  const validate: World['validate'] = async (spec, options = [], at = url) => {
    const isAcross = spec.includes('namespaces:');
    const kind = isAcross ? 'ClusterAnomalyDetector' : 'AnomalyDetector';
    const metadata = isAcross ? '{ name: d }' : '{ name: d, namespace: shop }';
    await writeFile(
      file,
      `apiVersion: monitoring.my.company/v2\nkind: ${kind}\nmetadata: ${metadata}\nspec:\n${spec}\n`,
    );
    return tidewatch(['validate', '-f', file, '--prometheus', at, ...options]);
  };
  const world: World = { url, check: createCheck(report), validate };
  try {
    await checkCounts(world);
    await checkCluster(world, plane);
    await checkBounds(world);
    await checkAway(world);
  } finally {
    await prometheus.stop();
  }
}

/** Of each pod four series, in two namespaces; kube-state-metrics has told of the label app and of no other. */
function histories(endMs: number): History[] {
  const startMs = Math.floor(endMs / STEP_MS - POINTS) * STEP_MS;
  const values = Array.from({ length: POINTS }, (_, index) => index);
  const of = (labels: Record<string, string>): History => ({ labels, startMs, stepMs: STEP_MS, values });
  return ['shop', 'bank'].flatMap((namespace) =>
    PODS.flatMap((pod) => [
      ...Array.from({ length: ROUTES }, (_, route) => of({ __name__: METRIC, namespace, pod, route: `/${route}` })),
      of({ __name__: 'kube_pod_labels', namespace, pod, label_app: pod.split('-')[0] ?? '' }),
    ]),
  );
}

const CART = '  targets: { matchLabels: { app: cart } }';
const OF_CART = `${CART}\n  metrics: [{ name: ${METRIC} }]`;

async function checkCounts({ url, check, validate }: World): Promise<void> {
  await check('it counts what a check would read', async () => {
    const { code, stdout, stderr } = await validate(OF_CART, ['-o', 'json']);
    expect(code === 0, `${code}: ${stdout}${stderr}`);
    const [cost] = JSON.parse(stdout).costs;
    const read = await seriesOfCheck(
      url,
      PODS.filter((pod) => pod.startsWith('cart')),
    );
    expect(read === CART_SERIES && cost.series === read, `a check reads ${read}, and validate says ${stdout}`);
    // An hour in steps of half a minute, each minute.
    expect(cost.pods === 3 && cost.samplesPerMinute === read * 120, stdout);
    expect(cost.scoringCpuMsPerMinute > 0 && cost.scoringCpuMsPerMinute < 60_000, stdout);
  });
  await check('a query is kept within the namespace and counted by its result', async () => {
    const query = `sum by (pod) (${METRIC}{namespace=~".*"})`;
    const { code, stdout } = await validate(`${CART}\n  metrics: [{ name: x, query: '${query}' }]`, ['-o', 'json']);
    // One for each pod of the detector; those of pay-1 are not its own.
    expect(code === 0 && JSON.parse(stdout).costs[0].series === 3, stdout);
  });
  await check('across namespaces those of each are counted, and a budget is of all together', async () => {
    const { code, stdout } = await validate(`  namespaces: {}\n${OF_CART}`, ['-o', 'json']);
    const [cost] = JSON.parse(stdout).costs;
    expect(code === 0 && cost.series === 2 * CART_SERIES && cost.pods === 6, stdout);
    expect(cost.namespaces.join() === 'bank,shop', stdout);
    const one = await validate(`  namespaces: { names: [bank] }\n${OF_CART}`, ['--max-series', String(CART_SERIES)]);
    expect(one.code === 0, one.stdout);
    const beyond = await validate(`  namespaces: {}\n${OF_CART}\n  budget: { series: ${2 * CART_SERIES - 1} }`);
    expect(beyond.code === 4, beyond.stdout);
    const unknown = await validate(`  namespaces: {}\n${OF_CART.replace('app: cart', 'tier: web')}`);
    expect(unknown.code === 3 && /not checked: spec\.namespaces/.test(unknown.stdout), unknown.stdout);
  });
  await check('where nobody says which pods are selected, all of the namespace are an upper bound', async () => {
    const other = OF_CART.replace('app: cart', 'tier: web');
    const within = await validate(other);
    expect(within.code === 0 && /any +latency_seconds +≤16 /.test(within.stdout), within.stdout);
    const beyond = await validate(`${other}\n  budget: { series: 15 }`);
    expect(beyond.code === 3 && /not checked: spec\.budget\.series.*--kubeconfig/.test(beyond.stdout), beyond.stdout);
  });
  await check('what Prometheus has nothing of is said, and passes', async () => {
    const { code, stdout } = await validate(OF_CART.replace(METRIC, 'latency_second'));
    expect(code === 0 && /warning: spec\.metrics\[0\]: Prometheus has no series/.test(stdout), stdout);
  });
  await check('a query that only Prometheus refuses is wrong at its line', async () => {
    const spec = `${CART}\n  metrics:\n  - name: x\n    query: 'sum by (pod) (rate(${METRIC}))'`;
    const { code, stdout } = await validate(spec);
    expect(code === 1 && /:8:12 spec\.metrics\[0\]\.query: .*refused the query/.test(stdout), stdout);
  });
}

/** By the code of the operator. */
async function seriesOfCheck(url: string, pods: readonly string[]): Promise<number> {
  const source = createPrometheusSource(createHttpTransport({ url }), {
    ...{ clock: systemClock, random: Math.random, log: createLog('silent') },
  });
  try {
    const windows = prometheusWindows({
      ...{ source, steadyClock: systemClock, counters: { has: async () => false } },
      sourceClock: { nowMs: async () => Date.now(), doubt: () => undefined },
    });
    const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS - STEP_MS;
    const range = { startMs: endMs - 3_600_000 + STEP_MS, endMs, stepMs: STEP_MS };
    const asked = { namespace: 'shop', metricName: METRIC, pods, ...range };
    return (await windows.window(asked, { maxSeries: 1000, timeoutMs: 20_000 })).length;
  } finally {
    await source.close();
  }
}

async function checkCluster({ check, validate }: World, plane: ControlPlane): Promise<void> {
  await check('a cluster that is named says which pods are selected, whatever their labels', async () => {
    await plane.kubectl(['create', 'namespace', 'shop']);
    const pods = PODS.map((name) => ({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { tier: name } } },
      spec: { containers: [{ name: 'main', image: 'none' }] },
    }));
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
    const spec = OF_CART.replace('app: cart', 'tier: cart-2');
    const { code, stdout, stderr } = await validate(spec, ['-o', 'json', '--kubeconfig', plane.kubeconfig]);
    const [cost] = JSON.parse(stdout).costs;
    expect(code === 0 && cost.pods === 1 && cost.series === ROUTES, `${code}: ${stdout}${stderr}`);
    const none = await validate(OF_CART, ['--kubeconfig', plane.kubeconfig]);
    expect(none.code === 0 && /warning: spec\.targets: no pod of shop/.test(none.stdout), none.stdout);
  });
}

async function checkBounds({ check, validate }: World): Promise<void> {
  const cases: readonly [name: string, more: string, options: readonly string[], told: RegExp][] = [
    [
      'its own budget',
      `\n  budget: { series: ${CART_SERIES - 1} }`,
      [],
      /:7:21 too dear: spec\.budget\.series: expected at most 11 series, got 12 now/,
    ],
    ['--max-series', '', ['--max-series', '11'], /too dear: spec: expected at most 11 series \(--max-series\), got 12/],
    [
      '--max-samples',
      '',
      ['--max-samples', '1439'],
      /expected at most 1439 samples a minute \(--max-samples\), got 1440/,
    ],
  ];
  for (const [name, more, options, told] of cases) {
    await check(`beyond ${name} it is refused with exit code 4`, async () => {
      const { code, stdout } = await validate(`${OF_CART}${more}`, options);
      expect(code === 4 && told.test(stdout), `${code}: ${stdout}`);
    });
  }
  await check('at its bounds it passes', async () => {
    const more = `\n  budget: { series: ${CART_SERIES} }`;
    const { code, stdout } = await validate(`${OF_CART}${more}`, ['--max-series', '12', '--max-samples', '1440']);
    expect(code === 0, stdout);
  });
}

async function checkAway({ check, validate }: World): Promise<void> {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  await check('a Prometheus that is away is no pass: exit code 69', async () => {
    expectFailure(
      await validate(OF_CART, [], nobody),
      69,
      /cost of AnomalyDetector shop\/d is not known: no answer from/,
    );
  });
  const servers: readonly [name: string, code: number, told: RegExp, listener: RequestListener][] = [
    ['never answers', 69, /did not answer within 10000 ms/, () => undefined],
    ['is somebody else', 65, /is this/, (_, response) => void response.end('<!DOCTYPE html><title>Sign in</title>')],
    ['lets nobody in', 77, /refused us \(401\)/, (_, response) => void response.writeHead(401).end()],
    ['knows no such path', 65, /answered 404/, (_, response) => void response.writeHead(404).end()],
  ];
  for (const [name, code, told, listener] of servers) {
    await check(`one that ${name} is no pass: exit code ${code}`, async () => {
      const server = createServer(listener).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      try {
        expectFailure(await validate(OF_CART, [], `http://127.0.0.1:${port}`), code, told);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  }
}

function expectFailure({ code, stdout, stderr }: Outcome, wanted: number, told: RegExp): void {
  expect(code === wanted && told.test(stderr), `${code}: ${stdout}${stderr}`);
  expect(stdout.includes('1 object, 0 problems'), `what was judged is not told: ${stdout}`);
}

function expect(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}
