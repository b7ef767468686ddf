// A block: some signals in a row, column by column, before compression. First what each signal is and when it was seen,
// then what is particular to each kind. The dictionary itself is in the catalog; a block says how many entries of it each
// series signal declares.
import type { SeriesInfo } from '#model/series.ts';
import type { Signal, Span, SpansSignal, TopologyEdge, TopologySignal } from '#model/signal.ts';
import { readFrames, writeFrames } from './block-frames.ts';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import { readColumn, writeColumn } from './columns.ts';

/** Their order is part of the format. */
const KINDS = ['series', 'frame', 'spans', 'topology'] as const;
const EDGE_TYPES = ['calls', 'runs-on'] as const;

export function encodeBlock(signals: readonly Signal[]): Uint8Array {
  const out = new ByteWriter();
  out.unsigned(signals.length);
  let before = 0;
  for (const signal of signals) {
    out.byte(KINDS.indexOf(signal.kind));
    out.signed(signal.seenMs - before);
    before = signal.seenMs;
  }
  for (const signal of signals) if (signal.kind === 'series') out.unsigned(signal.series.length);
  const frames = signals.filter((signal) => signal.kind === 'frame');
  const spans = signals.filter((signal) => signal.kind === 'spans');
  const topology = signals.filter((signal) => signal.kind === 'topology');
  if (frames.length > 0) writeFrames(out, frames);
  if (spans.length > 0) writeSpans(out, spans);
  if (topology.length > 0) writeTopology(out, topology);
  return out.bytes();
}

/** The signals of a block; `dictionary` holds the entries that this block declares. Throws `Malformed`. */
export function decodeBlock(bytes: Uint8Array, dictionary: readonly SeriesInfo[]): Signal[] {
  const input = new ByteReader(bytes);
  const kinds: (typeof KINDS)[number][] = [];
  const seenMs: number[] = [];
  let before = 0;
  for (let left = input.count(2); left > 0; left--) {
    const kind = KINDS[input.byte()];
    if (kind === undefined) throw new Malformed('a signal is of no known kind');
    kinds.push(kind);
    before += input.signed();
    seenMs.push(before);
  }
  const seenOf = (kind: Signal['kind']): number[] => seenMs.filter((_, index) => kinds[index] === kind);
  const byKind: Record<Signal['kind'], readonly Signal[]> = {
    series: readSeries(input, seenOf('series'), dictionary),
    frame: ifAny(seenOf('frame'), (seen) => readFrames(input, seen)),
    spans: ifAny(seenOf('spans'), (seen) => readSpans(input, seen)),
    topology: ifAny(seenOf('topology'), (seen) => readTopology(input, seen)),
  };
  input.end();
  const next: Record<Signal['kind'], number> = { series: 0, frame: 0, spans: 0, topology: 0 };
  return kinds.map((kind) => {
    const signal = byKind[kind][next[kind]++];
    if (signal === undefined) throw new Malformed(`a signal of kind ${kind} is missing`);
    return signal;
  });
}

function ifAny<S extends Signal>(seenMs: readonly number[], read: (seenMs: readonly number[]) => S[]): S[] {
  return seenMs.length === 0 ? [] : read(seenMs);
}

function readSeries(input: ByteReader, seenMs: readonly number[], dictionary: readonly SeriesInfo[]): Signal[] {
  let from = 0;
  const signals = seenMs.map((seen): Signal => {
    const to = from + input.unsigned();
    const series = dictionary.slice(from, to);
    if (to > dictionary.length) throw new Malformed('more series are declared than the catalog names');
    from = to;
    return { kind: 'series', seenMs: seen, series };
  });
  if (from < dictionary.length) throw new Malformed('fewer series are declared than the catalog names');
  return signals;
}

