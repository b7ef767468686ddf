// One detector, several places: what an algorithm says of a series in this process is what it says behind gRPC, and what comes
// of it through splitter, bus and a worker, within 1e-9. Prometheus is the fourth place (test/cluster/rules.e2e.ts).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnalysisJob } from '#analysis/contract.ts';
import { createGrpcAnalyser, type GrpcAnalyser } from '#analysis/grpc/client.ts';
import { type AnalysisServer, createAnalysisServer } from '#api/grpc/server.ts';
import { createStepWorkers } from '#app/step-worker.ts';
import { createMemoryBus } from '#bus/memory.ts';
import type { Algorithm, ParamValues } from '#detect/contract.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { scoreByStepping } from '#detect/rolling-scorer.ts';
import { completeParams } from '#detect/settings.ts';
import { onlineOf } from '#detect/windowed.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { PARTITIONS } from '#model/partition.ts';
import type { Plan } from '#model/plan.ts';
import type { Figure } from '#model/score-block.ts';
import type { Series } from '#model/series.ts';
import { startFlow } from '#pipeline/flow.ts';
import type { PartitionRecord, TickOutput } from '#pipeline/records.ts';
import { Splitter } from '#pipeline/split.ts';
import { createRng } from '#stats/rng.ts';

const STEP_MS = 300_000;
/** Three days, so that every season has been seen. */
const POINTS = 864;
const POINTS_A_TICK = 97;
const START_MS = Date.UTC(2024, 0, 1);
const COLUMNS = ['scores', 'expected', 'lower', 'upper'] as const satisfies readonly Figure[];
const GIVEN: Readonly<Record<string, ParamValues>> = {
  'static-threshold': { above: 12 },
  // They score a whole window a point: a short one will do.
  'isolation-forest': { trees: 10, sample: 32, windowMs: 7_200_000 },
  'spectral-residual': { windowMs: 14_400_000 },
  'stl-residual': { periodMs: 7_200_000, windowMs: 21_600_000 },
  'slow-trend': { windowMs: 86_400_000, blocks: 12 },
};

/** A day's rhythm with noise, stray points, gaps of one point and of an hour, and NaN. */
const SERIES: Series = (() => {
  const rng = createRng(11);
  const indexes = Array.from({ length: POINTS }, (_, index) => index).filter((index) => index < 400 || index >= 412);
  const valueAt = (index: number) => {
    if (index % 131 === 7) return Number.NaN;
    return 10 + 2 * Math.sin((2 * Math.PI * index) / 288) + 0.3 * rng.normal() + (index % 173 === 9 ? 5 : 0);
  };
  return {
    stepMs: STEP_MS,
    timesMs: Float64Array.from(indexes, (index) => START_MS + index * STEP_MS),
    values: Float64Array.from(indexes, valueAt),
  };
})();

const CASES = Object.entries(ALGORITHMS).map(([name, algorithm]: [string, Algorithm]) => {
  const parameters = completeParams(algorithm.params, GIVEN[name] ?? {});
  return { name, parameters, scorer: algorithm.create(parameters, { stepMs: STEP_MS }) };
});

function expectNear(found: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  expect(found.length, what).toBe(wanted.length);
  for (let index = 0; index < wanted.length; index++) {
    const [one = Number.NaN, other = Number.NaN] = [found[index], wanted[index]];
    const isNear = Number.isNaN(other) ? Number.isNaN(one) : Math.abs(one - other) <= 1e-9;
    if (!isNear) expect.unreachable(`${what}, point ${index}: ${one} instead of ${other}`);
  }
}

describe('over gRPC', () => {
  let server: AnalysisServer;
  let analyser: GrpcAnalyser;
  beforeAll(async () => {
    const log = createLog('silent');
    server = createAnalysisServer({ algorithms: ALGORITHMS, version: '1', clock: systemClock, log });
    const { port } = await server.listen({ port: 0 });
    analyser = createGrpcAnalyser({ addresses: `127.0.0.1:${port}`, clock: systemClock, random: () => 0.5, log });
  });
  afterAll(async () => {
    await analyser.close();
    await server.close(0);
  });

  test.each(CASES)('$name gives what it gives here', async ({ name, parameters, scorer }) => {
    const job: AnalysisJob = { metricName: 'latency', series: SERIES, algorithm: name, parameters, threshold: 3 };
    const [outcome] = await analyser.analyse([job]);
    const here = scorer.score(SERIES);
    expect(here.scores.filter((score) => !Number.isNaN(score)).length).toBeGreaterThan(100);
    if (outcome?.ok !== true) return expect.unreachable(`${name}: ${outcome?.message}`);
    for (const column of COLUMNS) expectNear(outcome[column], here[column], `${name}, ${column}`);
  });
});

describe('through the bus', () => {
  const plans = CASES.map(({ name, parameters }): Plan => {
    const guards = { direction: 'both', minAbsoluteDeviation: 0, minRelativeDeviation: 0, range: {} } as const;
    const persistence = { points: 1, of: 1, clear: 1 };
    return {
      ...{ detector: name, selector: {}, metricName: 'latency', algorithm: name, parameters, threshold: 3 },
      guards: { ...guards, persistence, missing: 'ignore' },
    };
  });

  test('all give what they give here', { timeout: 120_000 }, async () => {
    const written = await sendThrough(plans);
    for (const { name, parameters, scorer } of CASES) {
      // What goes point by point gives the same as a whole; what only scores windows scores the one that ends at each point.
      const here =
        scorer.online === undefined
          ? scoreByStepping(onlineOf(scorer, parameters, STEP_MS), SERIES)
          : scorer.score(SERIES);
      for (const column of COLUMNS) expectNear(columnOf(written, name, column), here[column], `${name}, ${column}`);
    }
  });
});

/** All points of one series, cut into ticks that fit no window. */
async function sendThrough(plans: readonly Plan[]): Promise<readonly TickOutput[]> {
  const written: TickOutput[] = [];
  const bus = createMemoryBus<PartitionRecord>({ partitions: PARTITIONS, capacity: 2 });
  const flow = startFlow(bus, createStepWorkers(2, plans), { write: async (tick) => void written.push(tick) });
  const splitter = new Splitter();
  const info = { id: 1, labels: { __name__: 'latency', namespace: 'shop', pod: 'cart-1' }, stepMs: STEP_MS };
  splitter.add({ kind: 'series', seenMs: START_MS, series: [info] });
  for (const [index, timeMs] of SERIES.timesMs.entries()) {
    const values = SERIES.values.subarray(index, index + 1);
    splitter.add({ kind: 'frame', timeMs, seenMs: timeMs, ids: Uint32Array.of(1), values });
    const isLast = index === SERIES.timesMs.length - 1;
    if (index % POINTS_A_TICK === POINTS_A_TICK - 1 || isLast) await flow.submit(splitter.close(timeMs));
  }
  await flow.drained();
  await flow.close();
  return written;
}

function columnOf(written: readonly TickOutput[], detector: string, column: (typeof COLUMNS)[number]): number[] {
  return written.flatMap(({ scores, tracks }) =>
    [...scores[column]].filter((_, row) => tracks[scores.tracks[row] ?? -1]?.detector === detector),
  );
}
