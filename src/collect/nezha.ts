// Converts a recording in the layout of the Nezha data set (IntelligentDDS, https://github.com/IntelligentDDS/Nezha) to
// signals: metric/*.csv, metric/dependency.csv, trace/*_trace.csv.gz, faults.json. Metrics come whole, under Prometheus
// names in base units; of the spans a sample. What is read is checked; the first wrong cell stops it, by file and line.
import { access, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '#kit/errors.ts';
import type { SeriesInfo } from '#model/series.ts';
import type { FrameSignal, KnownFault, Signal, Span, SpansSignal, TopologyEdge } from '#model/signal.ts';
import type { TapeHeader, TapeSegment } from '#tape/contract.ts';
import { columnOf, readCsv } from './csv.ts';
import { type NezhaSource, readNezhaMetrics, serviceOfPod } from './nezha-metrics.ts';
import { readNezhaSpans } from './nezha-spans.ts';
import { parseNezhaTime, parseNezhaValue } from './nezha-text.ts';

export interface NezhaOptions {
  readonly name?: string;
  readonly source?: string;
  /** The notice to carry; by default the LICENSE file in the folder or in the one above it. */
  readonly licence?: string;
  readonly namespace?: string;
  readonly partOf?: string;
  /** Recorded times from here on are quiet: they are played first, a day earlier, as a warm-up. */
  readonly quietFromMs?: number;
  readonly slowestSpans?: number;
  readonly drawnSpans?: number;
}

export interface NezhaConversion {
  /** The version is the tape's to fill in. */
  readonly header: Omit<TapeHeader, 'version'>;
  /** By `seenMs`; the dictionary and the topology first. */
  readonly signals: readonly Signal[];
}

const MINUTE_MS = 60_000;
const QUIET_SHIFT_MS = -86_400_000;

/** The recording in `dir` as a header and its signals by `seenMs`. Rejects with `not-found` or `bad-input`. */
export async function convertNezha(dir: string, options: NezhaOptions = {}): Promise<NezhaConversion> {
  const edges = await readEdges(join(dir, 'metric', 'dependency.csv'));
  const { sources, series } = await readSeries(dir, options, edges);
  const quota = { slowest: options.slowestSpans ?? 10, drawn: options.drawnSpans ?? 20 };
  const minutes = await readNezhaSpans(join(dir, 'trace'), quota);
  const spans = [...minutes].map(([minuteMs, taken]) => spansSignal(minuteMs, taken));
  const recorded = [...readFrames(sources), ...spans].sort(bySeen);
  const { quietFromMs } = options;
  const segments = segmentsOf(recorded, quietFromMs);
  const fromMs = segments[0]?.fromMs ?? 0;
  const signals: Signal[] = recorded.map((signal) => played(signal, quietFromMs)).sort(bySeen);
  if (edges.length > 0) signals.unshift({ kind: 'topology', timeMs: fromMs, seenMs: fromMs, edges });
  signals.unshift({ kind: 'series', seenMs: fromMs, series });
  const faults = await readFaults(join(dir, 'faults.json'));
  const header = {
    name: options.name ?? `${partOf(options)} ${basename(resolve(dir))}`,
    source: options.source ?? 'Nezha data set, IntelligentDDS, https://github.com/IntelligentDDS/Nezha',
    licence: options.licence ?? (await findLicence(dir)),
    fromMs,
    toMs: segments.at(-1)?.toMs ?? fromMs,
    segments,
    answerKey: faults.map((fault) => ({ ...fault, timeMs: playedMs(fault.timeMs, quietFromMs) })),
  };
  return { header, signals };
}

/** The tables of a day and the series they make; ids count through the tables' columns. */
export async function readSeries(
  dir: string,
  options: NezhaOptions,
  edges: readonly TopologyEdge[],
): Promise<{ sources: NezhaSource[]; series: SeriesInfo[] }> {
  const common = { namespace: options.namespace ?? 'hipster', part_of: partOf(options) };
  const sources = await readNezhaMetrics(join(dir, 'metric'), common, nodesOf(edges));
  const series = sources.flatMap(({ labels }) => labels).map((labels, id) => ({ id, labels, stepMs: MINUTE_MS }));
  return { sources, series };
}

/** When a recorded moment is played. */
export function playedMs(recordedMs: number, quietFromMs: number | undefined): number {
  return quietFromMs !== undefined && recordedMs >= quietFromMs ? recordedMs + QUIET_SHIFT_MS : recordedMs;
}

function partOf(options: NezhaOptions): string {
  return options.partOf ?? 'online-boutique';
}

function bySeen(a: Signal, b: Signal): number {
  return a.seenMs - b.seenMs;
}

/** One frame per moment of scraping, by time; rows of several files that share one are joined. */
function readFrames(sources: readonly NezhaSource[]): FrameSignal[] {
  const moments = new Map<number, { ids: number[]; values: number[] }>();
  let firstId = 0;
  for (const { table, timeColumn, firstValue, units } of sources) {
    let previousMs = Number.NEGATIVE_INFINITY;
    for (const [index, row] of table.rows.entries()) {
      const where = `${table.path}:${table.lines[index]}`;
      const timeMs = parseNezhaTime(row[timeColumn] ?? '', where);
      if (timeMs <= previousMs)
        throw new AppError('bad-input', `${where}: its time is not after that of the row before.`);
      previousMs = timeMs;
      const moment = moments.get(timeMs) ?? { ids: [], values: [] };
      moments.set(timeMs, moment);
      for (const [column, unit] of units.entries()) {
        moment.ids.push(firstId + column);
        moment.values.push(parseNezhaValue(row[firstValue + column] ?? '', unit, where));
      }
    }
    firstId += units.length;
  }
  const byTime = [...moments].sort(([a], [b]) => a - b);
  return byTime.map(([timeMs, { ids, values }]) => {
    return { kind: 'frame', timeMs, seenMs: timeMs, ids: Uint32Array.from(ids), values: Float64Array.from(values) };
  });
}

function spansSignal(minuteMs: number, spans: readonly Span[]): SpansSignal {
  return { kind: 'spans', timeMs: minuteMs, seenMs: minuteMs + MINUTE_MS, spans };
}

/** The same signal as it is played: a whole minute of spans goes where its first moment goes. */
function played<S extends FrameSignal | SpansSignal>(signal: S, quietFromMs: number | undefined): S {
  const shiftMs = playedMs(signal.timeMs, quietFromMs) - signal.timeMs;
  const moved = { ...signal, timeMs: signal.timeMs + shiftMs, seenMs: signal.seenMs + shiftMs };
  if (moved.kind !== 'spans' || shiftMs === 0) return moved;
  return { ...moved, spans: moved.spans.map((span) => ({ ...span, startMs: span.startMs + shiftMs })) };
}

/** Stretches on whole minutes: the quiet hours before the rest where they were asked for, or the whole as it is. */
function segmentsOf(recorded: readonly Signal[], quietFromMs: number | undefined): TapeSegment[] {
  const first = recorded[0]?.seenMs;
  const last = recorded.at(-1)?.seenMs;
  if (first === undefined || last === undefined) {
    throw new AppError('bad-input', 'The recording holds no sample: its metric files have a header and no rows.');
  }
  if (quietFromMs === undefined) {
    return [{ name: 'recording', fromMs: minuteOf(first), toMs: minuteAfter(last), shiftedMs: 0, warmUp: false }];
  }
  const lastLoud = recorded.findLast(({ seenMs }) => seenMs < quietFromMs)?.seenMs;
  if (lastLoud === undefined || last < quietFromMs || last + QUIET_SHIFT_MS >= first) {
    throw new AppError(
      'bad-input',
      `Quiet hours must begin within the recording (${iso(first)} to ${iso(last)}, at most a day); ${iso(quietFromMs)} does not fit.`,
    );
  }
  const quietFrom = quietFromMs + QUIET_SHIFT_MS;
  const quietTo = minuteAfter(last + QUIET_SHIFT_MS);
  return [
    { name: 'quiet hours', fromMs: quietFrom, toMs: quietTo, shiftedMs: QUIET_SHIFT_MS, warmUp: true },
    { name: 'fault hours', fromMs: minuteOf(first), toMs: minuteAfter(lastLoud), shiftedMs: 0, warmUp: false },
  ];
}

function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}

