// A part of a tape as signals for another: a stretch of time, or some of the series. The part stands on its own: what was
// declared and who called whom before it begins comes first, and notice, source and answer key travel with it.
import { AppError } from '#kit/errors.ts';
import { type Labels, matchesLabels, type SeriesInfo } from '#model/series.ts';
import type { FrameSignal, KnownFault, Signal, Span, TopologyEdge } from '#model/signal.ts';
import type { TapeReader } from './contract.ts';
import type { NewTapeHeader } from './writer.ts';

export interface Cut {
  /** fromMs ≤ seenMs < toMs. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Series, spans and faults that have other values for these labels are left out; spans and faults know pod and service. */
  readonly match?: Labels;
}

export interface CutPart {
  readonly header: NewTapeHeader;
  readonly signals: AsyncIterable<Signal>;
}

/** The part; throws `bad-input` when nothing of the tape is in it. The tape must stay open while the signals are read. */
export function cutTape(tape: TapeReader, cut: Cut): CutPart {
  const { header, series } = tape.info;
  const fromMs = Math.max(cut.fromMs ?? header.fromMs, header.fromMs);
  const toMs = Math.min(cut.toMs ?? header.toMs, header.toMs);
  const match = cut.match ?? {};
  const segments = header.segments
    .map((segment) => ({ ...segment, fromMs: Math.max(segment.fromMs, fromMs), toMs: Math.min(segment.toMs, toMs) }))
    .filter((segment) => segment.fromMs < segment.toMs);
  if (fromMs >= toMs || (header.segments.length > 0 && segments.length === 0)) {
    const [from, to] = [header.fromMs, header.toMs].map((ms) => new Date(ms).toISOString());
    throw new AppError('bad-input', `Nothing of the tape lies in that time; it goes from ${from} to ${to}.`);
  }
  const wanted = series.filter(({ labels }) => matchesLabels(labels, match));
  if (wanted.length === 0) {
    throw new AppError('bad-input', `No series of the tape has ${JSON.stringify(match)}: check label and value.`);
  }
  const answerKey = header.answerKey.filter(
    (fault) => fault.timeMs >= fromMs && fault.timeMs < toMs && concerns(fault, match),
  );
  const { version: _, ...rest } = header;
  return {
    header: { ...rest, fromMs, toMs, segments, answerKey },
    signals: part(tape, fromMs, toMs, match, new Set(wanted.map(({ id }) => id))),
  };
}

async function* part(
  tape: TapeReader,
  fromMs: number,
  toMs: number,
  match: Labels,
  ids: ReadonlySet<number>,
): AsyncGenerator<Signal> {
  const edges = new Map<string, TopologyEdge>();
  let changedMs = fromMs;
  for await (const signal of tape.signals({ toMs: fromMs })) {
    if (signal.kind !== 'topology') continue;
    for (const edge of signal.edges) edges.set(JSON.stringify([edge.type, edge.from, edge.to]), edge);
    changedMs = signal.timeMs;
  }
  if (edges.size > 0) yield { kind: 'topology', timeMs: changedMs, seenMs: fromMs, edges: [...edges.values()] };
  const thin = thinner(ids);
  for await (const signal of tape.signals({ fromMs, toMs })) {
    const kept = keep(signal, match, ids, thin);
    if (kept !== undefined) yield kept;
  }
}

function keep(
  signal: Signal,
  match: Labels,
  ids: ReadonlySet<number>,
  thin: (frame: FrameSignal) => FrameSignal,
): Signal | undefined {
  switch (signal.kind) {
    case 'series': {
      const series = signal.series.filter(({ id }: SeriesInfo) => ids.has(id));
      return series.length === 0 ? undefined : { ...signal, series };
    }
    case 'frame': {
      const frame = thin(signal);
      return frame.ids.length === 0 ? undefined : frame;
    }
    case 'spans': {
      const spans = signal.spans.filter((span) => concerns(span, match));
      return spans.length === 0 ? undefined : { ...signal, spans };
    }
    case 'topology':
      return signal;
  }
}

/** Leaves the wanted series in a frame; which places those have is found once for each list of ids. */
function thinner(ids: ReadonlySet<number>): (frame: FrameSignal) => FrameSignal {
  const placesOf = new WeakMap<Uint32Array, Uint32Array>();
  return (frame) => {
    let places = placesOf.get(frame.ids);
    if (places === undefined) {
      places = Uint32Array.from([...frame.ids.keys()].filter((at) => ids.has(frame.ids[at] ?? -1)));
      placesOf.set(frame.ids, places);
    }
    if (places.length === frame.ids.length) return frame;
    return {
      ...frame,
      ids: places.map((at) => frame.ids[at] ?? 0),
      values: Float64Array.from(places, (at) => frame.values[at] ?? Number.NaN),
    };
  };
}

/** Whether what is asked of pod and service holds; other labels say nothing about a span or a fault. */
function concerns({ pod, service }: Pick<Span & KnownFault, 'pod' | 'service'>, match: Labels): boolean {
  return (match.pod ?? pod) === pod && (match.service ?? service) === service;
}
