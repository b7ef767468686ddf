// F19: a Prometheus that answers 503, HTML, half a body or nothing, is killed and started again, and has NaN, infinities
// and series that end. What is stored afterwards is compared with what Prometheus has.
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Rng } from '#stats/rng.ts';
import { historyOf, type Measured, scrapeConfig, startExporter } from '../cluster/exporter.ts';
import { detector, LATENCY, measure, NAMESPACE, openShop } from '../cluster/shop.ts';
import { start } from '../fixtures/command.ts';
import { startControlPlane } from '../parts/control-plane.ts';
import { callJson } from '../parts/http-call.ts';
import type { MetricServer } from '../parts/metric-server.ts';
import { dieTogether } from '../parts/orphans.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { demand, type Fault } from './contract.ts';
import { type HttpFault, type HttpFaults, startHttpFaults } from './http-faults.ts';

const HOUR = 3_600_000;
/** How long it is worse than it should be, and how long it is then well. */
const WORSE_MS = 180_000;
const WELL_MS = 130_000;
/**
 * A detector whose check failed is looked at again after five minutes (D2), so that the last failure may be caught up that late: what is
 * not there by then is lost. How long it took is told.
 */
const MOST_LATE_MS = 300_000;
const BROKEN_RATIO = 0.4;
const OBSERVED_STEP_MS = 60_000;
const DECLARED_STEP_MS = 30_000;
const MEMORY = 'container_memory_working_set_bytes';
/** What it is called when it is observed. */
const OBSERVED = 'pod_memory_usage_bytes';

export const prometheusWorse: Fault = {
  id: 'F19',
  title: 'Prometheus: 503, HTML, hang, half a body, NaN, infinity, ended series, restart',
  needs: ['kube-apiserver', 'etcd', 'kubectl', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'prometheus'],
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const plane = await startControlPlane({ folder, simulate: true });
    ending.defer(() => plane.stop());
    const pods = await openShop(plane);
    const exporter = await startExporter();
    ending.defer(() => exporter.stop());
    exporter.expose(measure(pods));
    const endMs = Date.now();
    const prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      config: scrapeConfig(exporter.address),
      series: historyOf(measure(pods), exporter.address, endMs - 3 * HOUR, endMs, 15_000),
    });
    ending.defer(() => prometheus.stop());
    const faults = await startHttpFaults(prometheus.url);
    ending.defer(() => faults.stop());
    const page = await begin(
      ['--kubeconfig', plane.kubeconfig, '--prometheus', faults.url, '--data', join(folder, 'data')],
      ending,
    );
    // The API server tells of a new kind a moment after it serves it.
    await waitUntil('the detector to be taken', () => plane.kubectl(['apply', '-f', '-'], detector('latency', 'cart')));
    await waitUntil('scores of both kinds', async () => (await tracksOf(page, pods)).length >= pods.length + 2, {
      timeoutMs: 120_000,
      everyMs: 1000,
    });
    const began = Date.now();
    faults.choose = chooser(rng);
    const [ended = '', infinite = ''] = pods;
    exporter.expose(odd(measure(pods), ended, infinite));
    await pause(WORSE_MS * (0.3 + 0.3 * rng.uniform()));
    await prometheus.process.kill();
    await prometheus.process.restart();
    await pause(Math.max(0, began + WORSE_MS - Date.now()));
    faults.choose = () => undefined;
    exporter.expose(measure(pods));
    say(`injected ${JSON.stringify(faults.counts)}, passed ${faults.passed}`);
    await pause(WELL_MS);
    // Before everything is stopped.
    return await verdict({ page, prometheus, pods, faults, fromMs: began });
  },
};

function chooser(rng: Rng): (path: string) => HttpFault | undefined {
  return () => {
    if (rng.uniform() > BROKEN_RATIO) return undefined;
    const kinds: readonly HttpFault[] = [
      { kind: 'status', status: 503, retryAfterSeconds: 1 },
      { kind: 'html' },
      { kind: 'cut', ratio: rng.uniform() },
      { kind: 'short', ratio: rng.uniform() },
      { kind: 'hang' },
    ];
    return kinds[Math.floor(rng.uniform() * kinds.length)];
  };
}

/** One pod's latency is NaN now and then, another's memory infinite, and one series is not there any more. */
function odd(measured: readonly Measured[], ended: string, infinite: string): Measured[] {
  return measured
    .filter(({ name, labels }) => !(name === MEMORY && labels.pod === ended))
    .map((one): Measured => {
      if (one.name === LATENCY && one.labels.pod === ended) {
        return { ...one, at: (timeMs) => (Math.floor(timeMs / 20_000) % 2 === 0 ? Number.NaN : one.at(timeMs)) };
      }
      if (one.name !== MEMORY || one.labels.pod !== infinite) return one;
      return {
        ...one,
        at: (timeMs) => (Math.floor(timeMs / 45_000) % 2 === 0 ? Number.POSITIVE_INFINITY : one.at(timeMs)),
      };
    });
}

