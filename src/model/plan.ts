// What a detector resource becomes before anything runs: which series, by which method, under which guards.
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
}

export interface Plan {
  /** Name of the detector, unique within its file or namespace. */
  readonly detector: string;
  readonly selector: Labels;
  readonly metricName: string;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Sigmas; a point is anomalous where |score| > threshold, strictly. */
  readonly threshold: number;
  readonly guards: Guards;
  /** A series that said nothing for longer begins anew when it comes back; absent: it is never forgotten. */
  readonly forgetMs?: number;
}

/** Whether the plan watches a series with these labels; what the cluster says of its service counts as a label. */
export function planMatches(plan: Plan, labels: Labels): boolean {
  if (metricNameOf(labels) !== plan.metricName) return false;
  const { [SERVICE_LABEL]: service } = labels;
  return matchesLabels(service === undefined ? labels : { service, ...labels }, plan.selector);
}
