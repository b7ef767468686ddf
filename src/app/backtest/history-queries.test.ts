import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { planMatches } from '#model/plan.ts';
import { readDetectors } from '#resource/anomaly-detector/parse.ts';
import type { PodNames } from '../validate/cost/chosen-pods.ts';
import { declaredQueries, observedQueries } from './history-queries.ts';

function detector(name: string, spec: string, metadata = ''): string {
  return `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: ${name}${metadata} }
spec: { ${spec} }
`;
}

const CART = 'targets: { matchLabels: { app: cart } }';

/** What would be asked; `pods` is what kube-state-metrics has told. */
async function ask(
  documents: readonly string[],
  { pods, namespace }: { pods?: Readonly<Record<string, PodNames>>; namespace?: string } = {},
) {
  const told = readDetectors(documents.join('---\n'), 'x.yaml', ALGORITHMS);
  return declaredQueries(told, {
    findPods: async ({ namespaces = [] }) => {
      if (pods !== undefined) return new Map(Object.entries(pods));
      return namespaces.length === 0 ? undefined : new Map(namespaces.map((one) => [one, 'any' as const]));
    },
    isCounter: async (name) => name.endsWith('_total'),
    ...{ stepMs: 30_000, namespace },
  });
}

const texts = async (...given: Parameters<typeof ask>) => (await ask(...given)).queries.map(({ promql }) => promql);

describe('what lies beneath its series', () => {
  const beneath = (rest: string) => `${CART}, metrics: [{ name: errors_ratio }], guards: { denominator: { ${rest} } }`;
  const PODS = { pods: { shop: ['cart-1'] } };

  it('is asked of the same pods as its checks ask it, and called by a name that the plan knows', async () => {
    const { plans, queries } = await ask([detector('d', beneath('metricName: requests_total, min: 5'))], PODS);
    expect(queries.map(({ promql }) => promql)).toEqual([
      'errors_ratio{namespace="shop",pod="cart-1"}',
      'rate(requests_total{namespace="shop",pod="cart-1"}[2m])',
    ]);
    expect(queries[1]?.metricName).toBe('requests_total (denominator)');
    expect(plans[0]?.guards.denominator).toEqual({ metricName: 'requests_total (denominator)', min: 5 });
    // The series that it watches itself are those with its stamp.
    expect(queries.map(({ stamp }) => stamp)).toEqual(['__plan_0', undefined]);
  });

  it('is its query within the namespace, whatever pods that is of', async () => {
    const spec = beneath(`metricName: requests, query: 'sum(rate(requests_total{namespace="x"}[5m]))', min: 5`);
    const { queries } = await ask([detector('d', spec)], PODS);
    expect(queries[1]).toMatchObject({
      promql: 'sum(rate(requests_total{namespace="shop"}[5m]))',
      namespace: 'shop',
      metricName: 'requests (denominator)',
    });
    expect(queries[1]?.isOwn({})).toBe(true);
  });

  it('is asked once for all that ask the same, apart from what reads the same metric in another way', async () => {
    const same = beneath('metricName: requests_total, min: 5');
    const other = beneath(`metricName: requests_total, query: 'sum(up)', min: 5`);
    const watching = `${CART}, metrics: [{ name: requests_total, kind: Gauge }]`;
    const { plans, queries } = await ask(
      [detector('a', same), detector('b', same), detector('c', other), detector('d', watching)],
      PODS,
    );
    expect(queries.map(({ metricName }) => metricName)).toEqual([
      ...['errors_ratio', 'requests_total (denominator)', 'errors_ratio'],
      ...['errors_ratio', 'requests_total (denominator 2)', 'requests_total'],
    ]);
    expect(plans.map(({ guards }) => guards.denominator?.metricName)).toEqual([
      ...['requests_total (denominator)', 'requests_total (denominator)', 'requests_total (denominator 2)', undefined],
    ]);
  });
});

