// `tidewatch run` on a real API server with controllers, and a real Prometheus: observe mode writes nothing; a declared
// detector meets each of its states, names the right pod, and loses nothing over a restart.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCheck } from '../e2e/check.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { historyOf, type Measured, scrapeConfig, startExporter } from './exporter.ts';
import { beginRun, json, untilLive } from './live-run.ts';
import {
  clusterDetector,
  clusterStatusOf,
  detector,
  LATENCY,
  measure,
  NAMESPACE,
  openShop,
  podsOf,
  statusOf,
  untilState,
} from './shop.ts';
import { watchStates } from './watched-states.ts';

export interface LiveSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const HOUR = 3_600_000;
/** It came once, and comes no more. */
const ENDED = 'ended_seconds';

function endedMetric(pods: readonly string[]): Measured[] {
  return measure(pods).flatMap((one) => (one.name === LATENCY ? [{ ...one, name: ENDED }] : []));
}

export async function run({ plane, folder, report }: LiveSuite): Promise<void> {
  const check = createCheck(report);
  const pods = await openShop(plane);
  const exporter = await startExporter();
  exporter.expose(measure(pods));
  const endMs = Date.now();
  const prometheus = await startPrometheus({
    folder: join(folder, 'prometheus'),
    config: scrapeConfig(exporter.address),
    series: [
      ...historyOf(measure(pods), exporter.address, endMs - 3 * HOUR, endMs, 15_000),
      ...historyOf(endedMetric(pods), exporter.address, endMs - 3 * HOUR, endMs - 600_000, 15_000),
    ],
  });
  const begin = (options: readonly string[]) =>
    beginRun([
      '--kubeconfig',
      plane.kubeconfig,
      '--prometheus',
      prometheus.url,
      '--data',
      join(folder, 'data'),
      ...options,
    ]);
  try {
    await check(
      'observe mode shows the cluster within a minute, warmed from history, and writes nothing to it',
      async () => {
        const before = await resourceVersions(plane);
        const running = await begin([]);
        try {
          const state = await untilLive(running.url);
          if (state.live.series < 2 * pods.length) throw new Error(`it watches ${state.live.series} series only`);
          const overview = await json(running.url, '/api/overview');
          const names = overview.services.map(({ entity }: { entity: { name: string } }) => entity.name).sort();
          if (names.join() !== 'ads,cart') throw new Error(`it shows the services ${names}`);
          const scores = await latestScores(running.url, pods[0] ?? '');
          if (!scores.some((score) => score !== null)) throw new Error('no series is warm');
        } finally {
          await running.stop();
        }
        const after = await resourceVersions(plane);
        if (after !== before) throw new Error(`the cluster changed: ${before} → ${after}`);
      },
    );
    await check('its data say which cluster they are of', async () => {
      const uid = await plane.kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
      const note = JSON.parse(await readFile(join(folder, 'data', 'cluster.json'), 'utf8'));
      if (uid === '' || note.uid !== uid) throw new Error(`${JSON.stringify(note)}, and kube-system is ${uid}`);
    });

    const running = await begin(['--install']);
    let current = running;
    await check('--install adds the resource, which kubectl explains', async () => {
      // The API server tells of a new kind a moment after it serves it.
      const text = await waitUntil('kubectl to know the kind', () =>
        plane.kubectl(['explain', 'anomalydetector.spec.threshold']),
      );
      if (!/sigma/i.test(text)) throw new Error(text);
    });
    const states = await watchStates(plane, NAMESPACE);
    await check('a detector without pods is NoPodsFound, with the command that shows it', async () => {
      await plane.kubectl(['apply', '-f', '-'], detector('nobody', 'nobody'));
      const status = await untilState(plane, 'nobody', 'NoPodsFound');
      if (status.monitoredPods !== 0 || status.anomalousPodCount !== 0) throw new Error(JSON.stringify(status));
      if (!status.conditions?.[0]?.message.includes('kubectl get pods'))
        throw new Error(JSON.stringify(status.conditions));
    });
    await check('one whose metric is not there is AwaitingMetrics', async () => {
      await plane.kubectl(['apply', '-f', '-'], detector('waiting', 'cart', 'no_such_metric'));
      const status = await untilState(plane, 'waiting', 'AwaitingMetrics');
      if (status.monitoredPods !== 2) throw new Error(JSON.stringify(status));
    });
    await check(
      'its pods are told to a Prometheus that asks whom to scrape, and no longer once it is gone',
      async () => {
        const told = await waitUntil('scrape targets', async () => {
          const targets = await json(current.url, '/api/scrape-targets');
          return targets.length > 0 && targets;
        });
        const names = told.map(({ labels }: { labels: { pod: string } }) => labels.pod).sort();
        const cartPods = await podsOf(plane, 'cart', 2);
        if (names.join() !== cartPods.join()) throw new Error(JSON.stringify(told));
        if (!told.every(({ targets }: { targets: string[] }) => targets[0]?.endsWith(':9100')))
          throw new Error(JSON.stringify(told));
        await plane.kubectl(['delete', 'anomalydetector', 'waiting', '-n', NAMESPACE]);
        await waitUntil('no scrape targets', async () => (await json(current.url, '/api/scrape-targets')).length === 0);
      },
    );
    await check('one with an algorithm that is none is refused or an Error that names the field', async () => {
      const text = detector('wrong', 'cart').replace('z-score', 'zscore');
      const refused = await plane.kubectl(['apply', '-f', '-'], text).then(
        () => undefined,
        (error: Error) => error.message,
      );
      const said = refused ?? (await untilState(plane, 'wrong', 'Error')).conditions?.[0]?.message ?? '';
      if (!said.includes('spec.method.name')) throw new Error(said);
    });
    await check('six lines give a state, pods and no anomaly on a quiet day', async () => {
      await plane.kubectl(['apply', '-f', '-'], detector('latency', 'cart'));
      const status = await untilState(plane, 'latency', 'Active');
      if (status.monitoredPods !== 2 || status.anomalousPods?.length !== 0) throw new Error(JSON.stringify(status));
      if (status.lastCheckTime === undefined) throw new Error('it has no time of the last check');
    });
    await check('each was Pending until it was looked at, and then nothing but what it is', async () => {
      const wanted = { nobody: 'NoPodsFound', waiting: 'AwaitingMetrics', latency: 'Active' };
      for (const [name, state] of Object.entries(wanted)) {
        await waitUntil(`${name} to be told of`, () => states.of(name).includes(state));
        if (states.of(name).join() !== `Pending,${state}`) throw new Error(`${name} was ${states.of(name)}`);
      }
    });
    const cart = await podsOf(plane, 'cart', 2);
    const slow = cart[1] ?? '';
    await check('anomalousPods names the pod that is slow, and no other', async () => {
      exporter.expose(measure(pods, new Set([slow])));
      const status = await waitUntil(
        'an anomalous pod',
        async () => {
          const seen = await statusOf(plane, 'latency');
          return (seen.anomalousPodCount ?? 0) > 0 && seen;
        },
        { timeoutMs: 180_000, everyMs: 1000 },
      );
      if (status.anomalousPods?.join() !== slow) throw new Error(JSON.stringify(status));
    });
    await check('a detector across namespaces names the same pod with its namespace', async () => {
      await plane.kubectl(['apply', '-f', '-'], clusterDetector('everywhere'));
      const status = await waitUntil('its anomalous pod', async () => {
        const seen = await clusterStatusOf(plane, 'everywhere');
        return (seen.anomalousPodCount ?? 0) > 0 && seen;
      });
      if (status.anomalousPods?.join() !== `${NAMESPACE}/${slow}`) throw new Error(JSON.stringify(status));
      await waitUntil('its event', async () => {
        const told = await plane.kubectl(['get', 'events', '-A', '-o', 'json']);
        return /ClusterAnomalyDetector/.test(told) && /AnomalousPods/.test(told);
      });
      await plane.kubectl(['delete', 'clusteranomalydetector', 'everywhere']);
    });
    await check('one whose metric silently stopped says so, and that is a finding', async () => {
      await plane.kubectl(['apply', '-f', '-'], detector('stopped', 'cart', ENDED));
      const status = await untilState(plane, 'stopped', 'Active');
      const [condition] = status.conditions ?? [];
      if (condition?.reason !== 'ScoringStopped' || !condition.message.includes(ENDED))
        throw new Error(JSON.stringify(condition));
      const told = await waitUntil('the finding', async () => {
        const { findings } = await json(current.url, '/api/findings?limit=500');
        const own = findings.filter((one: { metric: string }) => one.metric === 'tidewatch_detector_silence_seconds');
        return own.length > 0 && own;
      });
      if (told.length !== 1 || told[0].detector !== `${NAMESPACE}/stopped`) throw new Error(JSON.stringify(told));
      await plane.kubectl(['delete', 'anomalydetector', 'stopped', '-n', NAMESPACE]);
    });
    await check('GET /api/anomaly gives the service its worst score', async () => {
      const anomaly = await json(current.url, '/api/anomaly/cart');
      if (anomaly.status !== 'Active' || !(Math.abs(anomaly.latestScore) > 3)) throw new Error(JSON.stringify(anomaly));
      const other = await json(current.url, '/api/anomaly/ads');
      if (!(Math.abs(other.latestScore) < 3.5)) throw new Error(JSON.stringify(other));
    });
    await check('kubectl get shows the score, and with -o wide why and whose', async () => {
      const plain = await plane.kubectl(['get', 'ad', 'latency', '-n', NAMESPACE]);
      if (
        !/ SCORE +SERIES +WARM +LAST SCORE +A DAY/.test(plain) ||
        !/ Active +2 +1 +-?\d+(\.\d\d?)? +2 +100 % /.test(plain)
      )
        throw new Error(plain);
      if (plain.includes(slow)) throw new Error(`too wide: ${plain}`);
      const wide = await plane.kubectl(['get', 'ad', 'latency', '-n', NAMESPACE, '-o', 'wide']);
      for (const part of ['Scoring', slow, 'are scored']) if (!wide.includes(part)) throw new Error(wide);
    });
    await check(
      'a second detector that is alike has findings of its own, and takes none along when it goes',
      async () => {
        const open = async () => {
          const { findings } = await json(current.url, '/api/findings?state=open&limit=500');
          const here = findings.filter(({ entity }: { entity: { name: string } }) => entity.name === slow);
          return here.map((one: { detector: string }) => one.detector.split('/')[1]).filter((name?: string) => name);
        };
        await plane.kubectl(['apply', '-f', '-'], detector('twin', 'cart'));
        await waitUntil(
          'a finding of each',
          async () => {
            const names = await open();
            return names.includes('latency') && names.includes('twin');
          },
          { timeoutMs: 120_000, everyMs: 1000 },
        );
        await plane.kubectl(['delete', 'anomalydetector', 'twin', '-n', NAMESPACE]);
        await waitUntil('the one of the other to be closed', async () => !(await open()).includes('twin'));
        if (!(await open()).includes('latency')) throw new Error('what is still there was closed with it');
        const { findings } = await json(current.url, '/api/findings?state=closed&limit=500');
        const ends = findings
          .filter((one: { detector: string }) => one.detector === `${NAMESPACE}/twin`)
          .map(({ endMs, closedMs }: { endMs: number; closedMs: number }) => closedMs - endMs);
        // What was open when it went ended then, and not at its peak.
        if (!ends.includes(0)) throw new Error(`it ended ${ends} ms before it was closed`);
      },
    );
    await check('a change of state is a Kubernetes event, and so is a pod that becomes anomalous', async () => {
      const text = await plane.kubectl(['get', 'events.events.k8s.io', '-n', NAMESPACE, '-o', 'json']);
      const { items } = JSON.parse(text) as { items: { reason: string; note: string; regarding?: { name: string } }[] };
      const own = items.filter(({ regarding }) => regarding?.name === 'latency');
      if (!own.some(({ reason }) => reason === 'Active')) throw new Error(text);
      const told = own.filter(({ reason }) => reason === 'AnomalousPods');
      if (told.length !== 1 || !told[0]?.note.includes(slow)) throw new Error(JSON.stringify(own));
    });
    await check('after a restart the scores are kept, each once, and new ones come', async () => {
      const before = await declaredSeries(current.url, slow);
      await current.stop();
      current = await begin(['--install']);
      await untilLive(current.url);
      const after = await waitUntil(
        'newer scores',
        async () => {
          const seen = await declaredSeries(current.url, slow);
          return seen.length > before.length && seen;
        },
        { timeoutMs: 120_000, everyMs: 1000 },
      );
      if (new Set(after).size !== after.length) throw new Error('a time is there twice');
      const kept = new Set(after);
      const lost = before.filter((timeMs) => !kept.has(timeMs));
      if (lost.length > 0) throw new Error(`${lost.length} scores were lost`);
      await waitUntil('at most one open finding of the detector and the pod', async () => {
        const { findings } = await json(current.url, '/api/findings?state=open&limit=500');
        const own = findings.filter(
          (one: { detector: string; entity: { name: string } }) =>
            one.detector === `${NAMESPACE}/latency` && one.entity.name === slow,
        );
        return own.length <= 1;
      });
    });
    await check('rolling the Deployment never makes it an Error', async () => {
      const seen = new Set<string>();
      await plane.kubectl(['rollout', 'restart', 'deployment/cart', '-n', NAMESPACE]);
      await waitUntil(
        'two other pods',
        async () => {
          seen.add((await statusOf(plane, 'latency')).state ?? '');
          const now = await podsOf(plane, 'cart', 2);
          return now.every((pod) => !cart.includes(pod)) && now;
        },
        { timeoutMs: 60_000, everyMs: 500 },
      );
      const status = await waitUntil('the new pods to be seen', async () => {
        const now = await statusOf(plane, 'latency');
        seen.add(now.state ?? '');
        return now.state === 'AwaitingMetrics' && now;
      });
      if (seen.has('Error') || status.monitoredPods !== 2) throw new Error([...seen].join());
    });
    await check('its own metrics and health say how it stands', async () => {
      const ready = await fetch(`${current.url}/readyz`);
      if (ready.status !== 200) throw new Error(await ready.text());
      const text = await (await fetch(`${current.url}/metrics`)).text();
      for (const name of ['tidewatch_series', 'tidewatch_leader 1', 'tidewatch_status_writes_total']) {
        if (!text.includes(name)) throw new Error(`${name} is not in /metrics`);
      }
    });
    await check('deleting the detectors leaves nothing behind within a minute', async () => {
      await plane.kubectl(['delete', 'anomalydetectors', '--all', '-n', NAMESPACE, '--timeout=60s']);
      await waitUntil('none to be known', async () => {
        const { detectors } = await json(current.url, '/api/detectors');
        if (detectors.length > 0) throw new Error(JSON.stringify(detectors));
        return true;
      });
    });
    await states.stop();
    await current.stop();
  } finally {
    await prometheus.stop();
    await exporter.stop();
  }
}

