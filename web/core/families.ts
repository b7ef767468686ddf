// A page's series as families of near copies (P90, P95, P99 of one latency), the worst family first, and which of them
// are worth a chart at once.
import type { SeriesSummary } from '#api/rest/contract.ts';

export interface Family {
  readonly key: string;
  /** The worst first. */
  readonly members: readonly SeriesSummary[];
  readonly open: boolean;
  /** Largest |score| ÷ threshold among its newest points. */
  readonly strength: number;
  readonly measured: boolean;
}

export function toFamilies(series: readonly SeriesSummary[]): Family[] {
  const groups = new Map<string, SeriesSummary[]>();
  for (const one of series) groups.set(one.family, [...(groups.get(one.family) ?? []), one]);
  return [...groups.entries()].map(([key, members]) => familyOf(key, members)).sort(byWorst);
}

/** Families shown at once: all with an open finding, and the first few in any case. */
export function splitFamilies(families: readonly Family[], atLeast: number, most: number): [Family[], Family[]] {
  const open = families.filter((family) => family.open).length;
  const measured = families.filter((family) => family.measured).length;
  const shown = Math.min(most, Math.max(open, Math.min(atLeast, measured)));
  return [families.slice(0, shown), families.slice(shown)];
}

function familyOf(key: string, members: readonly SeriesSummary[]): Family {
  const sorted = [...members].sort((a, b) => {
    const open = Number(b.openFinding !== null) - Number(a.openFinding !== null);
    return open || strengthOf(b) - strengthOf(a) || (a.series < b.series ? -1 : 1);
  });
  return {
    key,
    members: sorted,
    open: members.some((one) => one.openFinding !== null),
    strength: Math.max(...members.map(strengthOf)),
    measured: members.some((one) => one.measured),
  };
}

function byWorst(a: Family, b: Family): number {
  return (
    Number(b.open) - Number(a.open) ||
    Number(b.measured) - Number(a.measured) ||
    b.strength - a.strength ||
    (a.key < b.key ? -1 : 1)
  );
}

function strengthOf(one: SeriesSummary): number {
  return one.measured ? Math.abs(one.latest?.score ?? 0) / (one.threshold || 1) : 0;
}

const PERCENTILE = /_p(\d{2,3})(?=_|$)/;
const REPORTER = /reporter="([^"]*)"/;

/** What tells a member from its near copies: its percentile, which end reported it, or its whole key. */
export function memberName(one: SeriesSummary): string {
  const percentile = PERCENTILE.exec(one.metric)?.[1];
  const reporter = REPORTER.exec(one.series)?.[1];
  if (reporter !== undefined) return reporter;
  return percentile === undefined ? one.series : `P${percentile}`;
}
