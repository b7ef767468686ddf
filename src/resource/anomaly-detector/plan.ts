// What a detector resource means: its plan, every default in place, nothing left to decide.
import type { ParamValues } from '#detect/contract.ts';
import type { Plan } from '#model/plan.ts';
import type { AnomalyDetector } from './v1.ts';

/** As much of a detector as its plan follows from. */
export type Plannable = { readonly metadata: { readonly name: string } } & Pick<AnomalyDetector, 'spec'>;

/** The detector's plan; `parameters` are the algorithm's, already checked and completed. */
export function planOf(detector: Plannable, parameters: ParamValues): Plan {
  const { guards, ...spec } = detector.spec;
  const { min, max } = guards.range;
  const { points, clear } = guards.persistence;
  return {
    detector: detector.metadata.name,
    selector: spec.selector,
    metricName: spec.metricName,
    algorithm: spec.algorithm,
    parameters,
    threshold: spec.threshold,
    guards: {
      direction: guards.direction,
      minAbsoluteDeviation: guards.minAbsoluteDeviation,
      minRelativeDeviation: guards.minRelativeDeviation,
      range: { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) },
      persistence: { points, of: guards.persistence.of ?? points, clear },
      missing: guards.missing,
    },
  };
}
