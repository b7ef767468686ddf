// Which page a path names, and the path that names a page. The whole state of the page is in its URL: the page in the
// path, filters and ranges in the query. An empty namespace is written `_`, which no namespace can be called.
import type { EntityRef } from '#api/rest/contract.ts';
import { rangeQuery } from './chart-range.ts';
import type { Span } from './time-scale.ts';

export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'entity'; readonly entity: EntityRef }
  | { readonly page: 'findings' }
  | { readonly page: 'finding'; readonly id: string }
  | { readonly page: 'answer-key' }
  | { readonly page: 'detectors' }
  | { readonly page: 'backtest' }
  | { readonly page: 'examples' }
  | { readonly page: 'not-found'; readonly path: string };

const PLAIN = ['findings', 'answer-key', 'detectors', 'backtest', 'examples'] as const;
const KINDS: readonly string[] = ['service', 'pod', 'node', 'other'] satisfies EntityRef['kind'][];

export function parseRoute(path: string): Route {
  const parts = decode(path);
  if (parts === undefined) return { page: 'not-found', path };
  const [first, second, third] = parts;
  if (parts.length === 0) return { page: 'overview' };
  if (parts.length === 1 && isPlain(first)) return { page: first };
  if (parts.length === 2 && first === 'findings' && second) return { page: 'finding', id: second };
  if (parts.length === 3 && isKind(first) && second && third) {
    return { page: 'entity', entity: { kind: first, namespace: second === '_' ? '' : second, name: third } };
  }
  return { page: 'not-found', path };
}

export function entityPath(entity: EntityRef): string {
  return `/${entity.kind}/${encode(entity.namespace || '_')}/${encode(entity.name)}`;
}

export function findingPath(id: string): string {
  return `/findings/${encode(id)}`;
}

/** Where other settings are tried on a series; a range of it may be named. */
export function backtestPath(track: string, range?: Span): string {
  const query = new URLSearchParams({ series: track });
  const asked = range && rangeQuery({ kind: 'chosen', ...range });
  for (const [name, value] of Object.entries(asked ?? {})) if (value !== undefined) query.set(name, value);
  return `/backtest?${query}`;
}

/** The series of a detector, to choose the one to try other settings on. */
export function backtestOfDetector(detector: string): string {
  return `/backtest?${new URLSearchParams({ detector })}`;
}

/** A name may be any text, also one that is not well-formed UTF-16: that must not take the page. */
function encode(text: string): string {
  return encodeURIComponent(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

function decode(path: string): string[] | undefined {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function isPlain(word: string | undefined): word is (typeof PLAIN)[number] {
  return PLAIN.some((page) => page === word);
}

function isKind(word: string | undefined): word is EntityRef['kind'] {
  return word !== undefined && KINDS.includes(word);
}
