// What reaches the store when something goes wrong on the way: queries, flow and sink as in production, Prometheus and
// store made up.
import { expect, test } from 'vitest';
import type { FetchedSeries, PrometheusSource, RangeQuery } from '#collect/prometheus/contract.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLiveSink } from '#pipeline/live-sink.ts';
import type { ObserverStatus } from '#pipeline/observer.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import type { AppendBatch } from '#store/contract.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import { createObserving, type Observing } from './observe.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Math.ceil(1_700_000_000_000 / HOUR) * HOUR + 6000;
const CPU = 'pod_cpu_usage_cores';
const MEMORY = 'pod_memory_usage_bytes';
const away = () => new AppError('unavailable', 'away', { retryable: true });

/** What a query asks for: one of two metrics, or something that nobody measures. */
function metricOf(promql: string): string | undefined {
  if (promql.startsWith('sum by (namespace, pod) (rate(container_cpu_usage')) return CPU;
  return promql.startsWith('sum by (namespace, pod) (container_memory_working') ? MEMORY : undefined;
}

const seriesOf = (pod: string, { startMs, endMs, stepMs }: RangeQuery): FetchedSeries => {
  const count = Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1);
  const timesMs = Float64Array.from({ length: count }, (_, index) => startMs + index * stepMs);
  return { labels: { namespace: 'shop', pod }, timesMs, values: timesMs.map(() => 1) };
};

type Answer = (metric: string | undefined, query: RangeQuery) => Promise<FetchedSeries[]>;

class World {
  readonly clock = new FakeClock();
  readonly asked: RangeQuery[] = [];
  readonly batches: AppendBatch[] = [];
  /** Minutes from the start that the store has, by metric. */
  readonly stored = new Map<string, Set<number>>();
  rows = 0;
  positionMs = Number.NEGATIVE_INFINITY;
  runs = 0;
  status: ObserverStatus | undefined;
  answer: Answer = async (metric, query) => (metric === undefined ? [] : [seriesOf('cart-1', query)]);
  time: () => Promise<number> = async () => this.clock.nowMs();

  readonly source: PrometheusSource = {
    address: 'fake',
    counters: async () => new Map(),
    nowMs: () => this.time(),
    close: async () => {},
    queryRange: (query) => {
      this.asked.push(query);
      return this.answer(metricOf(query.promql), query);
    },
  };

  readonly store = {
    append: async (batch: AppendBatch) => {
      // As every store does.
      if (this.batches.some(({ key }) => key === batch.key)) return { outcome: 'duplicate' as const };
      this.batches.push(batch);
      const { tracks, timesMs } = batch.scores;
      this.rows += tracks.length;
      tracks.forEach((track, row) => {
        const name = batch.tracks[track]?.labels.__name__ ?? '';
        const minutes = this.stored.get(name) ?? new Set();
        this.stored.set(name, minutes.add(((timesMs[row] ?? 0) - START + 6000) / MINUTE));
      });
      this.positionMs = Math.max(this.positionMs, batch.position.seenMs);
      return { outcome: 'stored' as const };
    },
  };

  /** Begins another run; `aheadMs`: of its own clock. */
  begin(aheadMs = 0): Observing {
    const clock: Clock = {
      nowMs: () => this.clock.nowMs() + aheadMs,
      sleep: (ms, signal) => this.clock.sleep(ms, signal),
    };
    const storedMs = this.positionMs;
    const sink = createLiveSink(this.store, { epoch: 1, stream: 's', run: String(this.runs++), storedMs });
    const observing = createObserving({
      ...{ source: this.source, sink, workers: 0, clock, storedMs, enrich: () => ({}) },
      onRound: (status) => {
        this.status = status;
      },
    });
    observing.observer.start();
    return observing;
  }

  /** Minutes of the metric that the store lacks, between these two. */
  missing(metric: string, from: number, to: number): number[] {
    const minutes = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    return minutes.filter((minute) => this.stored.get(metric)?.has(minute) !== true);
  }
}

async function setUp(): Promise<World> {
  const world = new World();
  await world.clock.advance(START);
  return world;
}

