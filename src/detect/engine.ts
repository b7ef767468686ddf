// Steps series through scores, guards and episodes. What it gives follows from the order of each family's samples alone:
// not from how the stream is cut into blocks, nor from which other families the same engine holds, so that families can
// be spread over any number of workers. A sample costs one step of each scorer that watches it; nothing is allocated
// for it beyond its row in the output.
import type { Plan } from '#model/plan.ts';
import type { SampleBlock } from '#model/signal.ts';
import type { Algorithm, Engine, StepOutput } from './contract.ts';
import { createDirectory, type Watched } from './directory.ts';
import { createStepping } from './stepping.ts';

/** Makes an engine for these plans. A plan whose algorithm is not in the registry is a programming error and throws. */
export function createEngine(plans: readonly Plan[], registry: Readonly<Record<string, Algorithm>>): Required<Engine> {
  const { byId, open, addSeries, removeSeries } = createDirectory(plans, registry);
  const stepping = createStepping(open);

  function step(block: SampleBlock): StepOutput {
    const pass = stepping.begin(mostRows(block, byId));
    for (let index = 0; index < block.ids.length; index++) {
      const series = byId.get(block.ids[index] as number);
      const timeMs = block.timesMs[index] as number;
      const seenMs = block.seenMs[index] as number;
      if (series === undefined) stepping.counts.unknownSeries++;
      else stepping.step(pass, series, timeMs, seenMs, block.values[index] as number);
    }
    return stepping.finish(pass);
  }

  return { addSeries, removeSeries, step, advance: stepping.advance, counters: () => ({ ...stepping.counts }) };
}

/** The most rows that a block can give: samples that are ignored give none. */
function mostRows(block: SampleBlock, byId: ReadonlyMap<number, Watched>): number {
  let count = 0;
  for (const id of block.ids) count += byId.get(id)?.watches.length ?? 0;
  return count;
}
