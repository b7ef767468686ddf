// The alerting rule of a metric: what its detector says of alerts, in the words of Prometheus.
import type { Recorded } from '#detect/contract.ts';
import { durationText } from '#detect/promql/text.ts';
import { type AlertRule, alertRuleAt } from '#model/alert.ts';
import type { Labels } from '#model/series.ts';
import { alertText } from './guard-rules.ts';

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** Absent: it fires at once. */
  readonly for?: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** `labels` are those of what is recorded; they and the severity stand before what a detector adds. */
export function alertRule(recorded: Recorded, labels: Labels, rule: AlertRule): AlertingRule {
  const { afterMs, severity, summary, runbook, labels: added } = alertRuleAt(rule, recorded.stepMs);
  return {
    alert: 'TidewatchAnomaly',
    expr: alertText(recorded),
    ...(afterMs > 0 && { for: durationText(afterMs) }),
    labels: { ...mapped(added, literal), ...labels, severity },
    annotations: {
      summary: summary === undefined ? '{{ $labels.metric }} is not as usual' : literal(summary),
      description: '{{ $labels.detector }}: the score of {{ $labels.metric }} is {{ printf "%.1f" $value }} sigmas.',
      ...(runbook !== undefined && { runbook_url: literal(runbook) }),
    },
  };
}

function mapped(labels: Labels, change: (value: string) => string): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, change(value)]));
}

/** Prometheus takes labels and annotations for templates: braces of a detector's own words are words. */
function literal(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
