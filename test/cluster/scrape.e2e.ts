// `tidewatch run --install --scrape` on a real API server without any Prometheus: pods are scraped directly, each of them a real
// HTTP server, some of which answer badly. Scrapes come each second, so that ten points are there soon.
import { once } from 'node:events';
import { join } from 'node:path';
import { start } from '../fixtures/command.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type Answer, healthy, huge, type ScrapedPod, startPod } from './scraped-pods.ts';
import { detector, NAMESPACE, statusOf, untilState } from './shop.ts';

export interface ScrapeSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

type Check = (name: string, body: () => Promise<void>) => Promise<void>;

export async function run({ plane, folder, report }: ScrapeSuite): Promise<void> {
  const check: Check = async (name, body) => {
    try {
      await body();
      report(name);
    } catch (error) {
      report(name, error as Error);
    }
  };
  await plane.kubectl(['create', 'namespace', NAMESPACE]);
  const data = ['--kubeconfig', plane.kubeconfig, '--data', join(folder, 'data')];
  await check('without a Prometheus the page says what is missing and what to do', () => observeNothing(data));
  const pods = new Map<string, ScrapedPod>();
  try {
    await scrapeAll(plane, data, pods, check);
  } finally {
    for (const pod of pods.values()) await pod.stop();
  }
}

async function observeNothing(data: readonly string[]): Promise<void> {
  const running = await beginRun(data);
  try {
    const { live } = await waitUntil('the first round', async () => {
      const state = await json(running.url, '/api/replay');
      return state.state === 'live' && state;
    });
    const [trouble] = live.troubles;
    const isSaid = trouble?.kind === 'nothing-found' && /--prometheus URL.*--install --scrape/.test(trouble.remedy);
    if (!isSaid || live.prometheus !== null) throw new Error(JSON.stringify(live));
    if ((await fetch(`${running.url}/readyz`)).status !== 200) throw new Error('it is not ready');
  } finally {
    await running.stop();
  }
}

async function scrapeAll(
  plane: ControlPlane,
  data: readonly string[],
  pods: Map<string, ScrapedPod>,
  check: Check,
): Promise<void> {
  const slow = { slow: false };
  const told = { bytes: 0 };
  const answers: Record<string, Answer> = {
    'cart-a': healthy({ slow: false }),
    'cart-b': healthy(slow),
    'cart-html': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    'cart-half': (response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write('request_latency_seconds 1\n', () => response.destroy());
    },
    'cart-hangs': () => undefined,
    'cart-huge': huge(told),
  };
  const starting = Object.entries(answers).map(async ([name, answer]) => {
    pods.set(name, await startPod(plane, { namespace: NAMESPACE, name, app: 'cart' }, answer));
  });
  await Promise.all(starting);
  const loop = { namespace: NAMESPACE, name: 'loop', app: 'loop', ip: '127.0.0.1' };
  pods.set('loop', await startPod(plane, loop, healthy({ slow: false })));
  const running = await beginRun([...data, '--install', '--scrape', '--scrape-interval', '1s']);
  try {
    await scoreAndFail({ plane, url: running.url, pods, slow, told, check });
  } finally {
    await running.stop();
  }
}

interface World {
  readonly plane: ControlPlane;
  readonly url: string;
  readonly pods: ReadonlyMap<string, ScrapedPod>;
  readonly slow: { slow: boolean };
  readonly told: { readonly bytes: number };
  readonly check: Check;
}

