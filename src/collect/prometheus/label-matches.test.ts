import { expect, it } from 'vitest';
import { chosenLabels, labelMatches } from './label-matches.ts';
import { selectorQuery } from './selector-query.ts';

const CHOICE = {
  labels: { app: 'cart' },
  expressions: [
    { key: 'tier', operator: 'In', values: ['a', 'b.c'] },
    { key: 'env', operator: 'NotIn', values: ['d.v', 'x'] },
    { key: 'team', operator: 'Exists', values: [] },
    { key: 'app', operator: 'DoesNotExist', values: [] },
  ],
} as const;

it('what labels are chosen by is asked of Prometheus, whatever letters values have', () => {
  const query = selectorQuery({ metricName: 'up', matchers: labelMatches(CHOICE) });
  expect(query).toBe('up{app="cart",tier=~"a|b\\\\.c",env!~"d\\\\.v|x",team!="",app=""}');
});

it('labels are called as Prometheus knows them', () => {
  const matchers = labelMatches({ labels: { app: 'cart' }, expressions: [] }, (label) => `label_${label}`);
  expect(selectorQuery({ metricName: 'up', matchers })).toBe('up{label_app="cart"}');
});

it('all labels are named that it looks at', () => {
  expect(chosenLabels(CHOICE)).toEqual(['app', 'tier', 'env', 'team', 'app']);
});
