// What a detector means to the flow: a plan for each of its metrics, every default in place, nothing left to decide.
import type { Guards, Plan } from '#model/plan.ts';
import type { Detector } from './read.ts';
import type { SpecV2 } from './v2.ts';

/** One for each metric, in the order in which they are written. */
export function plansOf({ name, spec, algorithm, parameters }: Detector): Plan[] {
  const { selector, targets, metricName, metrics = [], threshold } = spec;
  const { matchExpressions = [] } = targets ?? {};
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator, values }));
  const watched = metricName === undefined ? metrics : [{ name: metricName, kind: 'Auto' as const, query: undefined }];
  return watched.map((metric) => ({
    detector: name,
    selector: selector ?? targets?.matchLabels ?? {},
    ...(expressions.length > 0 && { expressions }),
    metricName: metric.name,
    ...(metric.query !== undefined && { query: metric.query }),
    ...(metric.kind !== 'Auto' && { isCounter: metric.kind === 'Counter' }),
    ...{ algorithm, parameters, threshold },
    guards: guardsOf(spec.guards),
  }));
}

function guardsOf({ range, persistence, ...guards }: SpecV2['guards']): Guards {
  const { min, max } = range;
  const { points, of = points, clear } = persistence;
  return {
    direction: guards.direction,
    minAbsoluteDeviation: guards.minAbsoluteDeviation,
    minRelativeDeviation: guards.minRelativeDeviation,
    range: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
    persistence: { points, of, clear },
    missing: guards.missing,
  };
}
