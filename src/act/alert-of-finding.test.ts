import { expect, test } from 'vitest';
import { RESERVED_ALERT_LABELS } from '#model/alert.ts';
import { toldOf } from './alert-of-finding.ts';
import { findingOf, RULE } from './test-findings.ts';

test('labels say what it is, and are the same whatever was measured', () => {
  const { labels, key } = toldOf(findingOf(), { ...RULE, labels: { team: 'shop' } });
  expect(labels).toEqual({
    alertname: 'TidewatchFinding',
    detector: 'shop/cart',
    metric: 'cpu_usage',
    namespace: 'shop',
    pod: 'cart-1',
    severity: 'warning',
    team: 'shop',
  });
  const later = toldOf(findingOf({ opened: 30, score: 99 }), { ...RULE, labels: { team: 'shop' } });
  expect(later.key).toBe(key);
  expect(toldOf(findingOf({ pod: 'cart-2' }), RULE).key).not.toBe(toldOf(findingOf(), RULE).key);
});

test.each([
  ['service', { namespace: 'shop', service: 'x' }],
  ['node', { node: 'x' }],
  ['other', { name: 'x' }],
] as const)('a %s is named by its label, and an empty namespace by none', (kind, named) => {
  const finding = { ...findingOf(), entity: { kind, namespace: kind === 'service' ? 'shop' : '', name: 'x' } };
  const { labels } = toldOf(finding, RULE);
  expect(labels).toMatchObject(named);
  expect(Object.keys(labels)).toHaveLength(4 + Object.keys(named).length);
  for (const name of Object.keys(labels)) expect(RESERVED_ALERT_LABELS).toContain(name);
});

test('annotations say what was seen, what was expected, and what it passed', () => {
  const { annotations, link } = toldOf(findingOf({ id: 'a/b' }), { ...RULE, runbook: 'https://wiki.example/cart' });
  expect(annotations).toEqual({
    summary: 'cpu_usage of pod shop/cart-1 is above what is usual',
    description:
      'cpu_usage was 3.142, and 1 was expected (usual: 0.5 to 1.5): 7.25 sigmas, where 6 are allowed. ' +
      'Detector shop/cart, method median-iqr, against 120 points.',
    seen: '3.142',
    expected: '1',
    sigmas: '7.25',
    guards: 'direction: above (asked for: above)',
    runbook_url: 'https://wiki.example/cart',
  });
  expect(link).toBe('/findings/a%2Fb');
  expect(toldOf(findingOf(), { ...RULE, summary: 'The cart is slow' }).annotations.summary).toBe('The cart is slow');
});
