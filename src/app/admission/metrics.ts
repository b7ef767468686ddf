// Admission's own figures. Labels are of closed sets: never a name, a namespace or an id, and a kind that is not ours is
// `other`.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ALGORITHMS } from '#detect/index.ts';
import { kindsOf } from '#resource/kinds.ts';
import { createSpecFailures, type SpecFailure } from '#resource/spec-failure.ts';
import { addSpecFailureMetric } from '../live/spec-failure-metrics.ts';

export type Stage = 'validate' | 'mutate' | 'convert' | 'bundle';
export type Outcome = 'done' | 'refused' | 'failed';
/** Why something was, or will be, done again. */
export type RetryCode = 'repeat' | 'conflict' | 'away';

export interface AdmissionMetrics {
  answered(stage: Exclude<Stage, 'bundle'>, outcome: Outcome, tookSeconds: number): void;
  specFailed(kind: string | undefined, error: SpecFailure): void;
  retried(stage: Stage, code: RetryCode): void;
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** The API server gives up after three seconds. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3];

/** `leafEndMs`: when the certificate that is served ends, as long as there is one. */
export function createAdmissionMetrics(leafEndMs: () => number | undefined, nowMs: () => number): AdmissionMetrics {
  const registry = new Registry();
  const registers = [registry];
  const webhook = new Histogram({
    ...{ name: 'webhook_duration_seconds', help: 'How long admission took, by stage.', registers },
    ...{ labelNames: ['stage', 'outcome'], buckets: BUCKETS },
  });
  const conversion = new Histogram({
    ...{ name: 'conversion_duration_seconds', help: 'How long reviews of conversion took.', registers },
    ...{ labelNames: ['outcome'], buckets: BUCKETS },
  });
  const failures = createSpecFailures(kindsOf(ALGORITHMS).map(({ kind }) => kind));
  addSpecFailureMetric(registry, failures.counts);
  const retries = new Counter({
    ...{ name: 'webhook_retry_count_total', help: 'What was done again, or came again, by why.', registers },
    labelNames: ['stage', 'code'],
  });
  new Gauge({
    ...{ name: 'cert_expiry_seconds', help: 'Until the certificate that is served ends.', registers },
    collect() {
      const endMs = leafEndMs();
      this.reset();
      if (endMs !== undefined) this.set((endMs - nowMs()) / 1000);
    },
  });
  return {
    answered(stage, outcome, tookSeconds) {
      if (stage === 'convert') conversion.observe({ outcome }, tookSeconds);
      else webhook.observe({ stage, outcome }, tookSeconds);
    },
    specFailed: failures.add,
    retried: (stage, code) => retries.inc({ stage, code }),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
