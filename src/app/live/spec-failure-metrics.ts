// `spec_deserialize_failure_total` of every role that reads specs: one name, one set of labels.
import { Counter, type Registry } from 'prom-client';
import type { SpecFailureCount } from '#resource/spec-failure.ts';

export function addSpecFailureMetric(registry: Registry, counts: () => readonly SpecFailureCount[]): void {
  new Counter({
    ...{ name: 'spec_deserialize_failure_total', help: 'Specs that could not be given their type.' },
    ...{ registers: [registry], labelNames: ['kind', 'error'] },
    collect() {
      this.reset();
      for (const { kind, error, count } of counts()) this.inc({ kind, error }, count);
    },
  });
}
