// What an engine holds of each series that it scores point by point, in a process of its own: memory with a fifth of them and with
// all, each once its state is full.
import { ALGORITHMS, createEngine } from '#detect/index.ts';
import type { Plan } from '#model/plan.ts';
import type { Labels, SeriesInfo } from '#model/series.ts';
import { appsOf, detectorsOf, labelsOf, type Size, valueAt } from './world.ts';

export interface EngineArguments {
  readonly algorithm: string;
  readonly size: Size;
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

const { algorithm, size }: EngineArguments = JSON.parse(process.argv[2] ?? '{}');
const plans = [...new Set(detectorsOf(size).map(({ metricName }) => metricName))].map(planOf);
const engine = createEngine(plans, ALGORITHMS);
const readings: EngineReading[] = [];
let [id, tick] = [0, 0];
const all = seriesOf();
for (const share of [0.2, 1]) {
  const until = size.detectors * size.perDetector * share;
  while (id < until) engine.addSeries([all.next().value as SeriesInfo]);
  for (let more = 0; more < TICKS; more++, tick++) stepAll();
  readings.push(read());
}
process.stdout.write(`${JSON.stringify(readings)}\n`);

function* seriesOf(): Generator<SeriesInfo> {
  const apps = new Map(appsOf(size).map((app) => [app.name, app]));
  for (const { app: name, metricName } of detectorsOf(size)) {
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
    engine.step({
      timesMs: new Float64Array(count).fill(timeMs),
      seenMs: new Float64Array(count).fill(timeMs),
      ids: Uint32Array.from({ length: count }, (_, index) => from + index),
      values: Float64Array.from({ length: count }, (_, index) => valueAt(index % 15, tick + index)),
    });
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

function read(): EngineReading {
  for (let round = 0; round < 4; round++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { series: id, rssBytes: rss, heapBytes: heapUsed, buffersBytes: external };
}
