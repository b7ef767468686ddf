// The list of episodes with filters, facets and pages, and one of them by its id.
import { AppError } from '#kit/errors.ts';
import { entityKey } from '#model/entity.ts';
import type { Finding } from '#model/finding.ts';
import type { Handler, Input } from '../context.ts';
import type { FindingList } from '../contract.ts';
import { findingView } from '../finding-view.ts';
import type { Inventory } from '../inventory.ts';
import { isOpen, knownAt } from '../known-findings.ts';
import { sizeOf } from '../tile.ts';

type Query = Input<'findings'>['query'];
type Facet = keyof FindingList['facets'];

const MOST_FACET_VALUES = 100;

export const findings: Handler<'findings'> = async (context, { query }) => {
  const { findings: all, inventory, leftOut } = await context.moments.now();
  const filters = filtersOf(query, inventory);
  const found = all.filter((finding) => filters.every(({ passes }) => passes(finding)));
  if (query.order === 'worst') found.sort((a, b) => sizeOf(b) - sizeOf(a) || (a.id < b.id ? -1 : 1));
  const first = query.cursor === undefined ? 0 : found.findIndex(({ id }) => id === query.cursor) + 1;
  if (query.cursor !== undefined && first === 0) {
    throw new AppError(
      'bad-usage',
      `cursor: "${query.cursor}" is not in the list any more; begin at the first page again`,
    );
  }
  const page = found.slice(first, first + query.limit);
  const last = page.at(-1);
  return {
    findings: page.map((finding) => findingView(finding, inventory)),
    total: found.length,
    leftOut,
    ...(last !== undefined && first + page.length < found.length ? { next: last.id } : {}),
    facets: {
      entity: facetOf('entity', all, filters),
      metric: facetOf('metric', all, filters),
      state: facetOf('state', all, filters),
    },
  };
};

interface Filter {
  /** The facet whose choice this filter is. */
  readonly facet?: Facet;
  readonly passes: (finding: Finding) => boolean;
}

const FACETS: Readonly<Record<Facet, (finding: Finding) => string>> = {
  entity: (finding) => entityKey(finding.entity),
  metric: (finding) => finding.metric,
  state: (finding) => (isOpen(finding) ? 'open' : 'closed'),
};

function filtersOf(query: Query, inventory: Inventory): Filter[] {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, service, text } = query;
  const filters: Filter[] = [
    {
      passes: ({ startMs, closedSeenMs }) => startMs <= toMs && (closedSeenMs ?? Number.POSITIVE_INFINITY) > fromMs,
    },
  ];
  for (const facet of ['entity', 'metric', 'state'] as const) {
    const wanted = query[facet];
    if (wanted !== undefined) filters.push({ facet, passes: (finding) => FACETS[facet](finding) === wanted });
  }
  if (service !== undefined) filters.push({ passes: ({ entity }) => inventory.serviceOf(entity) === service });
  const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 0) {
    filters.push({ passes: (finding) => words.every((word) => wordsOf(finding, inventory).includes(word)) });
  }
  return filters;
}

/** What a search looks through: entity, service, call, metric and detector. */
function wordsOf(finding: Finding, inventory: Inventory): string {
  const { call, members } = finding;
  const parts = [entityKey(finding.entity), inventory.serviceOf(finding.entity), finding.metric, finding.detector];
  const more = [
    ...(call === undefined ? [] : [call.source, call.destination]),
    ...members.map(({ metricName }) => metricName),
  ];
  return [...parts, ...more].join(' ').toLowerCase();
}

/** How many findings each value would leave, all filters but its own applied, so that the other choices can be seen. */
function facetOf(
  facet: Facet,
  all: readonly Finding[],
  filters: readonly Filter[],
): { value: string; count: number }[] {
  const others = filters.filter((filter) => filter.facet !== facet);
  const counts = new Map<string, number>();
  for (const finding of all) {
    if (!others.every(({ passes }) => passes(finding))) continue;
    const value = FACETS[facet](finding);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_FACET_VALUES);
}

export const finding: Handler<'finding'> = async (context, { query: { id } }) => {
  const { findings: all, inventory, nowMs } = await context.moments.now();
  const known = all.find((candidate) => candidate.id === id);
  if (known !== undefined) return findingView(known, inventory);
  const stored = await context.store.finding(id);
  if (stored === undefined)
    throw new AppError('not-found', `no finding "${id}"; it may be of another tape or of other detectors`);
  const now = knownAt(stored, nowMs);
  if (now !== undefined) return findingView(now, inventory);
  const when = new Date(stored.seenMs).toISOString();
  throw new AppError('not-found', `finding "${id}" is not known before ${when}; play or jump to then`);
};