function writeSpans(out: ByteWriter, signals: readonly SpansSignal[]): void {
  for (const { seenMs, timeMs, spans } of signals) {
    out.signed(seenMs - timeMs);
    out.unsigned(spans.length);
  }
  const spans = signals.flatMap((signal) => signal.spans);
  const fields: (string | undefined)[][] = [
    spans.map(({ traceId }) => traceId),
    spans.map(({ spanId }) => spanId),
    spans.map(({ parentId }) => parentId),
    spans.map(({ pod }) => pod),
    spans.map(({ service }) => service),
    spans.map(({ operation }) => operation),
  ];
  writeStrings(out, fields.flat());
  writeColumn(
    out,
    Float64Array.from(spans, ({ startMs }) => startMs),
  );
  writeColumn(
    out,
    Float64Array.from(spans, ({ durationMs }) => durationMs),
  );
}

function readSpans(input: ByteReader, seenMs: readonly number[]): SpansSignal[] {
  const heads = seenMs.map((seen) => ({ seenMs: seen, timeMs: seen - input.signed(), count: input.unsigned() }));
  const total = heads.reduce((sum, { count }) => sum + count, 0);
  const strings = readStrings(input, total * 6);
  const starts = readColumn(input, total);
  const durations = readColumn(input, total);
  const name = (field: number, row: number): string => {
    const value = strings[field * total + row];
    if (value === undefined) throw new Malformed('a span lacks a name');
    return value;
  };
  const spanAt = (row: number): Span => {
    const parentId = strings[2 * total + row];
    return {
      traceId: name(0, row),
      spanId: name(1, row),
      ...(parentId === undefined ? {} : { parentId }),
      pod: name(3, row),
      service: name(4, row),
      operation: name(5, row),
      startMs: starts[row] ?? Number.NaN,
      durationMs: durations[row] ?? Number.NaN,
    };
  };
  let next = 0;
  return heads.map(({ seenMs: seen, timeMs, count }) => {
    const spans = Array.from({ length: count }, () => spanAt(next++));
    return { kind: 'spans', timeMs, seenMs: seen, spans };
  });
}

function writeTopology(out: ByteWriter, signals: readonly TopologySignal[]): void {
  for (const { seenMs, timeMs, edges } of signals) {
    out.signed(seenMs - timeMs);
    out.unsigned(edges.length);
    for (const { type } of edges) out.byte(EDGE_TYPES.indexOf(type));
  }
  writeStrings(
    out,
    signals.flatMap(({ edges }) => edges.flatMap(({ from, to }) => [from, to])),
  );
}

function readTopology(input: ByteReader, seenMs: readonly number[]): TopologySignal[] {
  const heads = seenMs.map((seen) => {
    const timeMs = seen - input.signed();
    const types = Array.from(input.raw(input.count(1)), (code) => EDGE_TYPES[code]);
    return { seenMs: seen, timeMs, types };
  });
  const strings = readStrings(input, 2 * heads.reduce((sum, { types }) => sum + types.length, 0)).values();
  return heads.map(({ seenMs: seen, timeMs, types }) => {
    const edges = types.map((type): TopologyEdge => {
      const from = strings.next().value;
      const to = strings.next().value;
      if (type === undefined || from === undefined || to === undefined) throw new Malformed('an edge is not whole');
      return { type, from, to };
    });
    return { kind: 'topology', timeMs, seenMs: seen, edges };
  });
}

/** Each distinct string once, then which of them each is; 0 is none. */
function writeStrings(out: ByteWriter, values: readonly (string | undefined)[]): void {
  const indexOf = new Map<string, number>();
  const indices = values.map((value) => {
    if (value === undefined) return 0;
    const index = indexOf.get(value) ?? indexOf.size + 1;
    indexOf.set(value, index);
    return index;
  });
  out.unsigned(indexOf.size);
  for (const value of indexOf.keys()) out.text(value);
  for (const index of indices) out.unsigned(index);
}

function readStrings(input: ByteReader, count: number): (string | undefined)[] {
  const table: (string | undefined)[] = [undefined];
  for (let left = input.count(1); left > 0; left--) table.push(input.text());
  if (count > input.left) throw new Malformed(`${count} names do not fit in ${input.left} bytes`);
  return Array.from({ length: count }, () => {
    const index = input.unsigned();
    if (index >= table.length) throw new Malformed(`name ${index} is none of ${table.length}`);
    return table[index];
  });
}
