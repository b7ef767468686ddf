// What an alert says of a finding. Labels say what it is, and are the same as long as it is the same: never a score or a value.
// Annotations say what was seen, for whoever reads it.
import { type AlertRule, alertKey } from '#model/alert.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import type { Labels } from '#model/series.ts';
import type { Told } from './lifecycle.ts';

const ALERT_NAME = 'TidewatchFinding';

const MOST_TEXT = 1000;
/** The label that names the entity. */
const NAMED_BY = { pod: 'pod', service: 'service', node: 'node', other: 'name' } as const;

/** The link is a path of the page. */
export function toldOf(finding: Finding, rule: AlertRule): Told {
  const labels = labelsOf(finding, rule);
  return {
    ...{ key: alertKey(labels), labels, rule },
    annotations: annotationsOf(finding, rule),
    link: `/findings/${encodeURIComponent(finding.id)}`,
  };
}

function labelsOf({ detector, entity, metric }: Finding, rule: AlertRule): Labels {
  const own = {
    ...{ alertname: ALERT_NAME, detector, metric, severity: rule.severity, namespace: entity.namespace },
    [NAMED_BY[entity.kind]]: entity.name,
  };
  // An empty label is none.
  return Object.fromEntries(Object.entries({ ...rule.labels, ...own }).filter(([, value]) => value !== ''));
}

function annotationsOf({ detector, entity, metric, direction, peak }: Finding, rule: AlertRule): Labels {
  const { value, expected, lower, upper, score, threshold, algorithm, baseline } = peak;
  const where = entity.namespace === '' ? entity.name : `${entity.namespace}/${entity.name}`;
  const thing = entity.kind === 'other' ? where : `${entity.kind} ${where}`;
  const band = [lower, upper].some(Number.isFinite) ? ` (usual: ${figure(lower)} to ${figure(upper)})` : '';
  const texts = {
    summary: rule.summary ?? `${metric} of ${thing} is ${direction} what is usual`,
    description:
      `${peak.metricName} was ${figure(value)}, and ${figure(expected)} was expected${band}: ${figure(score)} sigmas, where ` +
      `${figure(threshold)} are allowed. Detector ${detector}, method ${algorithm}, against ${baseline.count} points.`,
    seen: figure(value),
    expected: figure(expected),
    sigmas: figure(score),
    guards: guardsText(peak),
    runbook_url: rule.runbook ?? '',
  };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text === '' ? [] : [[name, text.slice(0, MOST_TEXT)]])),
  );
}

function guardsText({ guards }: Evidence): string {
  return guards
    .map(({ guard, limit, actual }) => `${guard}: ${figure(actual)} (asked for: ${figure(limit)})`)
    .join('; ');
}

function figure(value: number | string): string {
  if (typeof value === 'string') return value;
  return Number.isNaN(value) ? 'nothing' : String(Number(value.toPrecision(4)));
}
