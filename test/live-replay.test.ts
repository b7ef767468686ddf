// What is watched live and the replay of what was recorded beside it give the same export, line by line: with queries that
// fail, hang and catch up, pods that come and go, and one that comes back when it was forgotten.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FetchedSeries, PrometheusSource, RangeQuery } from '#collect/prometheus/contract.ts';
import { AppError } from '#kit/errors.ts';
import { createExportSink } from '#pipeline/export-sink.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { finishRecording } from '#tape/finish-recording.ts';
import { openTape } from '#tape/reader.ts';
import { createRecording, type RecordingPart } from '#tape/recording.ts';
import { createRedaction } from '#tape/redact.ts';
import { createObserving } from '../src/app/live/observe.ts';
import { createRecorder } from '../src/app/live/record-observed.ts';
import { runTape } from '../src/app/run-tape.ts';
import { FakeClock } from './fixtures/fake-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Math.ceil(1_700_000_000_000 / HOUR) * HOUR + 6000;
const WATCHED_MS = 9 * HOUR;

/** So many of the observed metrics are measured here, the others absent. */
const MEASURED = 7;

interface Life {
  readonly pod: string;
  /** Minutes from the start: in one of these it is there. */
  readonly lives: readonly (readonly [from: number, to: number])[];
}

const PODS: readonly Life[] = [
  { pod: 'stays', lives: [[-600, 600]] },
  // Away for four hours, which is longer than it is remembered, and for two, which is not.
  {
    pod: 'db-0',
    lives: [
      [-600, 60],
      [300, 600],
    ],
  },
  {
    pod: 'db-1',
    lives: [
      [-600, 60],
      [180, 600],
    ],
  },
  ...Array.from({ length: 40 }, (_, job): Life => ({ pod: `job-${job}`, lives: [[job * 12, job * 12 + 40]] })),
];

/** Noise, and each two hours or so something that is not. */
function figureOf(metric: number, pod: number, minute: number): number {
  const noise = Math.sin(minute * 12.9898 + metric * 78.233 + pod * 3.7) + Math.sin(minute * 4.1414);
  const isWild = (((minute + pod * 31 + metric * 17) % 137) + 137) % 137 < 7;
  return (5 + 0.1 * noise) * (isWild ? 40 : 1) * (metric === 1 ? 1e8 : 1);
}

function answerOf(metric: number, { startMs, endMs, stepMs }: RangeQuery): FetchedSeries[] {
  return PODS.flatMap(({ pod, lives }, index): FetchedSeries[] => {
    const times: number[] = [];
    for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
      const minute = (timeMs - START + 6000) / MINUTE;
      if (lives.some(([from, to]) => minute >= from && minute < to)) times.push(timeMs);
    }
    const timesMs = Float64Array.from(times);
    const values = timesMs.map((timeMs) => figureOf(metric, index, (timeMs - START + 6000) / MINUTE));
    return times.length === 0 ? [] : [{ labels: { namespace: 'shop', pod }, timesMs, values }];
  });
}

function sourceOf(clock: FakeClock): PrometheusSource {
  return {
    address: 'fake',
    counters: async () => new Map(),
    nowMs: async () => clock.nowMs(),
    close: async () => {},
    async queryRange(query) {
      const metric = OBSERVED.findIndex(({ promql }) => promql === query.promql);
      const minute = (clock.nowMs() - START) / MINUTE;
      if (metric === 1 && minute > 100 && minute < 125) throw new AppError('unavailable', 'away', { retryable: true });
      if (metric === 2 && minute > 150 && minute < 200) await clock.sleep(45_000);
      return metric < MEASURED ? answerOf(metric, query) : [];
    },
  };
}

async function tapeOf(parts: readonly RecordingPart[], folder: string): Promise<string> {
  const path = join(folder, 'a.recording');
  const recording = await createRecording(path, { name: 'a', source: 'a', licence: 'a' });
  for (const part of parts) await recording.append(part);
  await recording.close();
  await finishRecording(path, join(folder, 'a.tape'));
  return join(folder, 'a.tape');
}

test('what ran live and its replay export the same', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-live-'));
  const clock = new FakeClock();
  await clock.advance(START);
  const source = sourceOf(clock);
  const live = createExportSink();
  const observing = createObserving({
    ...{ source, sink: live, workers: 0, clock, storedMs: Number.NEGATIVE_INFINITY },
    enrich: () => ({ service: 'shop' }),
    onRound: ({ failure }) => expect(failure).toBeUndefined(),
  });
  // Written afterwards: the clock would not wait for a disk.
  const parts: RecordingPart[] = [];
  const recording = { append: async (part: RecordingPart) => void parts.push(part) };
  const recorder = createRecorder({
    ...{ source, recording, clock, stepMs: MINUTE, warmMs: 3 * HOUR, redaction: createRedaction({ keepLabels: [] }) },
    cluster: { serviceLabels: () => ({ service: 'shop' }), pods: { list: () => [].values() } },
    onRound: ({ failure }) => expect(failure).toBeUndefined(),
  });
  observing.observer.start();
  recorder.start();
  for (let minute = 0; minute < WATCHED_MS / MINUTE; minute++) await clock.advance(MINUTE);
  // Both are between two rounds.
  await Promise.all([observing.stop(), recorder.stop()]);
  expect(recorder.status.samples).toBe(observing.observer.status.samples);
  expect(observing.series().length).toBeLessThan(PODS.length * MEASURED);
  const tape = await tapeOf(parts, folder);

  const reader = await openTape(tape);
  const again = createExportSink();
  await runTape({ reader, plans: OBSERVED.map(({ plan }) => plan), workers: 2, speed: 'max', sink: again });
  await reader.close();
  await rm(folder, { recursive: true });
  const lines = [...live.lines()];
  expect(lines.length).toBeGreaterThan(10_000);
  expect(lines.filter((line) => line.startsWith('{"type":"finding"')).length).toBeGreaterThan(20);
  // Line by line, because a difference of all of them is nothing that one can read.
  const other = [...again.lines()];
  expect(other.length).toBe(lines.length);
  const at = lines.findIndex((line, index) => line !== other[index]);
  expect(other[at]).toBe(lines[at]);
});
