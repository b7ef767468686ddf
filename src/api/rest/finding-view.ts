// A finding as the API shows it: with its service and colour, and null where there is no number.
import { type Evidence, type Finding, type Severity, severityOf } from '#model/finding.ts';
import type { EvidenceView, FindingView } from './contract.ts';
import { figure } from './figures.ts';
import type { Inventory } from './inventory.ts';

/** By its worst score (D8's scale); at least amber, because it passed every guard that somebody asked for. */
export function findingSeverity(finding: Finding): Severity {
  return severityOf(finding.peak.score) === 'red' ? 'red' : 'amber';
}

export function findingView(finding: Finding, inventory: Inventory): FindingView {
  const { alert: _, ...shown } = finding;
  return {
    ...shown,
    service: inventory.serviceOf(finding.entity),
    severity: findingSeverity(finding),
    opening: evidenceView(finding.opening),
    peak: evidenceView(finding.peak),
    members: finding.members.map((member) => ({ ...member })),
  };
}

function evidenceView(evidence: Evidence): EvidenceView {
  const { baseline } = evidence;
  return {
    ...evidence,
    expected: figure(evidence.expected),
    lower: figure(evidence.lower),
    upper: figure(evidence.upper),
    baseline: { count: baseline.count, fromMs: figure(baseline.fromMs), toMs: figure(baseline.toMs) },
    guards: evidence.guards.map((guard) => ({ ...guard })),
  };
}
