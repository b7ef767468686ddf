// The analyser's own figures: its calls, by method and gRPC status, and how long they took.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AnalysisMetrics } from '#api/grpc/unary.ts';

export interface AnalyserMetrics extends AnalysisMetrics {
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function createAnalyserMetrics(): AnalyserMetrics {
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
  return {
    called(method, status, took) {
      calls.inc({ method, status: String(status) });
      seconds.observe({ method }, took);
    },
    underWay: (count) => underWay.set(count),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
