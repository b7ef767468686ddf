// What travels between a step worker and its thread. A tick has a record for each of up to 64 partitions, mostly of few
// samples, and copying many small arrays costs more than stepping them: the columns of all records travel as one block.
// A track's labels travel once; after that its number does, until a series of its partition goes.
import type { Track } from '#model/score.ts';
import { emptyBlock, mapColumns, type ScoreBlock, setPoints } from '#model/score-block.ts';
import type { SampleBlock } from '#model/signal.ts';
import type { StepRequest } from '#pipeline/flow.ts';
import type { PartitionRecord, SteppedRecord } from '#pipeline/records.ts';

export interface RequestWire {
  readonly heads: readonly {
    readonly partition: number;
    readonly offset: number;
    readonly record: Omit<PartitionRecord, 'samples'>;
    readonly rows: number;
  }[];
  /** The rows of all records, one behind the other. */
  readonly samples: SampleBlock;
}

interface AnswerHead extends Omit<SteppedRecord, 'tracks' | 'scores'> {
  /** Whether the numbers of this partition's tracks begin anew. */
  readonly begins: boolean;
  /** Those that have no number yet; they get the next ones. */
  readonly fresh: readonly Track[];
  readonly tracks: number;
  readonly rows: number;
}

export interface AnswerWire {
  readonly heads: readonly AnswerHead[];
  /** The numbers of each record's tracks, one record behind the other. */
  readonly tracks: Uint32Array;
  readonly scores: ScoreBlock;
}

/** The requests with arrays of their own. */
export function packRequests(requests: readonly StepRequest[]): RequestWire {
  const rows = sumOf(requests, ({ record }) => record.samples.ids.length);
  const samples: SampleBlock = {
    timesMs: new Float64Array(rows),
    seenMs: new Float64Array(rows),
    ids: new Uint32Array(rows),
    values: new Float64Array(rows),
  };
  let from = 0;
  const heads = requests.map(({ partition, offset, record: { samples: own, ...record } }) => {
    samples.timesMs.set(own.timesMs, from);
    samples.seenMs.set(own.seenMs, from);
    samples.ids.set(own.ids, from);
    samples.values.set(own.values, from);
    from += own.ids.length;
    return { partition, offset, record, rows: own.ids.length };
  });
  return { heads, samples };
}

/** The same requests; their samples are parts of one block. */
export function unpackRequests({ heads, samples }: RequestWire): StepRequest[] {
  let from = 0;
  return heads.map(({ partition, offset, record, rows }) => {
    const to = from + rows;
    const own: SampleBlock = {
      timesMs: samples.timesMs.subarray(from, to),
      seenMs: samples.seenMs.subarray(from, to),
      ids: samples.ids.subarray(from, to),
      values: samples.values.subarray(from, to),
    };
    from = to;
    return { partition, offset, record: { ...record, samples: own } };
  });
}

export interface AnswerPacker {
  pack(stepped: readonly SteppedRecord[]): AnswerWire;
  /** Tracks of the partition may be no more: those that are there are told anew. */
  forget(partition: number): void;
}

/** The thread's side. A track is known by being the same object. */
export function createAnswerPacker(): AnswerPacker {
  const told = new Map<number, Map<Track, number>>();

  function headOf({ scores, tracks, ...rest }: SteppedRecord, into: Uint32Array, from: number): AnswerHead {
    const known = told.get(rest.partition);
    const numbers = known ?? new Map<Track, number>();
    told.set(rest.partition, numbers);
    const fresh: Track[] = [];
    for (const [index, track] of tracks.entries()) {
      const number = numbers.get(track) ?? numbers.size;
      if (number === numbers.size) {
        numbers.set(track, number);
        fresh.push(track);
      }
      into[from + index] = number;
    }
    return { ...rest, begins: known === undefined, fresh, tracks: tracks.length, rows: scores.tracks.length };
  }

  return {
    pack(stepped) {
      const numbers = new Uint32Array(sumOf(stepped, ({ tracks }) => tracks.length));
      const scores = emptyBlock(sumOf(stepped, (one) => one.scores.tracks.length));
      let [track, row] = [0, 0];
      const heads = stepped.map((one) => {
        const head = headOf(one, numbers, track);
        setPoints(scores, one.scores, row);
        scores.tracks.set(one.scores.tracks, row);
        track += head.tracks;
        row += head.rows;
        return head;
      });
      return { heads, tracks: numbers, scores };
    },
    forget: (partition) => void told.delete(partition),
  };
}

/** The other side of one packer, for all of its answers in order. Their columns are parts of one block. */
export function createAnswerUnpacker(): (wire: AnswerWire) => SteppedRecord[] {
  const known = new Map<number, Track[]>();
  return ({ heads, tracks: numbers, scores }) => {
    let [track, row] = [0, 0];
    return heads.map(({ begins, fresh, tracks: count, rows, ...rest }) => {
      const all = begins ? [] : (known.get(rest.partition) ?? []);
      known.set(rest.partition, all);
      for (const one of fresh) all.push(one);
      const tracks = Array.from(numbers.subarray(track, track + count), (number) => all[number] as Track);
      const [from, to] = [row, row + rows];
      track += count;
      row = to;
      return { ...rest, tracks, scores: mapColumns(scores, (column) => column.subarray(from, to) as typeof column) };
    });
  };
}

/** The buffers of a block's columns, which are handed over and not copied. */
export function buffersOf(block: SampleBlock | ScoreBlock): ArrayBuffer[] {
  return Object.values(block).map((column: Uint32Array) => column.buffer as ArrayBuffer);
}

function sumOf<T>(list: readonly T[], count: (one: T) => number): number {
  return list.reduce((sum, one) => sum + count(one), 0);
}