describe('what a detector asks about its past', () => {
  it('is its metric of the pods that it selects, as its checks ask for it', async () => {
    const found = await texts([detector('d', `${CART}, metrics: [{ name: up }, { name: requests_total }]`)], {
      pods: { shop: ['cart-1', 'cart-2'] },
    });
    expect(found).toEqual([
      'up{namespace="shop",pod=~"cart-1|cart-2"}',
      'rate(requests_total{namespace="shop",pod=~"cart-1|cart-2"}[2m])',
    ]);
  });

  it('is by the labels of the series where nobody knows its pods', async () => {
    const spec = `targets: { matchLabels: { app: cart }, matchExpressions: [{ key: tier, operator: In, values: [web, db] }, { key: env, operator: NotIn, values: ["d.v"] }, { key: old, operator: DoesNotExist }, { key: team, operator: Exists }] }, metrics: [{ name: up }]`;
    const own = 'app="cart",tier=~"web|db",env!~"d\\\\.v",old="",team!=""';
    expect(await texts([detector('d', spec)])).toEqual([`up{${own}}`]);
    expect(await texts([detector('d', spec)], { namespace: 'shop' })).toEqual([`up{namespace="shop",${own}}`]);
    expect(await texts([detector('d', spec, ', namespace: bank')], { namespace: 'shop' })).toEqual([
      `up{namespace="bank",${own}}`,
    ]);
  });

  it('is its query, kept within its namespace', async () => {
    const spec = `${CART}, metrics: [{ name: x, query: 'sum by (pod) (up{namespace="other"})' }]`;
    expect(await texts([detector('d', spec, ', namespace: shop')])).toEqual(['sum by (pod) (up{namespace="shop"})']);
    const { queries } = await ask([detector('d', spec)], { pods: { shop: ['cart-1'] } });
    expect(queries[0]?.isOwn({ pod: 'cart-1' })).toBe(true);
    expect(queries[0]?.isOwn({ pod: 'pay-1' })).toBe(false);
  });

  it('is nothing where it selects no pod', async () => {
    expect(await texts([detector('d', `${CART}, metrics: [{ name: up }]`)], { pods: {} })).toEqual([]);
  });

  it('is answered to whoever asked, whatever labels the series carries', async () => {
    const documents = [
      detector('a', `${CART}, metrics: [{ name: up }]`),
      detector('b', `${CART}, metrics: [{ name: up }]`),
    ];
    const { plans, queries } = await ask(documents, { pods: { shop: ['cart-1'] } });
    const labels = { __name__: 'up', pod: 'cart-1', [queries[1]?.stamp ?? '']: '1' };
    expect(plans.map((plan) => planMatches(plan, labels))).toEqual([false, true]);
  });

  it('is refused where the labels of pods cannot be those of series, and where one name means two things', async () => {
    const owned = detector('d', 'targets: { owner: { kind: Deployment, name: cart } }, metrics: [{ name: up }]');
    await expect(ask([owned])).rejects.toThrow(/selects pods of Deployment cart, and this Prometheus does not know/);
    const kubernetes = detector(
      'd',
      'targets: { matchLabels: { app.kubernetes.io/name: cart } }, metrics: [{ name: up }]',
    );
    await expect(ask([kubernetes])).rejects.toThrow(/kube_pod_labels/);
    const twice = [
      detector('a', `${CART}, metrics: [{ name: x, kind: Counter }]`),
      detector('b', `${CART}, metrics: [{ name: x, kind: Gauge }]`),
    ];
    await expect(ask(twice)).rejects.toThrow(/two detectors mean different things by x/);
  });
});

it('what every cluster has is asked as run asks for it, each plan by its own stamp', () => {
  const { plans, queries } = observedQueries();
  expect(queries).toHaveLength(plans.length);
  expect(new Set(queries.map(({ stamp }) => stamp)).size).toBe(plans.length);
});
