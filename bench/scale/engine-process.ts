// What an engine holds of each series that it scores point by point, in a process of its own: memory with a fifth of them and
// with all, each once its state is full. Or how long it takes, from the start of the process, until the first of them is
// scored, and until all are: an engine holds no state on disk, it steps through history again.
import { setTimeout as pause } from 'node:timers/promises';
import { ALGORITHMS, createEngine } from '#detect/index.ts';
import type { Plan } from '#model/plan.ts';
import type { Labels, SeriesInfo } from '#model/series.ts';
import { medianOf } from '../measure.ts';
import { appsOf, detectorsOf, labelsOf, type Size, valueAt } from './world.ts';

export interface EngineArguments {
  readonly algorithm: string;
  readonly size: Size;
  readonly measures: 'memory' | 'restart';
}

export interface EngineRestart {
  readonly firstScoreMs: number;
  /** CPU of all threads until then: what else runs on the machine is not in it. */
  readonly firstScoreCpuMs: number;
  readonly allScoredMs: number;
}

export interface EngineReading {
  readonly series: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly buffersBytes: number;
}

const STEP_MS = 60_000;
/** Two hours, which is what a baseline holds, and a little more. */
const TICKS = 125;
const BLOCK = 10_000;
const SAMPLES = 9;
const SAMPLES_EVERY_MS = 200;

const { algorithm, size, measures }: EngineArguments = JSON.parse(process.argv[2] ?? '{}');
const plans = [...new Set(detectorsOf(size).map(({ metricName }) => metricName))].map(planOf);
const engine = createEngine(plans, ALGORITHMS);
const wanted = size.detectors * size.perDetector;
let [id, tick, scored] = [0, 0, 0];
let [firstScoreMs, firstScoreCpuMs] = [Number.NaN, Number.NaN];
const all = seriesOf();
process.stdout.write(`${JSON.stringify(measures === 'memory' ? await measureMemory() : measureRestart())}\n`);

async function measureMemory(): Promise<EngineReading[]> {
  const readings: EngineReading[] = [];
  for (const share of [0.2, 1]) {
    know(wanted * share);
    for (let more = 0; more < TICKS; more++, tick++) stepAll();
    readings.push(await read());
  }
  return readings;
}

function measureRestart(): EngineRestart {
  know(wanted);
  for (; scored < wanted; tick++) {
    if (tick > TICKS) throw new Error('a series has no score after all of its history');
    scored = 0;
    stepAll();
  }
  return { firstScoreMs, firstScoreCpuMs, allScoredMs: performance.now() };
}

function know(until: number): void {
  while (id < until) engine.addSeries([all.next().value as SeriesInfo]);
}

/** App by app, as a cluster grows: more series are more pods, and more texts that no other has. */
function* seriesOf(): Generator<SeriesInfo> {
  const apps = new Map(appsOf(size).map((app) => [app.name, app]));
  const byApp = Map.groupBy(detectorsOf(size), (detector) => detector.app);
  for (const { app: name, metricName } of [...byApp.values()].flat()) {
    const app = apps.get(name);
    for (const pod of app?.pods ?? []) {
      for (const labels of app === undefined ? [] : labelsOf(app, pod, size.perDetector)) {
        // As they come out of an answer: no text is shared with another series.
        const own: Labels = JSON.parse(JSON.stringify({ __name__: metricName, ...labels }));
        yield { id: id++, labels: own, stepMs: STEP_MS };
      }
    }
  }
}

function stepAll(): void {
  const timeMs = 1_700_000_000_000 + tick * STEP_MS;
  for (let from = 0; from < id; from += BLOCK) {
    const count = Math.min(BLOCK, id - from);
    const { scores } = engine.step({
      timesMs: new Float64Array(count).fill(timeMs),
      seenMs: new Float64Array(count).fill(timeMs),
      ids: Uint32Array.from({ length: count }, (_, index) => from + index),
      values: Float64Array.from({ length: count }, (_, index) => valueAt(index % 15, tick + index)),
    });
    for (const score of scores.scores) if (!Number.isNaN(score)) scored++;
    if (Number.isNaN(firstScoreMs) && scored > 0) {
      firstScoreMs = performance.now();
      const { user, system } = process.cpuUsage();
      firstScoreCpuMs = (user + system) / 1000;
    }
  }
}

function planOf(metricName: string): Plan {
  return {
    ...{ detector: `observe-${metricName}`, selector: {}, metricName, algorithm, threshold: 6 },
    parameters: algorithm === 'static-threshold' ? { above: 1 } : {},
    guards: {
      ...{ direction: 'above', minAbsoluteDeviation: 0, minRelativeDeviation: 1, range: {}, missing: 'ignore' },
      persistence: { points: 3, of: 3, clear: 2 },
    },
  };
}

/** Medians: what was let go is given back to the machine a little later. */
async function read(): Promise<EngineReading> {
  const usages: NodeJS.MemoryUsage[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await pause(SAMPLES_EVERY_MS);
    globalThis.gc?.();
    usages.push(process.memoryUsage());
  }
  const median = (of: (usage: NodeJS.MemoryUsage) => number) => medianOf(usages.map(of));
  return {
    series: id,
    rssBytes: median(({ rss }) => rss),
    heapBytes: median(({ heapUsed }) => heapUsed),
    buffersBytes: median(({ arrayBuffers }) => arrayBuffers),
  };
}
