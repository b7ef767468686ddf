// Recording rules for what is dear to ask: each reads many series and gives few, which a detector then reads as they are.
import { OBSERVED } from '#resource/observe/catalogue.ts';

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** With a colon, so that no exporter has a metric of this name. */
export function recordedName(metricName: string): string {
  return `tidewatch:${metricName}`;
}

/** What a detector asks in place of the query, by its pods; it aggregates, as a query of a detector must. */
export function recordedQuery(metricName: string): string {
  return `max by (namespace, pod) (${recordedName(metricName)})`;
}

/** By the labels of pods, where a detector may read it. */
export function recordingRules(): readonly RecordingRule[] {
  return OBSERVED.filter(({ isHeavy }) => isHeavy === true).map(({ metricName, promql, declared }) => ({
    record: recordedName(metricName),
    expr: declared?.promql ?? promql,
  }));
}

/** The content of a rule file. Twice a minute, so that steps of half a minute have a value of their own. */
export function ruleGroups(intervalSeconds = 30): object {
  return { groups: [{ name: 'tidewatch', interval: `${intervalSeconds}s`, rules: recordingRules() }] };
}
