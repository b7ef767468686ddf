// Scores written to real receivers and read back by query: Prometheus 2.42, which knows only version 1 of remote write and
// takes the second for nothing; Prometheus 3, which knows both; VictoriaMetrics. Each goes away and comes back meanwhile.
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { Track } from '#model/score.ts';
import { emptyBlock, type ScoreBlock } from '#model/score-block.ts';
import { createRemoteWriter, type RemoteWriter } from '#store/remote-write/index.ts';
import type { MetricServer } from '../parts/metric-server.ts';
import { missingParts } from '../parts/missing.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { flush, startVictoriaMetrics } from '../parts/victoria-metrics.ts';
import { waitUntil } from '../parts/wait-until.ts';

export interface RemoteWriteTests {
  /** Of these tests; it may be absent. */
  readonly folder: string;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

const RECEIVERS = {
  prometheus: { speaks: 1, start: (folder: string) => startPrometheus({ folder }) },
  'prometheus-3': { speaks: 2, start: (folder: string) => startPrometheus({ folder, part: 'prometheus-3' }) },
  'victoria-metrics': { speaks: 1, start: (folder: string) => startVictoriaMetrics({ folder }) },
} as const;

const STEP_MS = 15_000;
const POINTS = 20;
const TRACKS: readonly Track[] = ['cart-0', 'cart-1'].map((pod) => {
  const labels = { __name__: 'latency_seconds', namespace: 'shop', pod };
  return { key: `latency|${pod}`, detector: 'latency', series: pod, labels, stepMs: STEP_MS, threshold: 3 };
});

/** Runs every test with every receiver that is there, and returns how many failed. */
export async function run({ folder, report }: RemoteWriteTests): Promise<number> {
  let failed = 0;
  for (const name of Object.keys(RECEIVERS) as (keyof typeof RECEIVERS)[]) {
    const title = `remote write: ${name} gives back what was written, also while it was away`;
    try {
      const missing = missingParts([name]);
      if (missing !== undefined) throw new Error(missing);
      const server = await RECEIVERS[name].start(join(folder, name));
      try {
        await check(server, RECEIVERS[name].speaks, name === 'victoria-metrics');
      } finally {
        await server.stop();
      }
      report(title);
    } catch (error) {
      failed++;
      report(title, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return failed;
}

async function check(server: MetricServer, speaks: number, isVictoria: boolean): Promise<void> {
  const writer = createRemoteWriter({
    ...{ url: server.writeUrl, batchSamples: 16, clock: systemClock, random: Math.random, log: createLog('silent') },
  });
  try {
    // The newest is of now, and the oldest recent: Prometheus takes no old ones.
    const startMs = Math.floor(Date.now() / 1000) * 1000 - POINTS * STEP_MS;
    const half = POINTS / 2;
    writer.write(blockOf(startMs, 0, half), TRACKS);
    await writer.flush();
    // VictoriaMetrics has its newest seconds in memory only, so that a kill would be its loss and not ours.
    await server.process.kill(isVictoria ? 'SIGTERM' : 'SIGKILL');
    writer.write(blockOf(startMs, half, POINTS), TRACKS);
    await waitUntil('the writer to notice', () => writer.stats().trouble !== undefined);
    await server.process.restart();
    await writer.flush();
    expectStats(writer, speaks);
    if (isVictoria) await flush(server.url);
    await expectScores(server, startMs);
  } finally {
    await writer.close(0);
  }
}

/** Points `from` up to `to` of both tracks; the second has no band, and misses every fifth. */
function blockOf(startMs: number, from: number, to: number): ScoreBlock {
  const block = emptyBlock((to - from) * TRACKS.length);
  for (let row = 0; row < block.tracks.length; row++) {
    const point = from + Math.floor(row / TRACKS.length);
    const track = row % TRACKS.length;
    block.tracks[row] = track;
    block.timesMs[row] = startMs + point * STEP_MS;
    block.scores[row] = track === 1 && point % 5 === 0 ? Number.NaN : scoreAt(track, point);
    block.expected[row] = 100 + point;
    if (track === 0) [block.lower[row], block.upper[row]] = [90 + point, 110 + point];
  }
  return block;
}

function scoreAt(track: number, point: number): number {
  return track === 0 ? -point / 4 : point / 8;
}

function expectStats(writer: RemoteWriter, speaks: number): void {
  const { version, sentSamples, queuedSamples, retries, droppedSamples } = writer.stats();
  // Four figures of the first track, two of the second where it has a score.
  const all = POINTS * 4 + POINTS * (4 / 5) * 2;
  const lost = Object.values(droppedSamples).reduce((sum, samples) => sum + samples, 0);
  const seen = JSON.stringify(writer.stats());
  if (version !== speaks) throw new Error(`expected version ${speaks}: ${seen}`);
  if (sentSamples !== all || lost > 0 || queuedSamples > 0)
    throw new Error(`expected ${all} samples to be sent: ${seen}`);
  if (retries === 0) throw new Error(`its absence made no retry: ${seen}`);
}

async function expectScores(server: MetricServer, startMs: number): Promise<void> {
  const endMs = startMs + (POINTS - 1) * STEP_MS;
  const at = (expression: string) => server.query(`${expression}[1h]`, endMs + 1000);
  const [first] = await at(
    'tidewatch_score{detector="latency",metric="latency_seconds",namespace="shop",pod="cart-0"}',
  );
  const points = Array.from({ length: POINTS }, (_, point) => point);
  expectList(
    first?.values,
    points.map((point) => scoreAt(0, point)),
  );
  expectList(
    first?.timesMs,
    points.map((point) => startMs + point * STEP_MS),
  );
  const [second] = await at('tidewatch_score{pod="cart-1"}');
  expectList(
    second?.values,
    points.filter((point) => point % 5 !== 0).map((point) => scoreAt(1, point)),
  );
  for (const [name, offset] of [
    ['expected', 100],
    ['lower', 90],
    ['upper', 110],
  ] as const) {
    const [series] = await at(`tidewatch_${name}{pod="cart-0"}`);
    expectList(
      series?.values,
      points.map((point) => point + offset),
    );
  }
  if ((await at('tidewatch_lower{pod="cart-1"}')).length > 0) throw new Error('a band where there is none');
}

function expectList(got: readonly number[] | undefined, expected: readonly number[]): void {
  if (JSON.stringify(got) !== JSON.stringify(expected))
    throw new Error(`expected ${expected.join(' ')}, got ${got?.join(' ')}`);
}
