// Steps series through scores, guards and episodes. What it gives follows from the order of each family's samples alone:
// not from how the stream is cut into blocks, nor from which other families the same engine holds, so that families can
// be spread over any number of workers. A sample costs one step of each scorer that watches it; nothing is allocated
// for it beyond its row in the output.
import type { Plan } from '#model/plan.ts';
import type { SampleBlock } from '#model/signal.ts';
import type { Algorithm, Engine, EngineFactory, StepOutput } from '../contract.ts';
import { createDirectory } from './directory.ts';
import { createCohorts, type Lens } from './lens.ts';
import { namesByLabels } from './names.ts';
import { createStepping } from './stepping.ts';
import { createStreamIds } from './stream-ids.ts';
import { createTexts } from './texts.ts';

/** In place of a series' number. */
const UNKNOWN = -1;

/**
 * Makes an engine for these plans. A plan whose algorithm is not in the registry is a programming error and throws. `texts`:
 * shared with other engines, which should be closed when they are no more.
 */
export function createEngine(
  plans: readonly Plan[],
  registry: Readonly<Record<string, Algorithm>>,
  texts = createTexts(),
): Required<Engine> {
  const directory = createDirectory({ names: namesByLabels(texts), cohortOf: createCohorts(plans, registry) });
  const { byId, addSeries, removeSeries } = createStreamIds(directory);
  const stepping = createStepping(directory);

  /** Of the block that is being stepped, so that each id is looked up once. */
  let found = new Int32Array(0);

  function find({ ids }: SampleBlock): number {
    if (found.length < ids.length) found = new Int32Array(ids.length);
    // Samples that are ignored give no rows.
    let mostRows = 0;
    for (let index = 0; index < ids.length; index++) {
      const series = byId.get(ids[index] as number) ?? UNKNOWN;
      found[index] = series;
      if (series !== UNKNOWN) mostRows += directory.columns.cohortOf(series).lenses.length;
    }
    return mostRows;
  }

  function step(block: SampleBlock, beneath?: ReadonlyMap<string, Float64Array>): StepOutput {
    const pass = stepping.begin(find(block));
    let index = 0;
    const beneathOf =
      beneath &&
      (({ plan: { guards } }: Lens) => beneath.get(guards.denominator?.metricName ?? '')?.[index] ?? Number.NaN);
    for (; index < block.ids.length; index++) {
      const series = found[index] as number;
      const timeMs = block.timesMs[index] as number;
      const seenMs = block.seenMs[index] as number;
      if (series === UNKNOWN) stepping.counts.unknownSeries++;
      else stepping.step(pass, series, timeMs, seenMs, block.values[index] as number, beneathOf);
    }
    return stepping.finish(pass);
  }

  const counters = () => ({ ...stepping.counts });
  return { addSeries, removeSeries, step, advance: stepping.advance, counters, close: directory.close };
}

/** Makes engines of one thread: what labels say is held once for all of them. */
export function createEngines(registry: Readonly<Record<string, Algorithm>>): EngineFactory {
  const texts = createTexts();
  return (plans) => createEngine(plans, registry, texts);
}
