// The recorded spans of one trace in the order of a waterfall: each below its parent, siblings by their start. A span
// whose parent was not recorded stands at the left; a cycle in what came from outside ends where it began.
import type { SpanView } from '#api/rest/contract.ts';

export interface TraceRow {
  readonly span: SpanView;
  readonly depth: number;
  /** Start and length as shares of the whole trace. */
  readonly offset: number;
  readonly length: number;
}

export function traceRows(spans: readonly SpanView[]): TraceRow[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const sorted = [...byId.values()].sort((a, b) => a.startMs - b.startMs);
  const fromMs = Math.min(...sorted.map((span) => span.startMs));
  const lengthMs = Math.max(...sorted.map((span) => span.startMs + span.durationMs)) - fromMs || 1;
  const rows: TraceRow[] = [];
  const placed = new Set<string>();
  const place = (span: SpanView, depth: number): void => {
    if (placed.has(span.spanId)) return;
    placed.add(span.spanId);
    rows.push({ span, depth, offset: (span.startMs - fromMs) / lengthMs, length: span.durationMs / lengthMs });
    for (const child of sorted) if (child.parentId === span.spanId) place(child, depth + 1);
  };
  for (const span of sorted) if (span.parentId === undefined || !byId.has(span.parentId)) place(span, 0);
  for (const span of sorted) place(span, 0);
  return rows;
}
