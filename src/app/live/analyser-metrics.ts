// The analyser's own figures: its calls, by method and gRPC status, and how long they took.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AnalysisMetrics } from '#api/grpc/unary.ts';
import type { Clock } from '#kit/clock.ts';
import { createPulse } from './pulse.ts';

export interface AnalyserMetrics extends AnalysisMetrics {
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Why it is of no use: calls are under way, and none of them ends. */
  stuck(): string | undefined;
}

/** A caller gives up after a fraction of it, and what it asked for is not gone on with. */
const CALL_MS = 600_000;

export function createAnalyserMetrics(clock?: Clock): AnalyserMetrics {
  const registry = new Registry();
  const registers = [registry];
  const calls = new Counter({
    ...{ name: 'tidewatch_analysis_calls_total', help: 'Calls answered, by method and gRPC status.' },
    ...{ labelNames: ['method', 'status'], registers },
  });
  const seconds = new Histogram({
    ...{ name: 'tidewatch_analysis_seconds', help: 'How long calls took.', labelNames: ['method'], registers },
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
  });
  const underWay = new Gauge({ name: 'tidewatch_analysis_under_way', help: 'Calls under way.', registers });
  const pulse = createPulse({ what: 'no call of those under way has ended', mostMs: CALL_MS, ...(clock && { clock }) });
  let busy = 0;
  return {
    called(method, status, took) {
      if (busy > 0) pulse.beat();
      calls.inc({ method, status: String(status) });
      seconds.observe({ method }, took);
    },
    underWay(count) {
      if (count === 0) pulse.rest();
      else if (busy === 0) pulse.beat();
      busy = count;
      underWay.set(count);
    },
    stuck: pulse.stuck,
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
