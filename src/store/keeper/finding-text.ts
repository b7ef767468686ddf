// A finding as text that keeps every number: NaN (a baseline without points), the infinities and −0, which JSON lacks.
import { ALERT_SEVERITIES, type AlertRule } from '#model/alert.ts';
import type { Finding } from '#model/finding.ts';

const MARK = '$number';

export function findingText(finding: Finding): string {
  return JSON.stringify(finding, (_key, part: unknown) => {
    if (typeof part !== 'number' || (Number.isFinite(part) && !Object.is(part, -0))) return part;
    return { [MARK]: Object.is(part, -0) ? '-0' : String(part) };
  });
}

/** Throws RangeError for text that is no finding; its times and names are the store's to check. */
export function findingOf(text: string): Finding {
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, part: unknown) => {
      if (typeof part !== 'object' || part === null || !(MARK in part)) return part;
      return Number(part[MARK]);
    });
  } catch (error) {
    throw new RangeError(`a finding is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isFinding(value)) throw new RangeError(`a finding lacks what each one has: ${text.slice(0, 200)}`);
  return value;
}

/** What storing and showing a finding relies on. */
function isFinding(value: unknown): value is Finding {
  const { id, detector, metric, entity, opening, peak, members, alert } = (value ?? {}) as Partial<Finding>;
  if (!Array.isArray(members) || (alert !== undefined && !isRule(alert))) return false;
  const series: unknown[] = [opening, peak, ...members].map((part) => (part as { series?: unknown } | null)?.series);
  return [id, detector, metric, entity?.kind, entity?.namespace, entity?.name, ...series].every(
    (part) => typeof part === 'string',
  );
}

function isRule(value: Partial<AlertRule> | null): boolean {
  const { afterMs, severity, labels, summary = '', runbook = '' } = value ?? {};
  const texts: unknown[] = [summary, runbook, ...Object.values(labels ?? { none: 0 })];
  return (
    Number.isFinite(afterMs) &&
    ALERT_SEVERITIES.some((known) => known === severity) &&
    texts.every((text) => typeof text === 'string')
  );
}
