// How labels are selected by, as matchers of PromQL.
import type { LabelExpression } from '#model/plan.ts';
import type { Labels } from '#model/series.ts';
import { escapePattern } from './promql-text.ts';
import type { LabelMatch } from './selector-query.ts';

export interface LabelChoice {
  readonly labels: Labels;
  readonly expressions: readonly LabelExpression[];
}

/** The labels that it looks at; one may come twice. */
export function chosenLabels({ labels, expressions }: LabelChoice): string[] {
  return [...Object.keys(labels), ...expressions.map(({ key }) => key)];
}

/** One for each label and each expression, in their order; `nameOf` says what a label is called in Prometheus. */
export function labelMatches(
  { labels, expressions }: LabelChoice,
  nameOf: (label: string) => string = (label) => label,
): LabelMatch[] {
  const equal = Object.entries(labels).map(([label, value]): LabelMatch => {
    return { label: nameOf(label), operator: '=', value };
  });
  return [...equal, ...expressions.map((one) => expressionMatch(one, nameOf(one.key)))];
}

function expressionMatch({ operator, values }: LabelExpression, label: string): LabelMatch {
  switch (operator) {
    case 'In':
      return { label, anyOf: values };
    case 'NotIn':
      return { label, operator: '!~', value: values.map(escapePattern).join('|') };
    case 'Exists':
      return { label, operator: '!=', value: '' };
    case 'DoesNotExist':
      return { label, operator: '=', value: '' };
  }
}
