// What may be done with PromQL: read it, build it from parts, and keep it within one namespace.
import { AppError } from '#kit/errors.ts';
import { quotePromql } from './promql-text.ts';
import {
  matchersOf,
  type PromqlTree,
  parsePromql,
  readsPastSelectors,
  selectorsIn,
  withMatchers,
} from './promql-tree.ts';

export { metricsOf, type PromqlProblem, type PromqlTree, parsePromql } from './promql-tree.ts';
export { type LabelMatch, type SelectorQuery, selectorQuery } from './selector-query.ts';

/**
 * The query with `namespace="<namespace>"` in every selector, in place of what it says of the namespace itself. Throws
 * `bad-input` for a query that cannot be read, that reads nothing, or that reads past its selectors (`info`).
 */
export function restrictToNamespace(promql: string, namespace: string): string {
  const parsed = read(promql);
  const selectors = selectorsIn(parsed);
  if (selectors.length === 0) throw new AppError('bad-input', `the query reads no metric: ${shorten(promql)}`);
  if (readsPastSelectors(parsed)) {
    throw new AppError('bad-input', 'info() reads series of all namespaces: join the labels with "* on (…)" instead');
  }
  const own = `namespace=${quotePromql(namespace)}`;
  const text = withMatchers(parsed, (matchers) => [
    ...matchers.filter(({ label }) => label !== 'namespace').map(({ text }) => text),
    own,
  ]);
  checkRestricted(text, namespace, selectors.length);
  return text;
}

/** What was written is read once more: nobody else's data must depend on the offsets being right. */
function checkRestricted(promql: string, namespace: string, selectors: number): void {
  const parsed = read(promql);
  const found = selectorsIn(parsed).map((selector) =>
    matchersOf(parsed.promql, selector).filter(({ label }) => label === 'namespace'),
  );
  const isRight = found.every(
    ([only, ...more]) => more.length === 0 && only?.operator === '=' && only.value === namespace,
  );
  if (found.length === selectors && isRight) return;
  throw new AppError('internal', `the query could not be kept within the namespace ${namespace}: ${shorten(promql)}`);
}

function read(promql: string): PromqlTree {
  const parsed = parsePromql(promql);
  if ('problem' in parsed) throw new AppError('bad-input', parsed.problem);
  return parsed;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text;
}