async function latestScores(url: string, pod: string): Promise<(number | null)[]> {
  const { series } = await json(url, `/api/entity?key=pod/${NAMESPACE}/${pod}`);
  return series.map(({ latest }: { latest: { score: number | null } | null }) => latest?.score ?? null);
}

/** Times of the scores that the declared detector `latency` has of a pod. */
async function declaredSeries(url: string, pod: string): Promise<number[]> {
  const { series } = await json(url, `/api/entity?key=pod/${NAMESPACE}/${pod}`);
  const one = series.find(({ detector: name }: { detector: string }) => name === `${NAMESPACE}/latency`);
  if (one === undefined) throw new Error('no series of the detector');
  const data = await json(url, `/api/series?track=${encodeURIComponent(one.track)}&fromMs=0&toMs=${Date.now()}`);
  return data.timesMs;
}

/** A fingerprint of what is in the cluster, without what changes by itself (leases, events). */
async function resourceVersions(plane: ControlPlane): Promise<string> {
  const kinds = 'pods,services,deployments,configmaps,customresourcedefinitions,serviceaccounts,clusterroles';
  const text = await plane.kubectl([
    'get',
    kinds,
    '-A',
    '-o',
    'jsonpath={range .items[*]}{.metadata.uid}{.metadata.generation} {end}',
  ]);
  return text.split(' ').sort().join(' ');
}
