// `tidewatch record` beside `tidewatch run` on a real API server and a real Prometheus with three hours of the shop in it:
// what ran live and the tape's replay find the same, after two minutes
// and after an hour. A recorder that is killed loses nothing that it had seen; and `init`
// prints what kubectl takes.
import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ALGORITHMS } from '../../src/detect/index.ts';
import { DEFAULT_GROUP } from '../../src/resource/anomaly-detector/v1.ts';
import { crdOf } from '../../src/resource/crd.ts';
import { kindsOf } from '../../src/resource/kinds.ts';
import { openTape } from '../../src/tape/reader.ts';
import { createCheck } from '../e2e/check.ts';
import { type Outcome, start, tidewatch } from '../fixtures/command.ts';
import { createFastClock } from '../fixtures/fast-clock.ts';
import { startFastPrometheus } from '../fixtures/fast-prometheus.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { historyOf, type Measured, scrapeConfig, startExporter } from './exporter.ts';
import { beginRun, json, untilLive } from './live-run.ts';
import { NAMESPACE, openShop } from './shop.ts';

export interface RecordSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

/** What both sides must agree on. */
interface Found {
  readonly id: string;
  readonly metric: string;
  readonly startMs: number;
  readonly confirmedMs: number;
  readonly endMs?: number | null;
  readonly peak: { readonly timeMs: number; readonly value: number; readonly score: number; readonly expected: number };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LIVE_SECONDS = 135;
/** How long before the two minutes the hour begins, and how fast it goes by. */
const HOUR_BEFORE_MS = 66 * MINUTE;
const SPEED = 30;

export async function run({ plane, folder, report }: RecordSuite): Promise<void> {
  const check = createCheck(report);
  const pods = await openShop(plane);
  const exporter = await startExporter();
  // A minute begins when both begin, so that both look equally far back.
  const beginMs = Math.ceil((Date.now() + 15_000) / MINUTE) * MINUTE;
  const measured = day(pods, beginMs);
  exporter.expose(measured);
  const endMs = Date.now();
  const prometheus = await startPrometheus({
    folder: join(folder, 'prometheus'),
    config: scrapeConfig(exporter.address),
    series: historyOf(measured, exporter.address, endMs - 5 * HOUR, endMs, 15_000),
  }).catch(async (error: unknown) => {
    await exporter.stop();
    throw error;
  });
  const fromCluster = ['--kubeconfig', plane.kubeconfig];
  const cluster = [...fromCluster, '--prometheus', prometheus.url];
  const tape = join(folder, 'shop.tape');
  try {
    // Side by side: most of the time both wait.
    await Promise.all([
      check('two minutes live, and the replay of what was recorded beside them, give the same findings', async () => {
        const live = await besides(cluster, { folder, tape, beginMs });
        await expectSame(live, tape, { least: 3, sinceMs: beginMs });
      }),
      check('an hour live at thirty times its speed, and its replay, give the same findings', async () => {
        const hour = join(folder, 'hour.tape');
        const startMs = beginMs - HOUR_BEFORE_MS;
        const live = await throughAnHour(fromCluster, { folder, tape: hour, startMs, prometheusUrl: prometheus.url });
        await expectSame(live, hour, { least: 2, sinceMs: beginMs - HOUR_BEFORE_MS });
      }),
    ]);
    await check('the tape is whole, private, has its history as warm-up and says how to play it', () =>
      inspect(tape, pods),
    );
    await check('a tape is not written over without --force', async () => {
      expectEnd(await tidewatch(['record', ...cluster, '-o', tape]), 64, /exists.*--force/);
    });
    await check('Ctrl-C ends a recording early, and the tape is whole; pseudonyms leave no name', () =>
      interrupted(cluster, join(folder, 'hidden.tape')),
    );
    await check('a recorder that is killed leaves what tape recover makes a tape of', () =>
      killed(cluster, join(folder, 'killed.tape')),
    );
    await check('init prints detectors that kubectl applies', () => applied(plane, cluster));
    await check('a detector that is declared has its metric on the tape, and back-tests on it as it stands', () =>
      backtested(plane, cluster, folder),
    );
    await check('init without pods, or without the metric, says what to look at', async () => {
      const nobody = ['init', ...cluster, '-n', NAMESPACE, '--selector', 'app=nobody'];
      expectEnd(await tidewatch(nobody), 66, /kubectl get pods --show-labels/);
      const elsewhere = ['init', ...cluster, '-n', 'default', '--selector', 'app=cart'];
      expectEnd(await tidewatch(elsewhere), 66, /add -n shop/);
      const wrong = ['init', ...cluster, '-n', NAMESPACE, '--selector', 'app=cart', '--metric', 'request_latency'];
      expectEnd(await tidewatch(wrong), 66, /did you mean request_latency_seconds/);
    });
  } finally {
    await prometheus.stop();
    await exporter.stop();
  }
}

/** Two anomalies that are over, and one that is confirmed a minute after the beginning and goes on. */
function day(pods: readonly string[], beginMs: number): Measured[] {
  const within = (timeMs: number, from: number, to: number) =>
    timeMs >= beginMs + from * MINUTE && timeMs < beginMs + to * MINUTE;
  return pods.flatMap((pod, index): Measured[] => {
    const labels = { namespace: NAMESPACE, pod };
    const container = { ...labels, container: 'main' };
    const noise = (timeMs: number) => Math.sin(timeMs / 700_000 + index) + Math.sin(timeMs / 190_000);
    const isFull = (timeMs: number) =>
      (index === 0 && within(timeMs, -60, -45)) || (index === 2 && within(timeMs, -0.5, 60));
    const burstMs = (timeMs: number) => Math.min(10 * MINUTE, Math.max(0, timeMs - (beginMs - 30 * MINUTE)));
    return [
      { name: 'request_latency_seconds', type: 'gauge', labels, at: (timeMs) => 0.1 + 0.002 * noise(timeMs) },
      {
        name: 'container_memory_working_set_bytes',
        type: 'gauge',
        labels: container,
        at: (timeMs) => (1e8 + 1e6 * noise(timeMs)) * (isFull(timeMs) ? 5 : 1),
      },
      {
        name: 'container_cpu_usage_seconds_total',
        type: 'counter',
        labels: container,
        // A tenth of a core, and a whole one more for ten minutes; the sine keeps two rates from being the same.
        at: (timeMs) =>
          (timeMs - beginMs + 6 * HOUR) / 10_000 +
          Math.sin(timeMs / 100_000 + index) +
          (index === 1 ? burstMs(timeMs) / 1000 : 0),
      },
    ];
  });
}

/** Runs both from `beginMs` on; gives the findings of the one that watched, once the other has ended. */
async function besides(
  cluster: readonly string[],
  { folder, tape, beginMs }: { folder: string; tape: string; beginMs: number },
): Promise<Found[]> {
  await waitUntil('the minute to begin', () => Date.now() > beginMs + 500, { timeoutMs: 90_000 });
  const beginning = beginRun(['--data', join(folder, 'data'), ...cluster]);
  const recorded = await tidewatch(['record', ...cluster, '--for', `${LIVE_SECONDS}s`, '-o', tape]);
  const watching = await beginning;
  try {
    expectEnd(recorded, 0, /Wrote .*3 h( \d+ min)? of history and 2 min recorded live/);
    return await foundBy(watching.url);
  } finally {
    await watching.stop();
  }
}

/**
 * Lives through an hour of which Prometheus has every sample already, with a wall clock that goes thirty times as fast in
 * both processes, and for Prometheus when it is asked what time it is: each asks a minute's samples when that minute is over,
 * and never for what lies ahead of it. The cluster, Prometheus and the connections to both are real and as fast as ever. Nothing happens in the hour's last quarter,
 * so that nothing hangs on which of the two is stopped a round earlier.
 */
async function throughAnHour(
  fromCluster: readonly string[],
  { folder, tape, startMs, prometheusUrl }: { folder: string; tape: string; startMs: number; prometheusUrl: string },
): Promise<Found[]> {
  // A round begins six seconds after the minute.
  const endMs = startMs + HOUR + 10_000;
  const clock = createFastClock(folder, { startMs, endMs, speed: SPEED });
  const prometheus = await startFastPrometheus(prometheusUrl, clock);
  const cluster = [...fromCluster, '--prometheus', prometheus.url];
  const watching = await beginRun([...cluster, '--data', join(folder, 'hour')], clock.env);
  const recording = start(['record', ...cluster, '--for', '1h', '-o', tape], clock.env);
  try {
    await Promise.all([untilLive(watching.url), recording.printed(/History/)]);
    await clock.letGo();
    await waitUntil(
      'the hour to be over',
      async () => {
        const { nowMs, live } = await json(watching.url, '/api/replay');
        return nowMs > endMs - 1000 && live.behindMs < 2 * MINUTE;
      },
      { timeoutMs: (2 * HOUR) / SPEED, everyMs: 500 },
    );
    // Its own hour, by a clock that never steps, is not over yet.
    recording.process.kill('SIGINT');
    if (recording.process.exitCode === null) await once(recording.process, 'close');
    const outcome = { code: recording.process.exitCode, stdout: recording.stdout, stderr: recording.stderr };
    expectEnd(outcome, 0, /Wrote .*3 h( \d+ min)? of history and (1 h|5\d min) recorded live/);
    return await foundBy(watching.url);
  } finally {
    recording.process.kill('SIGKILL');
    await watching.stop();
    await prometheus.stop();
  }
}

async function foundBy(url: string): Promise<Found[]> {
  const { findings } = (await json(url, '/api/findings?limit=500')) as { findings: Found[] };
  return findings.map(essence).sort(byId);
}

/** The replay of the tape gives what was found live, which is not nothing: one was confirmed live, and one has ended. */
async function expectSame(
  live: readonly Found[],
  tape: string,
  { least, sinceMs }: { least: number; sinceMs: number },
): Promise<void> {
  const again = await replayed(tape);
  if (live.length < least) throw new Error(`there are ${live.length} findings only: ${JSON.stringify(live)}`);
  if (!live.some(({ confirmedMs }) => confirmedMs >= sinceMs)) throw new Error('none was found live');
  if (!live.some((one) => typeof one.endMs === 'number')) throw new Error('none has ended');
  if (!isDeepStrictEqual(live, again)) throw new Error(`live ${JSON.stringify(live)}\nreplay ${JSON.stringify(again)}`);
}

async function replayed(tape: string): Promise<Found[]> {
  const { stdout } = expectEnd(await tidewatch(['replay', tape, '--detectors', 'observed', '--export', '-']), 0, /./);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{"type":"finding"'))
    .map((line) => essence(JSON.parse(line)))
    .sort(byId);
}

function essence({ id, metric, startMs, confirmedMs, endMs, peak }: Found): Found {
  const { timeMs, value, score, expected } = peak;
  return { id, metric, startMs, confirmedMs, endMs: endMs ?? null, peak: { timeMs, value, score, expected } };
}

function byId(a: Found, b: Found): number {
  return a.id < b.id ? -1 : 1;
}

async function inspect(path: string, pods: readonly string[]): Promise<void> {
  expectEnd(await tidewatch(['tape', 'verify', path]), 0, /is sound/);
  expectEnd(await tidewatch(['tape', 'info', path]), 0, /--detectors observed/);
  const { mode } = await stat(path);
  if ((mode & 0o777) !== 0o600) throw new Error(`its mode is ${mode.toString(8)}`);
  const tape = await openTape(path);
  try {
    const [history, live] = tape.info.header.segments;
    if (history?.warmUp !== true || live?.warmUp !== false) throw new Error(JSON.stringify(tape.info.header.segments));
    const edges = await Array.fromAsync(tape.signals()).then((signals) =>
      signals.flatMap((signal) => (signal.kind === 'topology' ? signal.edges : [])),
    );
    const placed = new Set(edges.map(({ from }) => from));
    if (!pods.every((pod) => placed.has(pod))) throw new Error(`on nodes are only ${[...placed]}`);
  } finally {
    await tape.close();
  }
}

async function interrupted(cluster: readonly string[], path: string): Promise<void> {
  const recording = start(['record', ...cluster, '-o', path, '--warm', '30m', '--pseudonyms']);
  await recording.printed(/History/);
  recording.process.kill('SIGINT');
  if (recording.process.exitCode === null) await once(recording.process, 'close');
  if (recording.process.exitCode !== 0) throw new Error(recording.stderr);
  expectEnd(await tidewatch(['tape', 'verify', path]), 0, /is sound/);
  const tape = await openTape(path);
  try {
    const text = JSON.stringify([tape.info.header, tape.info.series, await Array.fromAsync(tape.signals())]);
    const leak = /cart|"ads|shop"|node-\d/.exec(text);
    if (leak !== null) throw new Error(`it names ${leak[0]}`);
  } finally {
    await tape.close();
  }
}

async function killed(cluster: readonly string[], path: string): Promise<void> {
  const recording = start(['record', ...cluster, '-o', path, '--warm', '30m']);
  const [, samples = ''] = await recording.printed(/History .* series, ([\d,]+) samples/);
  recording.process.kill('SIGKILL');
  if (recording.process.signalCode === null) await once(recording.process, 'close');
  expectEnd(await tidewatch(['record', ...cluster, '-o', path]), 75, /tape recover/);
  const recovered = await tidewatch(['tape', 'recover', `${path}.recording`]);
  expectEnd(recovered, 0, /Wrote .* samples/);
  // A round may have come in between.
  const figure = (text: string) => Number(text.replaceAll(',', ''));
  const [, kept = ''] = /Wrote .* ([\d,]+) samples/.exec(recovered.stdout) ?? [];
  if (!(figure(kept) >= figure(samples))) throw new Error(`${kept} samples of ${samples}`);
  expectEnd(await tidewatch(['tape', 'verify', path]), 0, /is sound/);
  const left = (await readdir(join(path, '..'))).filter((name) => name.startsWith('killed') && name !== 'killed.tape');
  if (left.length > 0) throw new Error(`there are still ${left}`);
}

async function applied(plane: ControlPlane, cluster: readonly string[]): Promise<void> {
  for (const kind of kindsOf(ALGORITHMS)) {
    const crd = crdOf(kind, { group: DEFAULT_GROUP });
    await plane.kubectl(['apply', '-f', '-'], JSON.stringify(crd));
    await plane.kubectl(['wait', '--for=condition=Established', `crd/${crd.metadata.name}`, '--timeout=30s']);
  }
  const outcome = await tidewatch(['init', ...cluster, '-n', NAMESPACE, '--selector', 'app=cart']);
  expectEnd(outcome, 0, /Detector +request_latency_seconds: latency.*container_cpu_usage_seconds_total.*a counter/s);
  const lines = outcome.stdout.split('---\n').map((manifest) => manifest.trimEnd().split('\n').length);
  if (lines.join() !== '7,7,7') throw new Error(outcome.stdout);
  // As a pipe into kubectl, strictly.
  const said = await plane.kubectl(['apply', '--validate=strict', '-f', '-'], outcome.stdout);
  if (said.match(/ created/g)?.length !== 3) throw new Error(said);
}

/** Those that `init` printed are in the cluster; the tape of two minutes has their metrics, with three hours before. */
async function backtested(plane: ControlPlane, cluster: readonly string[], folder: string): Promise<void> {
  const path = join(folder, 'declared.tape');
  const recording = start(['record', ...cluster, '-o', path]);
  await recording.printed(/Declared +.*request_latency_seconds.*of 3 AnomalyDetectors/);
  await recording.printed(/History/);
  recording.process.kill('SIGINT');
  if (recording.process.exitCode === null) await once(recording.process, 'close');
  const text = await plane.kubectl(['get', 'anomalydetectors', '-n', NAMESPACE, '-o', 'json']);
  const { items } = JSON.parse(text) as { items: { metadata: { name: string }; spec: object }[] };
  const detectors = items.map(({ metadata: { name }, spec }) =>
    JSON.stringify({ apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata: { name }, spec }),
  );
  const file = join(folder, 'declared.yaml');
  await writeFile(file, detectors.join('\n---\n'));
  const { stderr } = expectEnd(await tidewatch(['backtest', path, '-f', file]), 0, /all +[1-9]/);
  // Each of the three sees something.
  if (stderr.includes('No series matches')) throw new Error(stderr);
}

/** The outcome, when it ended with the code and said what it should. */
function expectEnd(outcome: Outcome, code: number, said: RegExp): Outcome {
  const text = `${outcome.stdout}\n${outcome.stderr}`;
  if (outcome.code !== code || !said.test(text)) throw new Error(`it ended with ${outcome.code} and said ${text}`);
  return outcome;
}
