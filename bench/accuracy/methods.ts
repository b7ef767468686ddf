// What is compared: the shipped detectors with their one setting, and the simplest method that people begin with. A
// method becomes plans for a set without looking at the set's truth, names or values.
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import { metricNameOf, type SeriesInfo } from '#model/series.ts';
import { parseDetectors } from '#resource/anomaly-detector/parse.ts';
import { loadDetectors } from '../../src/app/load.ts';
import { SHIPPED } from '../../src/app/shipped.ts';

export interface Method {
  readonly name: string;
  plansFor(series: readonly SeriesInfo[]): readonly Plan[];
}

/** The shipped detectors. On a set that has none of their metrics, the same setting watches every metric there is. */
export async function shippedMethod(): Promise<Method> {
  return methodOf('shipped detectors', await settingOf());
}

/** The one setting of the shipped detectors. */
export async function settingOf(): Promise<Plan> {
  return oneSettingOf(await loadDetectors(SHIPPED.detectors));
}

/** Watches with this setting what the shipped detectors watch, else every metric there is. */
export async function methodOf(name: string, setting: Plan): Promise<Method> {
  const shipped = await loadDetectors(SHIPPED.detectors);
  return { name, plansFor: (series) => watching(setting, metricsOf(shipped, series)) };
}

/** Z-score over an hour, |score| > 3.5, no guards: the usual first try. */
export async function simplestMethod(): Promise<Method> {
  return methodOf('rolling z-score, 60 min, 3.5σ, no guards', simplestPlan());
}

export function simplestPlan(): Plan {
  return planOf('simplest', '{ name: rolling-z-score, rollingZScore: { baselineMs: 3600000 } }');
}

/** Whether a detector may name the algorithm and say nothing more; one that wants a bound of its user may not. */
export function needsNothing(algorithm: string): boolean {
  try {
    return planOf('bare', `{ name: ${algorithm} }`).algorithm === algorithm;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function planOf(name: string, method: string): Plan {
  const [plan] = parseDetectors(
    `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: ${name} }
spec:
  targets: { matchLabels: { any: thing } }
  metrics: [{ name: any }]
  method: ${method}
  threshold: 3.5
`,
    name,
    ALGORITHMS,
  );
  if (plan === undefined) throw new AppError('internal', `the method ${name} has no plan`);
  return plan;
}

/** Everything but name, metric and selector. Refuses detectors that differ in it: one setting has to earn every figure. */
export function oneSettingOf(plans: readonly Plan[]): Plan {
  const [first] = plans;
  if (first === undefined) throw new AppError('bad-config', 'there are no shipped detectors');
  const settingOf = ({ algorithm, parameters, threshold, guards }: Plan) =>
    JSON.stringify({ algorithm, parameters, threshold, guards });
  const other = plans.find((plan) => settingOf(plan) !== settingOf(first));
  if (other !== undefined)
    throw new AppError('bad-config', `${other.detector} has another setting than ${first.detector}`);
  return first;
}

function metricsOf(shipped: readonly Plan[], series: readonly SeriesInfo[]): readonly string[] {
  const there = new Set(series.map((info) => metricNameOf(info.labels)));
  const known = shipped.map((plan) => plan.metricName).filter((name) => there.has(name));
  return known.length > 0 ? known : [...there].sort();
}

function watching(setting: Plan, metrics: readonly string[]): readonly Plan[] {
  return metrics.map((metricName) => ({
    ...setting,
    detector: metricName.replaceAll('_', '-'),
    metricName,
    selector: {},
  }));
}
