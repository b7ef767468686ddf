// A tile of the overview: its colour from findings (never from a raw score), its size from their impact.
import { endOf, type Finding, type Severity } from '#model/finding.ts';
import type { Tile } from './contract.ts';
import { figure } from './figures.ts';
import { seriesCount, type Thing } from './inventory.ts';
import { isOpen, justEnded } from './known-findings.ts';
import type { Moment } from './moment.ts';

/** red while a finding is open, amber for ten minutes after the last one ended, else green. */
export function severityAt(findings: readonly Finding[], nowMs: number): Severity {
  if (findings.some(isOpen)) return 'red';
  return findings.some((finding) => justEnded(finding, nowMs)) ? 'amber' : 'green';
}

/**
 * 0 when quiet, 0.25 in the afterglow, 0.5..1 while something is open: up to 0.3 more for the size of the worst (each
 * doubling from 3σ to 96σ adds 0.06), up to 0.2 more for families open at once (each beyond the first adds 0.05).
 */
export function impactOf(severity: Severity, open: readonly Finding[]): number {
  if (severity === 'green') return 0;
  if (severity === 'amber') return 0.25;
  const size = open.reduce((most, finding) => Math.max(most, sizeOf(finding)), 3);
  const families = new Set(open.map(({ family }) => family)).size;
  return 0.5 + 0.06 * Math.min(5, Math.log2(size / 3)) + 0.05 * Math.min(4, Math.max(0, families - 1));
}

export function sizeOf(finding: Finding): number {
  return Math.abs(finding.peak.score);
}

export function tileOf(thing: Thing, moment: Moment): Tile {
  const findings = moment.findingsOf(thing);
  const open = findings.filter(isOpen);
  const severity = severityAt(findings, moment.nowMs);
  const recent = findings.filter((finding) => justEnded(finding, moment.nowMs));
  const worst = (open.length > 0 ? open : recent).toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
  return {
    entity: thing.entity,
    service: thing.service,
    severity,
    impact: impactOf(severity, open),
    openFindings: open.length,
    sinceMs: sinceOf(findings),
    worst: worst === undefined ? null : worstOf(worst),
    series: seriesCount(thing),
    pods: thing.pods.map(({ entity }) => entity.name).sort(),
  };
}

function worstOf({ id, peak }: Finding): Tile['worst'] {
  return { id, metric: peak.metricName, score: peak.score, value: peak.value, expected: figure(peak.expected) };
}

/** Start of the oldest open finding; without one the end of the last; null when there never was one. */
export function sinceOf(findings: readonly Finding[]): number | null {
  const starts = findings.filter(isOpen).map(({ startMs }) => startMs);
  if (starts.length > 0) return starts.reduce((least, startMs) => Math.min(least, startMs));
  const ends = findings.flatMap((finding) => endOf(finding) ?? []);
  return ends.length === 0 ? null : ends.reduce((most, endMs) => Math.max(most, endMs));
}

/** Worst first: colour and impact, then who has been so for longest, then the name. */
export function worstFirst(a: Tile, b: Tile): number {
  if (a.impact !== b.impact) return b.impact - a.impact;
  if (a.openFindings > 0 && a.sinceMs !== b.sinceMs) return (a.sinceMs ?? 0) - (b.sinceMs ?? 0);
  const [first, second] = [a, b].map(({ entity }) => `${entity.name} ${entity.namespace} ${entity.kind}`) as [
    string,
    string,
  ];
  return first < second ? -1 : first > second ? 1 : 0;
}