test('what a query missed while others went on is in the store once it is caught up', async () => {
  const world = await setUp();
  const observing = world.begin();
  await world.clock.advance(5 * MINUTE);
  const { answer } = world;
  world.answer = (metric, query) => (metric === MEMORY ? Promise.reject(away()) : answer(metric, query));
  await world.clock.advance(5 * MINUTE);
  expect(world.missing(CPU, -170, 8)).toEqual([]);
  expect(world.missing(MEMORY, -170, 8)).toEqual([5, 6, 7, 8]);
  world.answer = answer;
  await world.clock.advance(5 * MINUTE);
  expect(world.missing(MEMORY, -170, 13)).toEqual([]);
  await observing.stop();
});

test('a query that hangs costs the others neither a sample nor a minute', async () => {
  const world = await setUp();
  const { answer } = world;
  world.answer = async (metric, query) => {
    if (metric !== undefined) return answer(metric, query);
    await world.clock.sleep(MINUTE);
    throw away();
  };
  const observing = world.begin();
  await world.clock.advance(4 * MINUTE);
  for (let minute = 0; minute < 10; minute++) {
    const before = world.status?.newestMs ?? 0;
    await world.clock.advance(MINUTE);
    expect(world.status?.newestMs).toBe(before + MINUTE);
  }
  expect(world.clock.nowMs() - (world.status?.newestMs ?? 0)).toBeLessThanOrEqual(2.5 * MINUTE);
  for (const metric of [CPU, MEMORY]) expect(world.missing(metric, -170, 12)).toEqual([]);
  expect(world.status).toMatchObject({ late: OBSERVED.length - 2 });
  expect(world.status?.troubles).toHaveLength(OBSERVED.length - 2);
  await observing.stop();
});

test('a slow query is not lost, only later', async () => {
  const world = await setUp();
  const { answer } = world;
  const observing = world.begin();
  await world.clock.advance(MINUTE);
  world.answer = async (metric, query) => {
    if (metric === MEMORY) await world.clock.sleep(40_000);
    return answer(metric, query);
  };
  await world.clock.advance(20 * MINUTE);
  expect(world.missing(CPU, -170, 19)).toEqual([]);
  expect(world.missing(MEMORY, -170, 17)).toEqual([]);
  expect(world.status?.troubles).toEqual([]);
  await observing.stop();
});

test('what a query missed is fetched after a restart in the middle of it, and nothing else is written twice', async () => {
  const world = await setUp();
  const { answer } = world;
  const first = world.begin();
  await world.clock.advance(5 * MINUTE);
  world.answer = (metric, query) => (metric === MEMORY ? Promise.reject(away()) : answer(metric, query));
  await world.clock.advance(10 * MINUTE);
  await first.stop();
  // It fails for the second, too.
  const second = world.begin();
  await world.clock.advance(5 * MINUTE);
  await second.stop();
  world.answer = answer;
  const before = world.rows;
  const third = world.begin();
  await world.clock.advance(5 * MINUTE);
  for (const metric of [CPU, MEMORY]) expect(world.missing(metric, -170, 23)).toEqual([]);
  // Both metrics since the failure, and not the three hours before it.
  expect(world.rows - before).toBeLessThan(2 * 25);
  await third.stop();
});

test('what was missed while nobody watched is fetched as well', async () => {
  const world = await setUp();
  const first = world.begin();
  await world.clock.advance(5 * MINUTE);
  await first.stop();
  await world.clock.advance(6 * HOUR);
  const second = world.begin();
  await world.clock.advance(5 * MINUTE);
  expect(world.missing(CPU, -170, 360)).toEqual([]);
  expect(world.status?.skippedSteps).toBe(0);
  await second.stop();
  await world.clock.advance(20 * HOUR);
  const third = world.begin();
  await world.clock.advance(MINUTE);
  // Eight hours of each query were too far back.
  const queries = OBSERVED.length;
  expect(world.status?.skippedSteps).toBeGreaterThan(queries * 8 * 60 - queries * 5);
  expect(world.status?.skippedSteps).toBeLessThan(queries * 8 * 60 + queries * 5);
  await third.stop();
});

