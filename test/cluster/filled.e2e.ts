// `tidewatch run --install` beside a real Prometheus that is filled with real data: four series of the Numenta Anomaly
// Benchmark, and the shipped day of Online Boutique, moved so that a labelled moment is now. The right pods are named,
// and a real Chromium shows each score in its colour.
import { join } from 'node:path';
import { type Check, createCheck } from '../e2e/check.ts';
import { openBrowser, type Page } from '../page/browser.ts';
import { AT_ONCE_MS, type TileColour, tileFigure, tileLooks, tileOf } from '../page/status-tile.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { historyOf, scrapeConfig, startExporter } from './exporter.ts';
import { placeNab, placeTiles, STEP_MS, type Tile } from './filled-data.ts';
import { beginRun, json, type LiveRun } from './live-run.ts';
import { type DetectorStatus, statusOf, untilState } from './shop.ts';
import { moveDay } from './tape-day.ts';

export interface FilledSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export async function run({ plane, folder, report }: FilledSuite): Promise<void> {
  const check = createCheck(report);
  const nowMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  const nab = placeNab(nowMs);
  // Of the faults on this day it is the contention for processor time that a pod's own processor time shows. The last of
  // the eight; a plain z-score over an hour names six of them rightly, and docs/accuracy.md says which are seen at all.
  const day = await moveDay(({ type }) => type === 'cpu_contention', nowMs, 4 * MINUTE);
  const tiles = placeTiles(nowMs);
  await openPods(plane, 'nab', new Map(nab.map(({ pod }) => [pod, 'nab'])));
  await openPods(plane, day.namespace, day.pods);
  await openPods(plane, 'tiles', new Map(tiles.map(({ service }) => [`${service}-0`, service])));

  const exporter = await startExporter();
  const measured = [...nab.map((one) => one.measured), ...tiles.map((one) => one.measured), ...day.measured];
  exporter.expose(measured);
  try {
    const prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      config: scrapeConfig(exporter.address),
      series: [
        ...nab.flatMap((one) => historyOf([one.measured], exporter.address, one.startMs, nowMs, STEP_MS)),
        ...historyOf(
          tiles.map((one) => one.measured),
          exporter.address,
          nowMs - 2 * HOUR,
          nowMs,
          STEP_MS / 2,
        ),
        // On the tape's own minutes; what lies ahead is scraped as it comes.
        ...historyOf(day.measured, exporter.address, day.startMs, nowMs, MINUTE),
      ],
    });
    const cluster = ['--kubeconfig', plane.kubeconfig, '--prometheus', prometheus.url];
    const running = await beginRun([...cluster, '--data', join(folder, 'data'), '--install']);
    try {
      await check('NAB’s series: of four pods the two that are at a label are anomalous, and no other', async () => {
        await declare(plane, 'nab', 'app: nab', 'nab_reading');
        const { monitoredPods, anomalousPods } = await untilAnomalous(plane, 'nab');
        const wanted = nab.filter(({ isLabelled }) => isLabelled).map(({ pod }) => pod);
        if (monitoredPods !== 4 || anomalousPods?.toSorted().join() !== wanted.sort().join())
          throw new Error(`it names ${anomalousPods} and not ${wanted}`);
      });
      await check('the tape’s day: the pod with the fault is anomalous, and no other of the ten', async () => {
        await declare(plane, day.namespace, 'part_of: online-boutique', 'pod_cpu_usage_cores');
        const { monitoredPods, anomalousPods } = await untilAnomalous(plane, day.namespace);
        if (monitoredPods !== 10 || anomalousPods?.join() !== day.fault.pod)
          throw new Error(`it names ${anomalousPods} and not ${day.fault.pod}`);
        const [held] = await prometheus.query('sum(count_over_time(pod_cpu_usage_cores[1d]))');
        if (!((held?.values[0] ?? 0) > 10_000)) throw new Error(`Prometheus has ${held?.values[0]} samples of the day`);
      });
      await checkTiles(check, { plane, running, tiles });
    } finally {
      await running.stop();
      await prometheus.stop();
    }
  } finally {
    await exporter.stop();
  }
}