interface Track {
  readonly key: string;
  readonly pod: string;
  readonly isDeclared: boolean;
}

/** Of the declared detector, and of the memory that is observed. */
async function tracksOf(page: string, pods: readonly string[]): Promise<readonly Track[]> {
  const perPod = await Promise.all(
    pods.map(async (pod) => {
      const { series } = await callJson<{ series: { track: string; detector: string; latest: object | null }[] }>(
        `${page}/api/entity?key=pod/${NAMESPACE}/${pod}`,
      );
      return series
        .filter(({ track, latest }) => latest !== null && (track.includes(LATENCY) || track.includes(OBSERVED)))
        .map(({ track, detector: name }) => ({ key: track, pod, isDeclared: name === `${NAMESPACE}/latency` }));
    }),
  );
  return perPod.flat();
}

interface Ended {
  readonly page: string;
  readonly prometheus: MetricServer;
  readonly pods: readonly string[];
  readonly faults: HttpFaults;
  readonly fromMs: number;
}

async function verdict(ended: Ended) {
  const { page, faults } = ended;
  const beganMs = Date.now();
  // Two steps may still be on their way; a check comes once a minute.
  const untilMs = beganMs - 2 * OBSERVED_STEP_MS;
  let counts = await compared(ended, untilMs);
  while (counts.lost > 0 && Date.now() < beganMs + MOST_LATE_MS) {
    await pause(5000);
    counts = await compared(ended, untilMs);
  }
  const tookMs = WELL_MS + Date.now() - beganMs;
  const { findings } = await callJson<{ findings: { detector: string }[] }>(`${page}/api/findings`);
  demand(counts.wrong === 0, `${counts.wrong} values are not Prometheus' own`);
  demand(findings.length === 0, `${findings.length} false findings: ${JSON.stringify(findings[0])}`);
  demand(counts.compared >= 12, `only ${counts.compared} points could be compared`);
  const injected = Object.entries(faults.counts).map(([kind, count]) => `${kind} ${count}`);
  return {
    broken: `${injected.join(', ')} of ${faults.passed + Object.values(faults.counts).reduce((a, b) => a + b)} requests in ${WORSE_MS / 1000} s, one kill -9 and restart`,
    seen: `${counts.compared} points compared with Prometheus' own, no false finding, caught up within ${Math.ceil(tookMs / 1000)} s`,
    lost: counts.lost,
    doubled: counts.doubled,
  };
}

/** What is stored up to then beside what Prometheus has. */
async function compared({ page, prometheus, pods, fromMs }: Ended, untilMs: number) {
  const counts = { lost: 0, doubled: 0, wrong: 0, compared: 0 };
  for (const track of await tracksOf(page, pods)) {
    const stepMs = track.isDeclared ? DECLARED_STEP_MS : OBSERVED_STEP_MS;
    const startMs = Math.ceil(fromMs / stepMs) * stepMs;
    const endMs = Math.floor(untilMs / stepMs) * stepMs;
    const query = `track=${encodeURIComponent(track.key)}&fromMs=${startMs}&toMs=${endMs + 1}`;
    const stored = await callJson<{ timesMs: number[]; values: (number | null)[] }>(`${page}/api/series?${query}`);
    const name = track.isDeclared ? LATENCY : MEMORY;
    const [truth] = await prometheus.queryRange(`sum(${name}{namespace="${NAMESPACE}",pod="${track.pod}"})`, {
      ...{ startMs, endMs, stepMs },
    });
    const values = new Map(stored.timesMs.map((timeMs, row) => [timeMs, stored.values[row]]));
    counts.doubled += stored.timesMs.length - values.size;
    truth?.timesMs.forEach((timeMs, row) => {
      const value = truth.values[row] ?? Number.NaN;
      if (!Number.isFinite(value)) return;
      counts.compared++;
      const got = values.get(timeMs);
      if (got === undefined || got === null) counts.lost++;
      else if (Math.abs(got - value) > 1e-9 * Math.abs(value)) counts.wrong++;
    });
  }
  return counts;
}

async function begin(options: readonly string[], ending: AsyncDisposableStack): Promise<string> {
  const running = start(['run', '--install', '--port', '0', ...options]);
  dieTogether(running.process);
  ending.defer(async () => {
    if (running.process.exitCode !== null) return;
    const ended = once(running.process, 'close');
    running.process.kill('SIGTERM');
    await ended;
  });
  const [, page = ''] = await running.printed(/Page +(http:\S+)/);
  return page;
}
