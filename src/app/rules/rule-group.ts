// One plan as a group of rules: what is watched, the method's rules, the guards', and an alert.
import { selectorQuery } from '#collect/prometheus/selector-query.ts';
import type { PromqlTwin, Recorded } from '#detect/contract.ts';
import { LARGEST_MEASURED } from '#detect/measured.ts';
import { durationText } from '#detect/promql/text.ts';
import type { AlertRule } from '#model/alert.ts';
import type { Plan } from '#model/plan.ts';
import { alertRule } from './alert-rule.ts';
import { guardRules } from './guard-rules.ts';

/** Of all that is recorded. What this product itself writes into a store of metrics begins with `tidewatch_`. */
const PREFIX = 'tidewatch:';

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

interface GroupOptions {
  readonly plan: Plan;
  readonly twin: PromqlTwin;
  /** What the detector's findings and series are called by. */
  readonly detector: string;
  /** PromQL of what is watched. */
  readonly source: string;
  readonly stepMs: number;
  /** Undefined: no alerting rule. */
  readonly alert: AlertRule | undefined;
}

/** A group that is evaluated once a step, each rule after those that it reads. */
export function ruleGroup({ plan, twin, detector, source, stepMs, alert }: GroupOptions): RuleGroup {
  const labels = { detector, metric: plan.metricName };
  const recorded = recordedOf(labels, stepMs);
  const rules = [...twin.rules(plan.parameters, recorded), ...guardRules(plan, recorded)];
  return {
    name: `tidewatch/${detector}/${plan.metricName}`,
    interval: durationText(stepMs),
    rules: [
      // Neither NaN nor anything infinite is a value: comparisons leave them out.
      { record: `${PREFIX}value`, expr: `(${source}) <= ${LARGEST_MEASURED} >= -${LARGEST_MEASURED}`, labels },
      // They have them already; promtool takes two rules of one name without labels for the same rule.
      ...rules.map(({ name, expr }) => ({ record: `${PREFIX}${name}`, expr, labels })),
      ...(alert === undefined ? [] : [alertRule(recorded, labels, alert)]),
    ],
  };
}

/** What a detector has recorded of a metric. */
function recordedOf(labels: Readonly<Record<string, string>>, stepMs: number): Recorded {
  const matchers = Object.entries(labels).map(([label, value]) => ({ label, operator: '=', value }) as const);
  return { stepMs, of: (name) => selectorQuery({ metricName: `${PREFIX}${name}`, matchers }) };
}
