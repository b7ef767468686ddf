// Spans and edges of the topology as rows.
import type { DatabaseSync } from 'node:sqlite';
import type { Span, TopologyEdge } from '#model/signal.ts';
import type { SpanQuery } from './protocol.ts';
import { checkCrc, numberOf, optionalTextOf, type Row, rowCrc, textOf } from './rows.ts';

export interface SpanWriter {
  /** Stores spans; one that is there is replaced. */
  putSpans(spans: readonly Span[]): void;
  putEdges(edges: readonly TopologyEdge[]): void;
}

const COLUMNS = 'trace_id, span_id, parent_id, pod, service, operation, start_ms, duration_ms, crc';

export function createSpanWriter(db: DatabaseSync): SpanWriter {
  const putSpan = db.prepare(`INSERT OR REPLACE INTO spans (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const putEdge = db.prepare('INSERT OR REPLACE INTO edges (type, source, target, crc) VALUES (?, ?, ?, ?)');
  return {
    putSpans: (spans) => {
      for (const span of spans) putSpan.run(...spanValues(span), rowCrc(spanValues(span)));
    },
    putEdges: (edges) => {
      for (const { type, from, to } of edges) putEdge.run(type, from, to, rowCrc([type, from, to]));
    },
  };
}

/** Spans that started in the range, slowest first. */
export function readSpans(db: DatabaseSync, { range, services, limit }: SpanQuery): Span[] {
  const where = services === undefined ? '' : 'AND service IN (SELECT value FROM json_each(?))';
  const rows = db
    .prepare(
      `SELECT ${COLUMNS} FROM spans WHERE start_ms >= ? AND start_ms < ? ${where}
       ORDER BY duration_ms DESC, start_ms, trace_id, span_id LIMIT ?`,
    )
    .iterate(range.fromMs, range.toMs, ...(services === undefined ? [] : [JSON.stringify(services)]), limit);
  return Array.from(rows, (row) => readSpan(db, row));
}

/** In the order of type, from, to. */
export function readEdges(db: DatabaseSync): TopologyEdge[] {
  const rows = db.prepare('SELECT type, source, target, crc FROM edges ORDER BY type, source, target').iterate();
  return Array.from(rows, (row) => {
    const edge = {
      type: textOf(row, 'type') as TopologyEdge['type'],
      from: textOf(row, 'source'),
      to: textOf(row, 'target'),
    };
    checkCrc(db, `the edge ${edge.from} → ${edge.to}`, row, rowCrc([edge.type, edge.from, edge.to]));
    return edge;
  });
}

export function readSpan(db: DatabaseSync, row: Row): Span {
  const parentId = optionalTextOf(row, 'parent_id');
  const span = {
    traceId: textOf(row, 'trace_id'),
    spanId: textOf(row, 'span_id'),
    ...(parentId === undefined ? {} : { parentId }),
    pod: textOf(row, 'pod'),
    service: textOf(row, 'service'),
    operation: textOf(row, 'operation'),
    startMs: numberOf(row, 'start_ms'),
    durationMs: numberOf(row, 'duration_ms'),
  };
  checkCrc(db, `span ${span.spanId}`, row, rowCrc(spanValues(span)));
  return span;
}

function spanValues(span: Span): [string, string, string | null, string, string, string, number, number] {
  const { traceId, spanId, parentId, pod, service, operation, startMs, durationMs } = span;
  return [traceId, spanId, parentId ?? null, pod, service, operation, startMs, durationMs];
}

export const SPAN_COLUMNS = COLUMNS;
