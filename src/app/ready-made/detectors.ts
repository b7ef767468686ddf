// What observe mode watches, as detectors that a cluster takes: for those who want a state, an event or an alert of it, or other
// bounds. They are of pods, as every detector: what nobody's pod measures is watched by observe mode alone.
import type { Guards } from '#model/plan.ts';
import { CLUSTER_KIND } from '#resource/anomaly-detector/v2.ts';
import { OBSERVED, type Observed } from '#resource/observe/catalogue.ts';
import type { MeasuredBy } from '#resource/observe/entry.ts';
import { NODE_EXPORTERS } from '../scraping/jobs.ts';
import { recordedQuery } from './recording-rules.ts';

/** A pod with this label is watched by none of them. */
export const IGNORED = 'tidewatch.io/ignore';

const PODS: Readonly<Record<MeasuredBy, object>> = {
  any: { targets: { matchExpressions: [{ key: IGNORED, operator: 'DoesNotExist' }] } },
  'node-exporter': {
    targets: {
      matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: NODE_EXPORTERS }],
    },
  },
  etcd: { namespaces: { names: ['kube-system'] }, targets: { matchLabels: { component: 'etcd' } } },
};

export type Reading = 'queries' | 'recorded';

interface ReadyMade {
  readonly observed: Observed;
  readonly object: { readonly metadata: { readonly name: string } };
}

/** One for each entry that can be one; `recorded`: those that are heavy read what the recording rules keep. */
export function readyMadeDetectors(group: string, reading: Reading): readonly ReadyMade[] {
  return OBSERVED.flatMap((observed) => {
    const { declared, metricName, plan, above, isHeavy } = observed;
    if (declared === undefined) return [];
    const isRecorded = reading === 'recorded' && isHeavy === true;
    const query = isRecorded ? recordedQuery(metricName) : declared.promql;
    return {
      observed,
      object: {
        apiVersion: `${group}/v2`,
        kind: CLUSTER_KIND,
        metadata: { name: metricName.replaceAll('_', '-') },
        spec: {
          ...PODS[declared.pods],
          metrics: [{ name: metricName, query }],
          method: above === undefined ? { name: 'auto' } : { name: 'static-threshold', staticThreshold: { above } },
          threshold: plan.threshold,
          guards: guardsOf(plan.guards),
          // A bound needs no past; what is usual is learnt from as much as observe mode begins with.
          schedule: { step: '1m', history: above === undefined ? '3h' : '15m' },
        },
      },
    };
  });
}

/** Those that do something. */
function guardsOf({ direction, minAbsoluteDeviation, minRelativeDeviation, persistence, ends }: Guards): object {
  return {
    direction,
    ...(minAbsoluteDeviation > 0 && { minAbsoluteDeviation }),
    ...(minRelativeDeviation > 0 && { minRelativeDeviation }),
    persistence,
    ...(ends !== undefined && { ends }),
  };
}