test('nobody asks for more than an hour at once, whatever there is to catch up on', async () => {
  const world = await setUp();
  const { answer } = world;
  const observing = world.begin();
  await world.clock.advance(MINUTE);
  world.answer = () => Promise.reject(away());
  await world.clock.advance(5 * HOUR);
  world.answer = answer;
  await world.clock.advance(2 * MINUTE);
  expect(Math.max(...world.asked.map(({ startMs, endMs }) => endMs - startMs))).toBe(59 * MINUTE);
  expect(world.missing(CPU, -170, 300)).toEqual([]);
  await observing.stop();
});

test('a clock that is ten minutes off, either way, changes nothing that is stored, and is said', async () => {
  for (const aheadMs of [10 * MINUTE, -10 * MINUTE]) {
    const world = await setUp();
    const first = world.begin(aheadMs);
    await world.clock.advance(5 * MINUTE);
    expect(world.status?.clock.skewMs).toBe(aheadMs);
    expect(world.status?.clock.trouble?.what).toMatch(aheadMs > 0 ? /10 min ahead of/ : /10 min behind/);
    expect(Math.max(...world.asked.map(({ endMs }) => endMs))).toBeLessThan(world.clock.nowMs() - MINUTE);
    expect(world.missing(CPU, -170, 3)).toEqual([]);
    await first.stop();
    const second = world.begin();
    await world.clock.advance(5 * MINUTE);
    expect(world.status?.clock.trouble).toBeUndefined();
    expect(world.missing(CPU, -170, 8)).toEqual([]);
    await second.stop();
  }
});

test('a clock that steps while it watches loses nothing', async () => {
  const world = await setUp();
  let aheadMs = 0;
  const clock: Clock = {
    nowMs: () => world.clock.nowMs() + aheadMs,
    sleep: (ms, signal) => world.clock.sleep(ms, signal),
  };
  const sink = createLiveSink(world.store, { epoch: 1, stream: 's', run: 'r', storedMs: Number.NEGATIVE_INFINITY });
  const observing = createObserving({
    ...{ source: world.source, sink, workers: 0, clock, storedMs: Number.NEGATIVE_INFINITY, enrich: () => ({}) },
    onRound: () => {},
  });
  observing.observer.start();
  for (const step of [0, HOUR, -HOUR, 0]) {
    aheadMs = step;
    await world.clock.advance(10 * MINUTE);
  }
  expect(world.missing(CPU, -170, 37)).toEqual([]);
  await observing.stop();
});

test('a stored position that lies in the future hides nothing, and is said and counted', async () => {
  const world = await setUp();
  world.positionMs = START + 30 * MINUTE;
  const observing = world.begin();
  await world.clock.advance(10 * MINUTE);
  expect(world.missing(CPU, -170, 8)).toEqual([]);
  expect(world.status?.clock.trouble?.what).toMatch(/stored ends 2\d min in the future/);
  expect(world.status?.clock.aheadRounds).toBeGreaterThan(5);
  await world.clock.advance(30 * MINUTE);
  expect(world.status?.clock.trouble).toBeUndefined();
  expect(world.missing(CPU, -170, 38)).toEqual([]);
  await observing.stop();
});

test('when the time of Prometheus steps back, that is said until it is there again', async () => {
  const world = await setUp();
  const observing = world.begin();
  await world.clock.advance(10 * MINUTE);
  world.time = async () => world.clock.nowMs() - 20 * MINUTE;
  await world.clock.advance(5 * MINUTE);
  expect(world.status?.clock.trouble?.what).toMatch(/observed ends 1\d min in the future/);
  world.time = async () => world.clock.nowMs();
  await world.clock.advance(3 * MINUTE);
  expect(world.status?.clock.trouble).toBeUndefined();
  expect(world.missing(CPU, -170, 15)).toEqual([]);
  await observing.stop();
});

