// The past of detectors' series, asked of a Prometheus day by day, as a tape in memory. A step could be known when it was over,
// as in production. The whole of it or an error: a back-test over a part would flatter.
import type { FetchedSeries, PrometheusSource, RangeQuery } from '#collect/prometheus/contract.ts';
import { counting, createFrameMaker, type FrameMaker } from '#collect/prometheus/to-frames.ts';
import { AppError } from '#kit/errors.ts';
import { type Labels, seriesKey } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import { MOST_SERIES, QUERY_MS } from '../live/observed-signals.ts';
import type { HistoryQuery } from './history-queries.ts';

export interface HistoryRange {
  /** Aligned to the step, both included. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface HistoryOptions extends HistoryRange {
  readonly source: Pick<PrometheusSource, 'address' | 'queryRange'>;
  readonly queries: readonly HistoryQuery[];
  /** Told after each piece: the share of the range that is there. */
  onPiece(ratio: number, samples: number): void;
}

const PIECE_MS = 86_400_000;
/** All of them are held at once; a sample takes some thirty bytes until it is stepped. */
const MOST_SAMPLES = 40_000_000;

/** By `seenMs`. Rejects as a PrometheusSource does, and with `too-much` beyond what is held at once. */
export async function fetchHistory(options: HistoryOptions): Promise<readonly Signal[]> {
  const { source, startMs, endMs, stepMs, onPiece } = options;
  const nextId = counting();
  const makers = new Map<string, FrameMaker>();
  const all: Signal[] = [];
  let samples = 0;
  const steps = Math.max(1, Math.floor(PIECE_MS / stepMs));
  for (let fromMs = startMs; fromMs <= endMs; fromMs += steps * stepMs) {
    const toMs = Math.min(endMs, fromMs + (steps - 1) * stepMs);
    const fetched = await fetchPiece(options, { startMs: fromMs, endMs: toMs, stepMs });
    const piece: Signal[] = [];
    for (const [metricName, series] of fetched) {
      const maker = makers.get(metricName) ?? createFrameMaker({ stepMs, nextId });
      makers.set(metricName, maker);
      for (const signal of maker.take(series, (timeMs) => timeMs + stepMs)) piece.push(signal);
    }
    piece.sort((a, b) => a.seenMs - b.seenMs);
    for (const signal of piece) {
      all.push(signal);
      if (signal.kind === 'frame') samples += signal.ids.length;
    }
    if (samples > MOST_SAMPLES) throw tooMuch(source.address);
    onPiece((toMs - startMs + stepMs) / (endMs - startMs + stepMs), samples);
  }
  return all;
}

/** Of each metric the series of all its queries, each once, with the stamps of all that asked for it. */
async function fetchPiece(
  { source, queries }: HistoryOptions,
  range: Omit<RangeQuery, 'promql'>,
): Promise<ReadonlyMap<string, readonly FetchedSeries[]>> {
  const limits = { maxSeries: MOST_SERIES, timeoutMs: QUERY_MS };
  const texts = [...new Set(queries.map(({ promql }) => promql))];
  const answers = await Promise.all(texts.map((promql) => source.queryRange({ ...range, promql }, limits)));
  const byText = new Map(texts.map((promql, index) => [promql, answers[index] ?? []]));
  const byMetric = new Map<string, Map<string, FetchedSeries>>();
  for (const { promql, metricName, stamp, namespace, isOwn } of queries) {
    const known = byMetric.get(metricName) ?? new Map<string, FetchedSeries>();
    byMetric.set(metricName, known);
    for (const series of byText.get(promql) ?? []) {
      if (!isOwn(series.labels)) continue;
      // As a check has it: what aggregates the namespace away was kept within it.
      const labels: Labels = { ...(namespace !== undefined && { namespace }), ...series.labels, __name__: metricName };
      const key = seriesKey(labels);
      const before = known.get(key);
      known.set(key, {
        ...series,
        ...before,
        labels: { ...labels, ...before?.labels, ...(stamp !== undefined && { [stamp]: '1' }) },
      });
    }
  }
  return new Map([...byMetric].map(([metricName, known]) => [metricName, [...known.values()]]));
}

function tooMuch(address: string): AppError {
  const most = MOST_SAMPLES.toLocaleString('en');
  return new AppError(
    'too-much',
    `${address} has more than ${most} samples of this: fewer --days, a larger --step, or fewer detectors at once`,
  );
}
