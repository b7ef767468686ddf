// Whether the number of a query's series is bounded by the query itself: everything that is read goes through an aggregation
// that names the labels it keeps. A metric's own labels are somebody else's to add to.
import type { SyntaxNode } from '@lezer/common';
import { parsePromql, readsPastSelectors, selectorsIn } from './promql-tree.ts';

/** Of these one series comes, whatever goes in. */
const SINGLE = new Set(['Absent', 'AbsentOverTime', 'Scalar']);
/** These keep as many series as there are values, or a share of all. */
const OPEN = new Set(['CountValues', 'LimitRatio']);
/** These keep series as they are, as many of each group as their first argument says. */
const RANKING = new Set(['Topk', 'Bottomk', 'LimitK']);
const MOST_RANKED = 100;

/** What is wrong with a query as what a detector watches, in a sentence; undefined when nothing is. */
export function queryProblem(promql: string): string | undefined {
  const parsed = parsePromql(promql);
  if ('problem' in parsed) return parsed.problem;
  const selectors = selectorsIn(parsed);
  if (selectors.length === 0) return 'the query reads no metric';
  // It reads series that no selector names, so that it cannot be kept within a namespace.
  if (readsPastSelectors(parsed))
    return 'info() reads series of all namespaces: join the labels with "* on (…)" instead';
  const open = selectors.find((selector) => !isBounded(selector, parsed.promql));
  if (open === undefined) return undefined;
  const read = parsed.promql.slice(open.from, open.to);
  return `the query has as many series as ${read}: aggregate it, e.g. sum by (pod) (…)`;
}

/** Whether a node above keeps only labels that it names. */
function isBounded(selector: SyntaxNode, promql: string): boolean {
  for (let node = selector.parent; node !== null; node = node.parent) {
    if (node.name === 'AggregateExpr' && !keepsUnknown(node, promql)) return true;
    if (node.name === 'FunctionCall' && SINGLE.has(functionOf(node))) return true;
  }
  return false;
}

function keepsUnknown(aggregate: SyntaxNode, promql: string): boolean {
  const operator = aggregate.getChild('AggregateOp')?.firstChild?.name ?? '';
  const modifier = aggregate.getChild('AggregateModifier');
  if (RANKING.has(operator) && !isFew(aggregate, promql)) return true;
  return OPEN.has(operator) || (modifier !== null && modifier.getChild('Without') !== null);
}

/** Whether a plain, small number stands first; what is worked out may be any. */
function isFew(aggregate: SyntaxNode, promql: string): boolean {
  const first = aggregate.getChild('FunctionCallBody')?.getChild('Expr');
  if (first?.name !== 'NumberDurationLiteral') return false;
  return Number(promql.slice(first.from, first.to)) <= MOST_RANKED;
}

function functionOf(call: SyntaxNode): string {
  return call.getChild('FunctionIdentifier')?.firstChild?.name ?? '';
}
