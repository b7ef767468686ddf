// Scores sent on to real receivers and read back by query: Prometheus 2.42, which knows only version 1 of remote write and
// takes the second for nothing; Prometheus 3, which knows both; VictoriaMetrics. Each goes away and comes back meanwhile, and
// so does the keeper that sends.
import { once } from 'node:events';
import { join } from 'node:path';
import { systemClock, wallClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import type { Track } from '#model/score.ts';
import { emptyBlock, type ScoreBlock } from '#model/score-block.ts';
import type { AppendBatch } from '#store/contract.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { type RemoteWrite, startRemoteWrite } from '#store/remote-write/index.ts';
import { makeFinding } from '../conformance/store-fixtures.ts';
import { type Running, start } from '../fixtures/command.ts';
import type { MetricServer } from '../parts/metric-server.ts';
import { missingParts } from '../parts/missing.ts';
import { dieTogether } from '../parts/orphans.ts';
import { freePorts } from '../parts/ports.ts';
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

type ReceiverName = keyof typeof RECEIVERS;
type Test = (server: MetricServer, folder: string, name: ReceiverName) => Promise<void>;

const TESTS: Readonly<Record<string, Test>> = {
  'gives back what was stored, also while it was away': giveBack,
  'lacks nothing of what a keeper acknowledged, though both were killed': keepOn,
};

/** Runs every test with every receiver that is there, and returns how many failed. */
export async function run({ folder, report }: RemoteWriteTests): Promise<number> {
  let failed = 0;
  for (const name of Object.keys(RECEIVERS) as ReceiverName[]) {
    for (const [index, [sentence, test]] of Object.entries(TESTS).entries()) {
      const title = `remote write: ${name} ${sentence}`;
      const place = join(folder, `${name}-${index}`);
      try {
        const missing = missingParts([name]);
        if (missing !== undefined) throw new Error(missing);
        const server = await RECEIVERS[name].start(place);
        await test(server, place, name).finally(() => server.stop());
        report(title);
      } catch (error) {
        failed++;
        report(title, error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
  return failed;
}

/** VictoriaMetrics has its newest seconds in memory only, so that a kill would be its loss and not ours. */
function kill(server: MetricServer, name: ReceiverName): Promise<void> {
  return server.process.kill(name === 'victoria-metrics' ? 'SIGTERM' : 'SIGKILL');
}

async function giveBack(server: MetricServer, folder: string, name: ReceiverName): Promise<void> {
  const store = await openEmbeddedStore({ folder: join(folder, 'store'), outbox: true });
  const remote = startRemoteWrite(store.outbox, {
    ...{ url: server.writeUrl, batchSamples: 16, clock: wallClock, random: Math.random, log: createLog('silent') },
  });
  const write = async (key: string, scores: ScoreBlock) => {
    await store.append(batchOf(key, scores));
    remote.wake();
  };
  const sent = () => waitUntil('all to be sent', async () => (await remote.outbox()).waiting === 0);
  try {
    // The newest is of now, and the oldest recent: Prometheus takes no old ones.
    const startMs = Math.floor(Date.now() / 1000) * 1000 - POINTS * STEP_MS;
    const half = POINTS / 2;
    await write('first', blockOf(startMs, 0, half));
    await sent();
    await kill(server, name);
    await write('second', blockOf(startMs, half, POINTS));
    await waitUntil('its absence to be noticed', () => remote.stats().trouble !== undefined);
    await server.process.restart();
    await sent();
    expectStats(remote, RECEIVERS[name].speaks);
    if (name === 'victoria-metrics') await flush(server.url);
    await expectScores(server, startMs);
  } finally {
    await remote.close();
    await store.close();
  }
}

function batchOf(key: string, scores: ScoreBlock, more: Partial<AppendBatch> = {}): AppendBatch {
  const position = { seenMs: scores.timesMs.at(-1) ?? 0, stream: 'cluster:shop' };
  return { epoch: 1, key, position, tracks: TRACKS, scores, findings: [], spans: [], edges: [], ...more };
}

const ROUND_MS = 1000;
const ROUNDS = 24;

/** Rounds are appended as an operator does it; the receiver and the keeper are killed, each while the other is there or not. */
async function keepOn(server: MetricServer, folder: string, name: ReceiverName): Promise<void> {
  const keeper = await createKeeper(folder, server.writeUrl);
  const client = await createKeeperClient({
    ...{ address: keeper.address, spoolFolder: join(folder, 'spool'), maxSpoolBytes: 2 ** 24 },
    ...{ clock: systemClock, random: Math.random, log: createLog('silent') },
  });
  const startMs = Math.floor(Date.now() / 1000) * 1000 - ROUNDS * ROUND_MS;
  const opened = makeFinding('kept', { startMs, closedMs: startMs + 10 * ROUND_MS });
  const append = async (from: number, to: number) => {
    for (let round = from; round < to; round++) {
      const scores = blockOf(startMs, round, round + 1, ROUND_MS);
      const findings = round === 3 ? [{ ...opened, confirmedMs: startMs + ROUND_MS }] : [];
      await client.append(batchOf(`round ${round}`, scores, { findings }));
    }
  };
  try {
    await keeper.start();
    await append(0, 6);
    await kill(server, name);
    await append(6, 12);
    await keeper.kill();
    await append(12, 14);
    await keeper.start();
    await client.drained();
    const missed = async () => (await keeper.figure('failures_total{reason="unreachable"}')) > 0;
    await waitUntil('the keeper to miss its receiver', missed);
    await server.process.restart();
    await append(14, 18);
    await client.drained();
    await keeper.untilSent();
    await keeper.kill();
    await keeper.start();
    await append(18, ROUNDS);
    // What the client spooled in between is the keeper's from here on.
    await client.drained();
    await keeper.untilSent();
    if ((await keeper.figure('lag_seconds')) !== 0) throw new Error('it lags, and nothing waits');
    if (name === 'victoria-metrics') await flush(server.url);
    await expectAll(server, startMs);
  } finally {
    await client.close();
    await keeper.kill();
  }
}

/** Every figure of every round is there, once and as it was, and the finding. */
async function expectAll(server: MetricServer, startMs: number): Promise<void> {
  const endMs = startMs + ROUNDS * ROUND_MS;
  const found = (await server.query('{__name__=~"tidewatch_.+",pod=~"cart-.",finding=""}[1h]', endMs + 60_000)).flatMap(
    ({ labels, timesMs, values }) =>
      timesMs.map((timeMs, index) => `${labels.__name__} ${labels.pod} ${timeMs} ${values[index]}`),
  );
  const block = blockOf(startMs, 0, ROUNDS, ROUND_MS);
  const names = { scores: 'score', expected: 'expected', lower: 'lower', upper: 'upper' } as const;
  const wanted = (Object.keys(names) as (keyof typeof names)[]).flatMap((figure) =>
    Array.from(block[figure], (value, row) => {
      const isThere = !Number.isNaN(value) && !Number.isNaN(block.scores[row]);
      return isThere ? `tidewatch_${names[figure]} cart-${block.tracks[row]} ${block.timesMs[row]} ${value}` : '';
    }).filter((line) => line !== ''),
  );
  const lost = new Set(wanted).difference(new Set(found));
  const more = new Set(found).difference(new Set(wanted));
  if (lost.size > 0 || more.size > 0 || found.length !== wanted.length) {
    throw new Error(
      `${lost.size} lost, ${more.size} that nobody wrote, ${found.length} of ${wanted.length}: ${[...lost][0]}`,
    );
  }
  const [finding] = await server.query('tidewatch_finding{finding="kept",pod="cart-1"}[1h]', endMs + 60_000);
  expectList(finding?.values, [7, 0]);
}

/** `tidewatch keeper` as a process, whose data outlive it. */
async function createKeeper(folder: string, url: string) {
  const [append = 0, page = 0, health = 0] = await freePorts(3);
  const args = ['keeper', `--data=${join(folder, 'data')}`, `--append-port=${append}`, `--page-port=${page}`];
  let running: Running | undefined;
  const figure = async (name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`tidewatch_remote_write_${name} `));
    return Number(line?.split(' ').at(-1) ?? Number.NaN);
  };
  return {
    address: `http://127.0.0.1:${append}`,
    figure,
    async start() {
      const own = ['--health-host=127.0.0.1', `--health-port=${health}`, `--remote-write=${url}`];
      running = start([...args, ...own]);
      dieTogether(running.process);
      await running.printed(/Operators +\S+/);
    },
    async kill() {
      if (running === undefined || running.process.exitCode !== null || running.process.signalCode !== null) return;
      const ended = once(running.process, 'close');
      running.process.kill('SIGKILL');
      await ended;
    },
    untilSent: () => waitUntil('the keeper to have sent all', async () => (await figure('waiting')) === 0),
  };
}

/** Points `from` up to `to` of both tracks; the second has no band, and misses every fifth. */
function blockOf(startMs: number, from: number, to: number, stepMs: number = STEP_MS): ScoreBlock {
  const block = emptyBlock((to - from) * TRACKS.length);
  for (let row = 0; row < block.tracks.length; row++) {
    const point = from + Math.floor(row / TRACKS.length);
    const track = row % TRACKS.length;
    block.tracks[row] = track;
    block.timesMs[row] = startMs + point * stepMs;
    block.seenMs[row] = startMs + (point + 1) * stepMs;
    block.scores[row] = track === 1 && point % 5 === 0 ? Number.NaN : scoreAt(track, point);
    block.expected[row] = 100 + point;
    if (track === 0) [block.lower[row], block.upper[row]] = [90 + point, 110 + point];
  }
  return block;
}

function scoreAt(track: number, point: number): number {
  return track === 0 ? -point / 4 : point / 8;
}

function expectStats(remote: RemoteWrite, speaks: number): void {
  const { version, sentSamples, refusedSamples, failures } = remote.stats();
  // Four figures of the first track, two of the second where it has a score.
  const all = POINTS * 4 + POINTS * (4 / 5) * 2;
  const seen = JSON.stringify(remote.stats());
  if (version !== speaks) throw new Error(`expected version ${speaks}: ${seen}`);
  if (sentSamples !== all || refusedSamples > 0) throw new Error(`expected ${all} samples to be sent: ${seen}`);
  if (failures.unreachable === 0) throw new Error(`its absence made no retry: ${seen}`);
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
