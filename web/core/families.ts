// A page's series as families of near copies (P90, P95, P99 of one latency), the worst family first, and which of them
// are worth a chart at once.
import type { EntityRef, SeriesSummary } from '#api/rest/contract.ts';

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

/**
 * The families in the order in which they were first shown, their members too; new ones at the end. A page that plays
 * must not shuffle what is being read.
 */
export function inOrder(families: readonly Family[], order: ReadonlyMap<string, number>): Family[] {
  const place = (key: string): number => order.get(key) ?? Number.POSITIVE_INFINITY;
  const byPlace = (a: string, b: string): number => (place(a) === place(b) ? 0 : place(a) - place(b));
  return families
    .map((family) => ({ ...family, members: family.members.toSorted((a, b) => byPlace(a.track, b.track)) }))
    .sort((a, b) => byPlace(a.key, b.key));
}

/** The order of families and members as they are, for `inOrder`. */
export function orderOf(families: readonly Family[]): Map<string, number> {
  const keys = families.flatMap((family) => [family.key, ...family.members.map((one) => one.track)]);
  return new Map(keys.map((key, i) => [key, i]));
}

const PERCENTILE = /_(p\d{2,3})(?=_|$)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * What tells members from their near copies: the percentile and the labels that they do not share, the reporting end
 * in words; their detectors before it where several look at one series; a single one is told by its percentile or its name.
 */
export function memberNames(
  members: readonly { readonly series: string; readonly metric: string; readonly detector?: string }[],
  sides: Readonly<Record<string, string>>,
): string[] {
  const parts = members.map(({ series, metric }) => {
    const labels = new Map(Object.entries(labelsOf(series)));
    return labels.set('', PERCENTILE.exec(metric)?.[1]?.toUpperCase() ?? '');
  });
  const names = [...new Set(parts.flatMap((labels) => [...labels.keys()]))].sort();
  const differ = names.filter((name) => new Set(parts.map((labels) => labels.get(name))).size > 1);
  return members.map(({ series, metric, detector = '' }, i) => {
    const own = parts[i] ?? new Map<string, string>();
    const words = differ.map((name) => labelWords(name, own.get(name) ?? '', sides)).filter((word) => word !== '');
    // All on one page are of one namespace.
    const by = members.some((other) => other.series === series && other.detector !== detector);
    if (by && detector !== '') words.unshift(detector.slice(detector.indexOf('/') + 1));
    return words.join(' ') || own.get('') || (differ.length === 0 && members.length > 1 ? series : metric);
  });
}

/** The name of the one whose series it is, where that is not the one whose page it is on. */
export function ownerBeside(
  { entity }: Pick<SeriesSummary, 'entity'>,
  page: EntityRef | undefined,
): string | undefined {
  const isPages = page === undefined || (entity.kind === page.kind && entity.name === page.name);
  return isPages ? undefined : entity.name;
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The labels in a series' key. */
export function labelsOf(series: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...series.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value]));
}

function labelWords(name: string, value: string, sides: Readonly<Record<string, string>>): string {
  if (name === '' || value === '') return value;
  return name === 'reporter' ? (sides[value] ?? value) : `${name}=${value}`;
}