function minuteAfter(timeMs: number): number {
  return minuteOf(timeMs) + MINUTE_MS;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

const FaultsSchema = z.record(
  z.string(),
  z.array(z.object({ inject_time: z.string(), inject_pod: z.string(), inject_type: z.string() })),
);

/** The answer key by time; empty without the file. `inject_time` is UTC (`inject_timestamp` is not, and is not read). */
async function readFaults(path: string): Promise<KnownFault[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad-input', `${path} is not JSON: copy it again from where it came from.`, { cause });
  }
  const result = FaultsSchema.safeParse(parsed);
  if (!result.success) throw new AppError('bad-input', `${path}: ${z.prettifyError(result.error)}`);
  const faults = Object.values(result.data).flat();
  return faults
    .map(({ inject_time, inject_pod, inject_type }) => {
      const timeMs = parseNezhaTime(inject_time, path);
      return { timeMs, pod: inject_pod, service: serviceOfPod(inject_pod), type: inject_type };
    })
    .sort((a, b) => a.timeMs - b.timeMs);
}

/** Whatever calls something is a service, and so is what has calls of its own; any other target is a node. */
export async function readEdges(path: string): Promise<TopologyEdge[]> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return [];
  const table = await readCsv(path);
  const source = columnOf(table, 'Source');
  const target = columnOf(table, 'Target');
  const pairs = table.rows.map((row) => ({ from: row[source] ?? '', to: row[target] ?? '' }));
  const services = new Set(pairs.map(({ from }) => from));
  return pairs.map(({ from, to }) => ({ type: services.has(to) ? 'calls' : 'runs-on', from, to }));
}

/** Service → its node, where it runs on one only. */
function nodesOf(edges: readonly TopologyEdge[]): Map<string, string> {
  const placed = edges.filter(({ type }) => type === 'runs-on');
  const count = (service: string): number => placed.filter(({ from }) => from === service).length;
  return new Map(placed.filter(({ from }) => count(from) === 1).map(({ from, to }) => [from, to]));
}

async function findLicence(dir: string): Promise<string> {
  for (const path of [join(dir, 'LICENSE'), join(dirname(resolve(dir)), 'LICENSE')]) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  throw new AppError(
    'bad-input',
    `No LICENSE in ${dir} or above it: name the notice that must travel with the data (--licence FILE).`,
  );
}
