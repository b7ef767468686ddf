// The spans of a Nezha recording, thinned out to what a person can look at: of each minute the slowest, for the trouble,
// and some drawn by the hash of their id, for what is usual. The draw depends on the spans alone, so it comes out the same
// every time. A span belongs to the minute it ended in, because nobody could have known it before.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '#kit/errors.ts';
import type { Span } from '#model/signal.ts';
import { columnOf, readCsv } from './csv.ts';
import { serviceOfPod } from './nezha-metrics.ts';

export interface SpanQuota {
  readonly slowest: number;
  readonly drawn: number;
}

const MINUTE_MS = 60_000;

/** Start of the minute → its spans, by start time. Empty when there is no trace folder. */
export async function readNezhaSpans(traceDir: string, quota: SpanQuota): Promise<Map<number, Span[]>> {
  const names = await readdir(traceDir).catch(() => []);
  const minutes = new Map<number, Sample>();
  for (const name of names.sort()) {
    if (!/_trace\.csv(\.gz)?$/.test(name)) continue;
    for (const span of await readSpans(join(traceDir, name))) {
      const minuteMs = Math.floor((span.startMs + span.durationMs) / MINUTE_MS) * MINUTE_MS;
      let sample = minutes.get(minuteMs);
      if (sample === undefined) {
        sample = new Sample(quota);
        minutes.set(minuteMs, sample);
      }
      sample.add(span);
    }
  }
  const sorted = [...minutes].sort(([a], [b]) => a - b);
  return new Map(sorted.map(([minuteMs, sample]) => [minuteMs, sample.taken()]));
}

async function readSpans(path: string): Promise<Span[]> {
  const table = await readCsv(path);
  const names = ['TraceID', 'SpanID', 'ParentID', 'PodName', 'OperationName', 'StartTimeUnixNano', 'Duration'] as const;
  const columns = names.map((name) => columnOf(table, name));
  return table.rows.map((row, index) => {
    const field = (which: number): string => row[columns[which] ?? -1] ?? '';
    const pod = field(3);
    const parentId = field(2);
    const startNs = field(5);
    const durationUs = field(6);
    if (!/^\d{13,19}$/.test(startNs) || !/^\d{1,15}$/.test(durationUs)) {
      throw new AppError(
        'bad-input',
        `${path}:${table.lines[index]}: start "${startNs}" (ns) or duration "${durationUs}" (µs) is not a whole number.`,
      );
    }
    return {
      traceId: field(0),
      spanId: field(1),
      ...(parentId === 'root' || parentId === '' ? {} : { parentId }),
      pod,
      service: serviceOfPod(pod),
      operation: field(4),
      startMs: Number(startNs.slice(0, -6)),
      durationMs: Number(`${durationUs}e-3`),
    };
  });
}

interface Candidate {
  readonly span: Span;
  readonly id: string;
  readonly hash: number;
}

/** Keeps only what may still be taken; the drawn come from enough candidates that the slowest can be left out of them. */
class Sample {
  readonly #slowest: Candidate[] = [];
  readonly #drawn: Candidate[] = [];
  readonly #quota: SpanQuota;

  constructor(quota: SpanQuota) {
    this.#quota = quota;
  }

  add(span: Span): void {
    const id = `${span.traceId}/${span.spanId}`;
    const candidate = { span, id, hash: crc32(id) };
    const { slowest, drawn } = this.#quota;
    keep(this.#slowest, slowest, candidate, (a, b) => b.span.durationMs - a.span.durationMs || compare(a.id, b.id));
    keep(this.#drawn, slowest + drawn, candidate, (a, b) => a.hash - b.hash || compare(a.id, b.id));
  }

  taken(): Span[] {
    const slow = new Set(this.#slowest.map(({ id }) => id));
    const drawn = this.#drawn.filter(({ id }) => !slow.has(id)).slice(0, this.#quota.drawn);
    const all = [...this.#slowest, ...drawn];
    return all.sort((a, b) => a.span.startMs - b.span.startMs || compare(a.id, b.id)).map(({ span }) => span);
  }
}

/** Inserts into a sorted list of at most `limit`; a span that two files hold is kept once. */
function keep(list: Candidate[], limit: number, item: Candidate, order: (a: Candidate, b: Candidate) => number): void {
  const last = list.at(-1);
  if (list.length >= limit && (last === undefined || order(item, last) >= 0)) return;
  let at = list.length;
  for (let before = list[at - 1]; before !== undefined && order(item, before) <= 0; before = list[--at - 1]) {
    if (before.id === item.id) return;
  }
  list.splice(at, 0, item);
  if (list.length > limit) list.pop();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
