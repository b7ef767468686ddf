// Steps the partitions that one worker owns. Each partition has an engine of its own, so that losing a partition means
// dropping exactly its state. A series that no detector watches passes through unscored: the page can show it all the same.
import type { Engine, EngineFactory, StepOutput } from '#detect/contract.ts';
import { type Plan, planMatches } from '#model/plan.ts';
import { FLAG, type Track } from '#model/score.ts';
import { emptyBlock, type ScoreBlock, setPoints } from '#model/score-block.ts';
import { type SeriesInfo, seriesKey } from '#model/series.ts';
import type { SampleBlock } from '#model/signal.ts';
import type { PartitionRecord, SteppedRecord } from './records.ts';

interface PartitionState {
  readonly engine: Engine;
  /** By the engine's number. */
  readonly tracks: Map<number, Track>;
  /** Series that no plan watches, by id. */
  readonly unwatched: Map<number, Track>;
}

export interface Stepper {
  step(partition: number, offset: number, record: PartitionRecord): SteppedRecord;
  /** Forgets the partition's state: somebody else owns it now. */
  revoke(partition: number): void;
}

export function createStepper(createEngine: EngineFactory, plans: readonly Plan[]): Stepper {
  const states = new Map<number, PartitionState>();
  const stateOf = (partition: number): PartitionState => {
    let state = states.get(partition);
    if (state === undefined) {
      state = { engine: createEngine(plans), tracks: new Map(), unwatched: new Map() };
      states.set(partition, state);
    }
    return state;
  };
  return {
    step(partition, offset, record) {
      const state = stateOf(partition);
      for (const info of record.series) {
        if (!plans.some((plan) => planMatches(plan, info.labels))) state.unwatched.set(info.id, unwatchedTrack(info));
      }
      state.engine.addSeries(record.series);
      const output = state.engine.step(record.samples, record.beneath);
      for (const { track, info } of output.newTracks) state.tracks.set(track, info);
      const closed = state.engine.advance?.(record.seenMs) ?? [];
      const { outOfOrder = 0, unknownSeries = 0 } = state.engine.counters?.() ?? {};
      const dropped = { outOfOrder, unknownSeries };
      const { tracks, scores } = join(state, output, record.samples);
      forget(state, record.gone);
      return {
        tick: record.tick,
        partition,
        offset,
        tracks,
        scores,
        findings: [...output.findings, ...closed],
        dropped,
      };
    },
    revoke(partition) {
      states.get(partition)?.engine.close?.();
      states.delete(partition);
    },
  };
}

/** With each record, because what an open episode held back goes when that is over. */
function forget({ engine, tracks, unwatched }: PartitionState, gone: readonly number[]): void {
  for (const track of engine.removeSeries?.(gone) ?? []) tracks.delete(track);
  for (const id of gone) unwatched.delete(id);
}

function unwatchedTrack(info: SeriesInfo): Track {
  const series = seriesKey(info.labels);
  return { key: `|${series}`, detector: '', series, labels: info.labels, stepMs: info.stepMs, threshold: 0 };
}

/** The engine's rows and the unwatched samples, with `tracks` renumbered from 0 for this record alone. */
function join(
  state: PartitionState,
  output: StepOutput,
  samples: SampleBlock,
): { tracks: readonly Track[]; scores: ScoreBlock } {
  const raw: number[] = [];
  for (let row = 0; row < samples.ids.length; row++) if (state.unwatched.has(samples.ids[row] ?? -1)) raw.push(row);
  const scored = output.scores;
  const rows = scored.tracks.length;
  const scores = emptyBlock(rows + raw.length);
  const tracks: Track[] = [];
  const numbers = new Map<Track, number>();
  const numberOf = (track: Track): number => {
    let number = numbers.get(track);
    if (number === undefined) {
      number = tracks.push(track) - 1;
      numbers.set(track, number);
    }
    return number;
  };
  setPoints(scores, scored, 0);
  for (let row = 0; row < rows; row++) {
    const track = state.tracks.get(scored.tracks[row] ?? -1);
    if (track === undefined) throw new RangeError('the engine scored a track that it did not announce');
    scores.tracks[row] = numberOf(track);
  }
  raw.forEach((from, index) => {
    const row = rows + index;
    const track = state.unwatched.get(samples.ids[from] ?? -1);
    const value = samples.values[from] ?? Number.NaN;
    if (track !== undefined) scores.tracks[row] = numberOf(track);
    scores.timesMs[row] = samples.timesMs[from] ?? Number.NaN;
    scores.seenMs[row] = samples.seenMs[from] ?? Number.NaN;
    scores.values[row] = value;
    scores.flags[row] = Number.isFinite(value) ? 0 : FLAG.missing;
  });
  return { tracks, scores };
}
