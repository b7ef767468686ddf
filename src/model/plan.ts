// What a detector resource becomes before anything runs: which series, by which method, under which guards.
import type { AlertRule } from './alert.ts';
import type { Denominator } from './denominator.ts';
import type { QuietTime } from './quiet-time.ts';
import { type Labels, matchesLabels, metricNameOf, SERVICE_LABEL } from './series.ts';

export type Direction = 'above' | 'below' | 'both';
/** What a missing point does to a run of anomalous points: it is passed over, or it ends the run. */
export type MissingPolicy = 'ignore' | 'end';

export interface Guards {
  readonly direction: Direction;
  /** Least |value − expected|, in the metric's unit. 0 switches it off. */
  readonly minAbsoluteDeviation: number;
  /** Least |value − expected| ÷ |expected|; 1 is 100 %. 0 switches it off. */
  readonly minRelativeDeviation: number;
  /** Values outside are not believed (a sensor's error, not an anomaly). */
  readonly range: { readonly min?: number; readonly max?: number };
  /** A finding opens when `points` of the last `of` points were anomalous, and ends after `clear` normal ones in a row. */
  readonly persistence: { readonly points: number; readonly of: number; readonly clear: number };
  readonly missing: MissingPolicy;
  /**
   * Present: a finding also stays open while the method has got used to what began it: as long as its points are as far from
   * what is expected as they had to be then. Absent: a point that is scored normal is normal.
   */
  readonly ends?: 'back';
  /** When nothing can be anomalous; absent: never. */
  readonly calendar?: QuietTime;
  /** What must lie beneath a ratio or a mean for it to count; absent: it is not asked. */
  readonly denominator?: Denominator;
}

/** A condition on one label, as Kubernetes' label selectors have them. */
export interface LabelExpression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Of In and NotIn. */
  readonly values: readonly string[];
}

export interface Plan {
  /** Name of the detector, unique within its file or namespace. */
  readonly detector: string;
  readonly selector: Labels;
  /** Conditions beside the selector; absent: none. */
  readonly expressions?: readonly LabelExpression[];
  /** What is watched; with a query, what its result is called. */
  readonly metricName: string;
  /** PromQL in place of the metric itself. */
  readonly query?: string;
  /** Whether the metric counts up and is rated first; absent: its metadata or its name says so. */
  readonly isCounter?: boolean;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Sigmas; a point is anomalous where |score| > threshold, strictly. */
  readonly threshold: number;
  readonly guards: Guards;
  /** Absent: nobody is told of its findings. */
  readonly alert?: AlertRule;
  /** A series that said nothing for longer begins anew when it comes back; absent: it is never forgotten. */
  readonly forgetMs?: number;
}

/** Whether the plan watches a series with these labels; what the cluster says of its service counts as a label. */
export function planMatches(plan: Plan, labels: Labels): boolean {
  if (metricNameOf(labels) !== plan.metricName) return false;
  const { [SERVICE_LABEL]: service } = labels;
  const known = service === undefined ? labels : { service, ...labels };
  return matchesLabels(known, plan.selector) && matchesExpressions(known, plan.expressions);
}

/** Whether all conditions hold; of labels that are not there, NotIn and DoesNotExist do. */
export function matchesExpressions(labels: Labels, expressions: readonly LabelExpression[] = []): boolean {
  // A label may be called as what every object has: `constructor`.
  return expressions.every((one) => holds(one, Object.hasOwn(labels, one.key) ? labels[one.key] : undefined));
}

function holds({ operator, values }: LabelExpression, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
