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
  const shipped = await loadDetectors(SHIPPED.detectors);
  const setting = oneSettingOf(shipped);
  return { name: 'shipped detectors', plansFor: (series) => watching(setting, metricsOf(shipped, series)) };
}

/** Z-score over an hour, |score| > 3.5, no guards: the usual first try. */
export async function simplestMethod(): Promise<Method> {
  const shipped = await loadDetectors(SHIPPED.detectors);
  const [plan] = parseDetectors(
    `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: simplest }
spec:
  targets: { matchLabels: { any: thing } }
  metrics: [{ name: any }]
  method: { name: rolling-z-score, rollingZScore: { baselineMs: 3600000 } }
  threshold: 3.5
`,
    'simplest',
    ALGORITHMS,
  );
  if (plan === undefined) throw new AppError('internal', 'the simplest method has no plan');
  return {
    name: 'rolling z-score, 60 min, 3.5σ, no guards',
    plansFor: (series) => watching(plan, metricsOf(shipped, series)),
  };
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
