// Whether the number of a query's series is bounded by the query itself: everything that is read goes through an aggregation
// that names the labels it keeps. A metric's own labels are somebody else's to add to.
import type { SyntaxNode } from '@lezer/common';
import { parsePromql, selectorsIn } from './promql-tree.ts';

/** Of these one series comes, whatever goes in. */
const SINGLE = new Set(['Absent', 'AbsentOverTime', 'Scalar']);
/** These keep as many series as there are values, or a share of all. */
const OPEN = new Set(['CountValues', 'LimitRatio']);

/** What is wrong with a query as what a detector watches, in a sentence; undefined when nothing is. */
export function queryProblem(promql: string): string | undefined {
  const parsed = parsePromql(promql);
  if ('problem' in parsed) return parsed.problem;
  const selectors = selectorsIn(parsed);
  if (selectors.length === 0) return 'the query reads no metric';
  const open = selectors.find((selector) => !isBounded(selector));
  if (open === undefined) return undefined;
  const read = parsed.promql.slice(open.from, open.to);
  return `the query has as many series as ${read}: aggregate it, e.g. sum by (pod) (…)`;
}

/** Whether a node above keeps only labels that it names. */
function isBounded(selector: SyntaxNode): boolean {
  for (let node = selector.parent; node !== null; node = node.parent) {
    if (node.name === 'AggregateExpr' && !keepsUnknown(node)) return true;
    if (node.name === 'FunctionCall' && SINGLE.has(functionOf(node))) return true;
  }
  return false;
}

function keepsUnknown(aggregate: SyntaxNode): boolean {
  const operator = aggregate.getChild('AggregateOp')?.firstChild?.name ?? '';
  const modifier = aggregate.getChild('AggregateModifier');
  return OPEN.has(operator) || (modifier !== null && modifier.getChild('Without') !== null);
}

function functionOf(call: SyntaxNode): string {
  return call.getChild('FunctionIdentifier')?.firstChild?.name ?? '';
}
