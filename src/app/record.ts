// Records a cluster: connects as `run` does, writes what is observed into a recording, and makes a tape of it when the time
// is over, or at Ctrl-C. When it is killed, or the disk is full, the recording stays and `tape recover` makes the tape.
import { randomBytes } from 'node:crypto';
import { access, rm } from 'node:fs/promises';
import type { PrometheusSource } from '#collect/prometheus/contract.ts';
import { type Clock, systemClock, wallClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { finishRecording } from '#tape/finish-recording.ts';
import { createRecording, type RecordingHeader, recordingPathOf } from '#tape/recording.ts';
import { createRedaction } from '#tape/redact.ts';
import type { Cluster } from './live/cluster.ts';
import { connectCluster } from './live/connect.ts';
import { createCounterNames } from './live/counter-names.ts';
import {
  type Declared,
  declaredQueries,
  listDetectors,
  NOTHING_DECLARED,
  whyNoDetectors,
} from './live/declared-queries.ts';
import { OBSERVE_STEP_MS } from './live/observe.ts';
import { MOST_SERIES, OBSERVED_QUERIES, QUERY_MS } from './live/observed-signals.ts';
import { findPrometheus } from './live/open-prometheus.ts';
import { createRecorder } from './live/record-observed.ts';
import { printable } from './printable.ts';
import { createProgress, type Progress } from './progress.ts';
import type { RecordOptions } from './record-command.ts';
import { durationText } from './record-options.ts';
import { finishedLines } from './record-text.ts';
import { formatMinute } from './tape-time.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

const KEY_BYTES = 32;

export async function record(options: RecordOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const clock = wallClock;
  const random = Math.random;
  const { output, force } = options;
  await mustBeFree(output, force);
  const log = createLog('warn');

  const closing = new AsyncDisposableStack();
  let recorded: RecordedRounds;
  try {
    const cluster = await connectCluster(options, { roles: ['observer'], random, log, say });
    closing.defer(() => cluster.close());
    const source = await findPrometheus(cluster, options, { clock, random, log, say });
    closing.defer(() => source.close());
    await mustAnswer(source, clock);
    const declared = await findDeclared(cluster, source, options, say);
    const startMs = clock.nowMs();
    const recording = await createRecording(recordingPathOf(output), headerOf(options, startMs));
    closing.defer(() => recording.close());
    const rounds = watchRounds(say, startMs, options.for, () => clock.nowMs());
    const pseudonymKey = options.pseudonyms ? { pseudonymKey: randomBytes(KEY_BYTES) } : {};
    const redaction = createRedaction({
      keepLabels: [...options.keepLabels, ...declared.labelNames],
      ...pseudonymKey,
    });
    const observer = createRecorder({
      ...{ source, cluster, declared, recording, redaction, clock, warmMs: options.warm, stepMs: OBSERVE_STEP_MS },
      onRound: rounds.heard,
    });
    closing.defer(() => observer.stop());
    say.line(`Recording ${durationText(options.for)} into ${output}. Nothing is written to the cluster.`);
    say.line('          Ctrl-C ends it early, and the tape is whole then.');
    observer.start();
    const over = new AbortController();
    await Promise.race([signalled, rounds.failed, systemClock.sleep(options.for, over.signal)]);
    over.abort();
    recorded = { status: observer.status, source: source.address };
  } finally {
    await closing.disposeAsync();
  }
  await makeTape(options, recorded, say);
}

/** Rejects when nothing is answered: an hour of that would be no tape. */
async function mustAnswer(source: PrometheusSource, clock: Clock): Promise<void> {
  const [query] = OBSERVED_QUERIES;
  if (query === undefined) return;
  const endMs = Math.floor(clock.nowMs() / OBSERVE_STEP_MS) * OBSERVE_STEP_MS;
  const range = { promql: query.promql, startMs: endMs, endMs, stepMs: OBSERVE_STEP_MS };
  await source.queryRange(range, { maxSeries: MOST_SERIES, timeoutMs: QUERY_MS }).catch((error: unknown) => {
    // Too much at once is asked for in shares later on.
    if (!(error instanceof AppError) || error.code !== 'too-much') throw error;
  });
}

/** The metrics of the cluster's detectors, where there are some and they may be read. */
async function findDeclared(
  cluster: Cluster,
  source: PrometheusSource,
  { pseudonyms }: RecordOptions,
  say: Progress,
): Promise<Declared> {
  if (pseudonyms) {
    say.line('Declared  not recorded: metrics and labels of AnomalyDetectors would tell what --pseudonyms hides');
    return NOTHING_DECLARED;
  }
  try {
    const detectors = await listDetectors(cluster);
    const declared = await declaredQueries(detectors, cluster.pods, createCounterNames(source, systemClock));
    const names = declared.queries.map(({ metricName }) => metricName);
    const what = names.length === 0 ? 'none' : names.join(', ');
    say.line(printable(`Declared  ${what}, of ${detectors.length} AnomalyDetectors`));
    return declared;
  } catch (error) {
    say.line(printable(`Declared  ${whyNoDetectors(error)}`));
    return NOTHING_DECLARED;
  }
}

interface RecordedRounds {
  readonly status: ObserverStatus;
  readonly source: string;
}

async function makeTape({ output }: RecordOptions, recorded: RecordedRounds, say: Progress): Promise<void> {
  const recordingPath = recordingPathOf(output);
  const { status, source } = recorded;
  if (status.samples === 0) {
    await rm(recordingPath, { force: true });
    const [trouble] = status.troubles;
    const why = trouble === undefined ? 'it has none of the metrics that "tidewatch run" watches' : trouble.message;
    throw new AppError('not-found', `Nothing could be recorded from ${source}: ${why}.`);
  }
  if (status.failure !== undefined) {
    const why = status.failure instanceof Error ? status.failure.message : String(status.failure);
    const rest = `"tidewatch tape recover ${recordingPath}" makes a tape of what was recorded`;
    throw new AppError('cannot-write', `Recording stopped: ${why} ${rest}.`, { cause: status.failure });
  }
  const { info } = await finishRecording(recordingPath, output);
  for (const line of finishedLines(output, info)) say.line(line);
}

function headerOf({ name, pseudonyms }: RecordOptions, startMs: number): RecordingHeader {
  const names = pseudonyms ? ', names replaced by pseudonyms' : '';
  return {
    name: name ?? `a recording of ${formatMinute(startMs)}`,
    source: `recorded by tidewatch ${version()}${names}; replay it with --detectors observed`,
    licence: 'Recorded from a cluster: its owner decides who may have it.',
  };
}

/** Says how it goes, each trouble once, and hears of the failure that ends it. */
function watchRounds(say: Progress, startMs: number, forMs: number, nowMs: () => number) {
  const failed = Promise.withResolvers<void>();
  const told = new Set<string>();
  let warmed = false;
  const heard = (status: ObserverStatus): void => {
    const fresh = status.troubles.filter(({ metricName }) => !told.has(metricName));
    for (const message of new Set(fresh.map((trouble) => trouble.message))) {
      const names = fresh.filter((trouble) => trouble.message === message).map(({ metricName }) => metricName);
      for (const name of names) told.add(name);
      say.line(printable(`Missing   ${names.join(', ')}: ${message}`));
    }
    const holds = `${status.series.toLocaleString('en')} series, ${status.samples.toLocaleString('en')} samples`;
    if (!warmed && status.samples > 0) say.line(`History   ${holds}`);
    warmed ||= status.samples > 0;
    say.update(`Recorded  ${durationText(nowMs() - startMs)} of ${durationText(forMs)}: ${holds}`);
    if (status.failure !== undefined) failed.resolve();
  };
  return { heard, failed: failed.promise };
}

async function mustBeFree(path: string, force: boolean): Promise<void> {
  if (force) return;
  const taken = await access(path).then(
    () => true,
    () => false,
  );
  if (taken) throw new AppError('bad-usage', `${path} exists: choose another name, or replace it with --force.`);
}