/** Pods that stand by themselves, with the service that chooses each. */
async function openPods(plane: ControlPlane, namespace: string, pods: ReadonlyMap<string, string>): Promise<void> {
  const services = [...new Set(pods.values())].map((name) => ({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  }));
  const items = Array.from(pods, ([name, app]) => ({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, namespace, labels: { app, part_of: 'online-boutique' } },
    spec: { containers: [{ name: 'main', image: 'none' }] },
  }));
  await plane.kubectl(['create', 'namespace', namespace]);
  const list = { apiVersion: 'v1', kind: 'List', items: [...services, ...items] };
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify(list));
}

/** As a user writes it: six lines, and the defaults for the rest. */
async function declare(
  plane: ControlPlane,
  namespace: string,
  label: string,
  metricName: string,
  name = 'declared',
): Promise<void> {
  await plane.kubectl(
    ['apply', '-f', '-'],
    `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  targets: { matchLabels: { ${label} } }
  metrics: [{ name: ${metricName} }]
  method: { name: z-score }
`,
  );
}

async function untilAnomalous(plane: ControlPlane, namespace: string): Promise<DetectorStatus> {
  await untilState(plane, 'declared', 'Active', 60_000, namespace);
  return waitUntil('an anomalous pod', async () => {
    const status = await statusOf(plane, 'declared', namespace);
    return (status.anomalousPodCount ?? 0) > 0 && status;
  });
}

interface TileWorld {
  readonly plane: ControlPlane;
  readonly running: LiveRun;
  readonly tiles: readonly Tile[];
}

async function checkTiles(check: Check, { plane, running, tiles }: TileWorld): Promise<void> {
  const browser = await openBrowser();
  const open = async (service: string, prepare: (page: Page) => Promise<void> = async () => {}) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'UTC' });
    let answers = 0;
    page.on('response', (response) => {
      if (response.url().includes('/api/anomaly/')) answers++;
    });
    await prepare(page);
    await page.goto(`${running.url}/service/tiles/${service}`);
    return { page, answers: () => answers };
  };
  try {
    await check(
      'in Chromium the tile of each service is green, amber or red by the score that the API gives',
      async () => {
        for (const { service } of tiles) await declare(plane, 'tiles', `app: ${service}`, 'queue_seconds', service);
        for (const { service, colour } of tiles) {
          await untilState(plane, service, 'Active', 60_000, 'tiles');
          const { status, latestScore } = await json(running.url, `/api/anomaly/${service}`);
          if (status !== 'Active' || colourOf(latestScore) !== colour)
            throw new Error(`${service} is ${status} with ${latestScore}, which is not ${colour}`);
          const { page, answers } = await open(service);
          await tileOf(page, colour).waitFor();
          const needed = answers();
          const { words } = await tileLooks(page, colour);
          if (needed !== 1) throw new Error(`it took ${needed} answers to show a value`);
          await waitUntil(`the tile to show what the API says: ${words}`, async () => {
            const now = await json(running.url, `/api/anomaly/${service}`);
            return ((await tileOf(page, colour).textContent()) ?? '').includes(tileFigure(now.latestScore));
          });
          await page.close();
        }
      },
    );
    await check(
      'it says that it loads until the first answer, and that it cannot when the product is gone',
      async () => {
        let letGo: () => void = () => {};
        const held = new Promise<void>((resolve) => {
          letGo = resolve;
        });
        const { page } = await open('growing', (page) =>
          page.route(/\/api\/anomaly\//, async (route) => {
            await held;
            await route.continue();
          }),
        );
        await untilSays(page, 'Loading…');
        letGo();
        await tileOf(page, 'red').waitFor({ timeout: AT_ONCE_MS });
        await running.stop();
        await untilSays(page, 'Error fetching data');
      },
    );
  } finally {
    await browser.close();
  }
}

/** The rule of D8, written down once more. */
function colourOf(score: number): TileColour {
  const size = Math.abs(score);
  return size > 3.5 ? 'red' : size > 2.5 ? 'amber' : 'green';
}

async function untilSays(page: Page, words: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector('main [role="status"]')?.textContent?.includes(wanted) === true,
    words,
  );
}