async function scoreAndFail({ plane, url, pods, slow, told, check }: World): Promise<void> {
  // The API server tells of a new kind a moment after it serves it.
  const apply = (text: string) =>
    waitUntil('the detector to be taken', () => plane.kubectl(['apply', '-f', '-'], text), { everyMs: 500 });
  const rolling = (name: string, metricName: string, more = '') =>
    detector(name, 'cart', metricName, more).replace('z-score', 'rolling-z-score');
  await check('a detector waits for its metrics, and says of each pod why there are none', async () => {
    await apply(rolling('latency', 'request_latency_seconds'));
    await apply(rolling('requests', 'requests_total'));
    await apply(rolling('absent', 'no_such_metric'));
    await apply(detector('loop', 'loop'));
    const { conditions } = await untilState(plane, 'absent', 'AwaitingMetrics');
    const message = conditions?.[0]?.message ?? '';
    if (!/^Scraped without no_such_metric: cart-a: /.test(message)) throw new Error(message);
  });
  await check('ten points later it is Active, and names the pods that it cannot scrape and why', async () => {
    // The first of the two has its ten points before the second: its last scrape may have failed once. It is looked at after half a
    // minute, and then after a whole one.
    const status = await waitUntil(
      'both series to be scored',
      async () => {
        const seen = await untilState(plane, 'latency', 'Active', 90_000);
        const message = seen.conditions?.[0]?.message ?? '';
        if (!message.startsWith('2 of 2 series of 6 pods')) throw new Error(message);
        return seen;
      },
      { timeoutMs: 200_000, everyMs: 500 },
    );
    const message = status.conditions?.[0]?.message ?? '';
    if (status.monitoredPods !== 6 || status.anomalousPods?.length !== 0) throw new Error(JSON.stringify(status));
    if (!/cart-half: .*only a part/s.test(message)) throw new Error(message);
    if (!/cart-hangs: .*did not answer within/s.test(message)) throw new Error(message);
  });
  await check('anomalousPods names the pod that is slow, and no other', async () => {
    slow.slow = true;
    const before = pods.get('cart-b')?.asked ?? 0;
    await waitUntil('slow answers to be scraped', () => (pods.get('cart-b')?.asked ?? 0) > before + 3);
    // A changed spec is looked at at once, and not only when the minute is over.
    await plane.kubectl(['apply', '-f', '-'], rolling('latency', 'request_latency_seconds', '  threshold: 4'));
    const status = await waitUntil(
      'an anomalous pod',
      async () => {
        const seen = await statusOf(plane, 'latency');
        return (seen.anomalousPodCount ?? 0) > 0 && seen;
      },
      { timeoutMs: 120_000, everyMs: 500 },
    );
    if (status.anomalousPods?.join() !== 'cart-b') throw new Error(JSON.stringify(status));
  });
  await check('a counter is scored as its rate', async () => {
    await untilState(plane, 'requests', 'Active', 90_000);
    const { series } = await json(url, `/api/entity?key=pod/${NAMESPACE}/cart-a`);
    const one = series.find(({ detector: name }: { detector: string }) => name === `${NAMESPACE}/requests`);
    const found = await json(url, `/api/series?track=${encodeURIComponent(one?.track)}&fromMs=0&toMs=${Date.now()}`);
    const values = found.values.filter((value: number | null) => value !== null);
    // Ten each second.
    if (values.length === 0 || !values.every((value: number) => value > 5 && value < 20)) throw new Error(`${values}`);
  });
  await check('an answer of HTML, half a one, none and 100 MB are counted by reason, and hurt no other', async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const figure = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      );
    for (const reason of ['bad-input', 'unavailable', 'too-much', 'forbidden']) {
      const count = figure(`tidewatch_scrape_failures_total{reason="${reason}"}`);
      if (!(count > 5)) throw new Error(`${reason}: ${count}`);
    }
    const kept = figure('tidewatch_scrape_series');
    if (figure('tidewatch_scrape_targets') !== 7 || kept !== 4) throw new Error(`it keeps ${kept} series`);
    const [good = 0, hung = 0] = ['cart-a', 'cart-hangs'].map((name) => pods.get(name)?.asked);
    if (good < hung) throw new Error(`the good one was asked ${good} times, the one that hangs ${hung} times`);
    const perScrape = told.bytes / (pods.get('cart-huge')?.asked ?? 1);
    if (!(perScrape < 20 * 2 ** 20)) throw new Error(`${perScrape} bytes were taken of the large one each time`);
  });
  await check('a pod whose status names this machine is not asked', async () => {
    const { conditions } = await untilState(plane, 'loop', 'AwaitingMetrics');
    const message = conditions?.[0]?.message ?? '';
    if (!/127\.0\.0\.1 is no address of a pod \(loopback\)/.test(message)) throw new Error(message);
    if (pods.get('loop')?.asked !== 0) throw new Error('it was asked');
  });
  await check('a pod that is killed ends its series, and the others go on', async () => {
    await pods.get('cart-b')?.kill();
    const status = await waitUntil(
      'the pod to be gone from the status',
      async () => {
        const seen = await statusOf(plane, 'latency');
        return seen.monitoredPods === 5 && seen;
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
    if (status.state !== 'Active' || status.anomalousPods?.includes('cart-b')) throw new Error(JSON.stringify(status));
    const asked = pods.get('cart-a')?.asked ?? 0;
    await waitUntil('another scrape of the pod that is there', () => (pods.get('cart-a')?.asked ?? 0) > asked + 1);
  });
}

async function beginRun(options: readonly string[]): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const running = start(['run', '--port', '0', ...options]);
  const [, url = ''] = await running.printed(/Page +(http:\S+)/);
  return {
    url,
    async stop() {
      running.process.kill('SIGTERM');
      if (running.process.exitCode === null) await once(running.process, 'close');
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects of a reply
async function json(url: string, path: string): Promise<any> {
  const reply = await fetch(`${url}${path}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}