test('a Prometheus that is away is one trouble, and one that tells no time is believed to have ours', async () => {
  const world = await setUp();
  world.time = () => Promise.reject(away());
  const observing = world.begin();
  await world.clock.advance(2 * MINUTE);
  expect(world.asked).toEqual([]);
  expect(world.status?.troubles).toMatchObject([{ metricName: 'all queries', code: 'unavailable', sinceMs: START }]);
  world.time = () => Promise.reject(new AppError('bad-input', 'it tells no time'));
  await world.clock.advance(2 * MINUTE);
  expect(world.status?.troubles).toEqual([]);
  expect(world.missing(CPU, -170, 2)).toEqual([]);
  await observing.stop();
});

test('an answer to what time it is that is lost once costs no round', async () => {
  const world = await setUp();
  const { time } = world;
  let asked = 0;
  world.time = () => (asked++ % 2 === 0 ? Promise.reject(away()) : time());
  const observing = world.begin();
  await world.clock.advance(3 * MINUTE);
  expect(world.status?.troubles).toEqual([]);
  expect(world.missing(CPU, -170, 1)).toEqual([]);
  await observing.stop();
});

test('a query that is refused from the beginning holds the position back for half an hour, and no longer', async () => {
  const world = await setUp();
  const { answer } = world;
  world.answer = (metric, query) =>
    metric === MEMORY ? Promise.reject(new AppError('bad-input', 'no such function')) : answer(metric, query);
  const observing = world.begin();
  await world.clock.advance(20 * MINUTE);
  expect(world.positionMs).toBeLessThan(START - 2 * HOUR);
  await world.clock.advance(20 * MINUTE);
  expect(world.positionMs).toBeGreaterThan(START + 37 * MINUTE);
  // Were it taken after all, nothing would be missing.
  world.answer = answer;
  await world.clock.advance(2 * MINUTE);
  expect(world.missing(MEMORY, -170, 40)).toEqual([]);
  await observing.stop();
});

test('pods that come and go are forgotten, and one that stays is not', async () => {
  const world = await setUp();
  world.answer = async (metric, query) => {
    if (metric !== CPU) return [];
    // Each lives for ten minutes.
    const minute = (timeMs: number) => Math.floor(timeMs / (10 * MINUTE));
    const jobs = new Set([minute(query.startMs), minute(query.endMs)]);
    const all = seriesOf('all', query);
    return [
      seriesOf('stays', query),
      ...[...jobs].map((job) => {
        const [from, to] = [job * 10 * MINUTE, job * 10 * MINUTE + 9 * MINUTE];
        const timesMs = all.timesMs.filter((timeMs) => timeMs >= from && timeMs <= to);
        return { labels: { namespace: 'shop', pod: `job-${job}` }, timesMs, values: timesMs.map(() => 1) };
      }),
    ];
  };
  const observing = world.begin();
  await world.clock.advance(24 * HOUR);
  // Three hours and a round's distance of them, out of 144.
  expect(observing.series().length).toBeLessThan(25);
  expect(world.status?.series).toBe(observing.series().length);
  expect(observing.series().map(({ labels }) => labels.pod)).toContain('stays');
  expect(world.status?.dropped).toEqual({ outOfOrder: 0, unknownSeries: 0 });
  await observing.stop();
}, 30_000);

test('a cluster with more pods than one answer may hold is asked for in shares', async () => {
  const world = await setUp();
  world.answer = async (metric, query) => {
    const letters = /pod=~"\.\*\[(\w+)\]"/.exec(query.promql)?.[1] ?? '';
    const others = /pod!~"\.\*\[(\w+)\]"/.exec(query.promql)?.[1] ?? '';
    const isIn = (letter: string) =>
      letters !== '' ? letters.includes(letter) : others === '' || !others.includes(letter);
    if (metricOf(query.promql) === undefined && metric === undefined) return [];
    const pods = [...'bcdfgh'].filter(isIn).map((letter) => `cart-${letter}`);
    // Made small: three stand for 20,000.
    if (pods.length > 3) throw new AppError('too-much', 'more than 3 series');
    return pods.map((pod) => seriesOf(pod, query));
  };
  const observing = world.begin();
  await world.clock.advance(3 * MINUTE);
  expect(world.status?.troubles).toEqual([]);
  expect(new Set(observing.series().map(({ labels }) => labels.pod)).size).toBe(6);
  expect(world.missing(CPU, -170, 1)).toEqual([]);
  await observing.stop();
});
