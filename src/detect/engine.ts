// Steps series through scores, guards and episodes. What it gives follows from the order of each family's samples alone:
// not from how the stream is cut into blocks, nor from which other families the same engine holds, so that families can
// be spread over any number of workers. A sample costs one step of each scorer that watches it; nothing is allocated
// for it beyond its row in the output.
import type { Finding } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import type { Track } from '#model/score.ts';
import type { SampleBlock } from '#model/signal.ts';
import type { Algorithm, Engine, StepOutput } from './contract.ts';
import { createDirectory, type Watched } from './directory.ts';
import { type Changes, dropSilent } from './episode.ts';
import { isMeasured } from './measured.ts';
import { createRows, finishRows, writeRow } from './rows.ts';
import { stepWatch } from './step-watch.ts';
import { beginAnew } from './watch.ts';

/** Makes an engine for these plans. A plan whose algorithm is not in the registry is a programming error and throws. */
export function createEngine(plans: readonly Plan[], registry: Readonly<Record<string, Algorithm>>): Required<Engine> {
  const { byId, open, addSeries, removeSeries } = createDirectory(plans, registry);
  const counts = { samples: 0, rows: 0, missing: 0, outOfOrder: 0, unknownSeries: 0, unwatched: 0 };
  let tracks = 0;

  /** The series of a sample that is to be stepped; undefined, and counted, when it is not. */
  function admit(id: number, timeMs: number): Watched | undefined {
    const series = byId.get(id);
    if (series === undefined) counts.unknownSeries++;
    else if (!(timeMs > series.lastMs)) counts.outOfOrder++;
    else {
      if (timeMs - series.lastMs > series.forgetMs) for (const watch of series.watches) beginAnew(watch);
      series.lastMs = timeMs;
      counts.samples++;
      if (series.watches.length > 0) return series;
      counts.unwatched++;
    }
    return undefined;
  }

  function step(block: SampleBlock): StepOutput {
    const rows = createRows(mostRows(block, byId));
    const newTracks: { readonly track: number; readonly info: Track }[] = [];
    const changes: Changes = new Map();
    for (let index = 0; index < block.ids.length; index++) {
      const timeMs = block.timesMs[index] as number;
      const seenMs = block.seenMs[index] as number;
      const value = block.values[index] as number;
      const series = admit(block.ids[index] as number, timeMs);
      if (series === undefined) continue;
      if (!isMeasured(value)) counts.missing += series.watches.length;
      for (const watch of series.watches) {
        if (watch.track < 0) {
          watch.track = tracks++;
          newTracks.push({ track: watch.track, info: watch.info });
        }
        if (watch.twin === undefined) stepWatch(watch, timeMs, seenMs, value, changes);
        const { score, flags } = watch.twin ?? watch;
        writeRow(rows, watch.track, timeMs, seenMs, value, score, flags);
      }
    }
    counts.rows += rows.count;
    return { scores: finishRows(rows), newTracks, findings: [...changes.values()] };
  }

  function advance(seenMs: number): readonly Finding[] {
    const changes: Changes = new Map();
    // Not over every group: this is told at every tick, and of many thousands of families few are open.
    for (const group of open) dropSilent(group, seenMs, changes);
    return [...changes.values()];
  }

  return { addSeries, removeSeries, step, advance, counters: () => ({ ...counts }) };
}

/** The most rows that a block can give: samples that are ignored give none. */
function mostRows(block: SampleBlock, byId: ReadonlyMap<number, Watched>): number {
  let count = 0;
  for (const id of block.ids) count += byId.get(id)?.watches.length ?? 0;
  return count;
}
