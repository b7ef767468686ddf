// PromQL as a tree, by the grammar of Prometheus' own editor. Where that is more lenient than Prometheus (quotes that do not
// close, what ends a comment), this is as strict: a query must not mean one thing here and another there.
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { unquotePromql } from './promql-text.ts';

export interface PromqlTree {
  /** The text that the tree's offsets are of: without comments, which are blank. */
  readonly promql: string;
  readonly tree: Tree;
}

export interface PromqlProblem {
  /** A sentence that names the column. */
  readonly problem: string;
  /** From 1, in its line. */
  readonly column: number;
}

/** The tree of a query, or what is wrong with it. */
export function parsePromql(text: string): PromqlTree | PromqlProblem {
  // Prometheus ends a comment at either.
  const promql = text.replace(/\r\n?/g, '\n');
  if (promql.trim() === '') return { problem: 'the query is empty', column: 1 };
  const tree = parser.parse(promql);
  let at = -1;
  let blank = promql;
  tree.iterate({
    enter: ({ name, type, from, to }) => {
      if (name === 'LineComment') blank = blank.slice(0, from) + ' '.repeat(to - from) + blank.slice(to);
      const isWrong = type.isError || (name === 'StringLiteral' && unquotePromql(promql.slice(from, to)) === undefined);
      if (isWrong && at < 0) at = from;
    },
  });
  return at < 0 ? { promql: blank, tree } : problemAt(promql, at);
}

function problemAt(promql: string, at: number): PromqlProblem {
  const before = promql.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const place = line === 1 ? `column ${column}` : `line ${line}, column ${column}`;
  const rest = promql.slice(at).trim();
  if (rest === '') return { problem: `the query ends too early, at ${place}`, column };
  const word = /^(\w+|.)/s.exec(rest)?.[0] ?? '';
  const what = /["'`]/.test(word)
    ? 'the text in quotes does not close, or has an unknown escape'
    : `"${word}" is not expected`;
  return { problem: `the query is no PromQL: ${what} at ${place}`, column };
}

/** Every place where data are read, in the order of the text. */
export function selectorsIn({ tree }: PromqlTree): SyntaxNode[] {
  const selectors: SyntaxNode[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.name === 'VectorSelector') selectors.push(node.node);
    },
  });
  return selectors;
}

/** Whether it reads series that none of its selectors names, as `info` does. */
export function readsPastSelectors({ tree }: PromqlTree): boolean {
  let found = false;
  tree.iterate({
    enter: ({ name }) => {
      if (name === 'Info') found = true;
    },
  });
  return found;
}

export interface SelectorMatcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
  /** As it is written. */
  readonly text: string;
}

/** A selector's matchers in braces; a metric's name in quotes among them is a match of `__name__`. */
export function matchersOf(promql: string, selector: SyntaxNode): SelectorMatcher[] {
  const braces = selector.getChild('LabelMatchers');
  const matchers: SelectorMatcher[] = [];
  for (let node = braces?.firstChild ?? null; node !== null; node = node.nextSibling) {
    const text = promql.slice(node.from, node.to);
    if (node.name === 'QuotedLabelName') {
      matchers.push({ label: '__name__', operator: '=', value: unquotePromql(text) ?? '', text });
    }
    if (node.name !== 'UnquotedLabelMatcher' && node.name !== 'QuotedLabelMatcher') continue;
    const textOf = (child: SyntaxNode | null) => (child === null ? '' : promql.slice(child.from, child.to));
    const label = node.firstChild;
    matchers.push({
      label: label?.name === 'QuotedLabelName' ? (unquotePromql(textOf(label)) ?? '') : textOf(label),
      operator: textOf(node.getChild('MatchOp')),
      value: unquotePromql(textOf(node.lastChild)) ?? '',
      text,
    });
  }
  return matchers;
}

/** The query with other matchers in each selector, in place of those it has. */
export function withMatchers(
  parsed: PromqlTree,
  change: (matchers: readonly SelectorMatcher[]) => readonly string[],
): string {
  let text = '';
  let done = 0;
  for (const selector of selectorsIn(parsed)) {
    const from = selector.getChild('LabelMatchers')?.from ?? selector.to;
    text += `${parsed.promql.slice(done, from)}{${change(matchersOf(parsed.promql, selector)).join(',')}}`;
    done = selector.to;
  }
  return text + parsed.promql.slice(done);
}

/** The names of metrics that a query reads, sorted; none of a query that cannot be read, or for patterns of names. */
export function metricsOf(promql: string): string[] {
  const parsed = parsePromql(promql);
  if ('problem' in parsed) return [];
  const names = selectorsIn(parsed).flatMap((selector) => {
    const name = selector.getChild('Identifier');
    const matched = matchersOf(parsed.promql, selector)
      .filter(({ label, operator }) => label === '__name__' && operator === '=')
      .map(({ value }) => value);
    return name === null ? matched : [parsed.promql.slice(name.from, name.to), ...matched];
  });
  return [...new Set(names)].sort();
}
