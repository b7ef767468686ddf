import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { parseDetectorObject } from '#resource/anomaly-detector/parse-object.ts';
import { choosesPod, looksInto, podsCommand, type Watch, watchOf } from './watch.ts';

function watch(spec: object): Watch {
  const { detector, plans, problems } = parseDetectorObject(
    { apiVersion: 'a.b/v2', kind: 'AnomalyDetector', metadata: { name: 'd', namespace: 'shop' }, spec },
    ALGORITHMS,
  );
  if (detector === undefined) throw new Error(JSON.stringify(problems));
  return watchOf(detector, plans);
}

const METRICS = [{ name: 'm' }, { name: 'n' }];
const pod = (labels: Record<string, string>, owner?: { kind: string; name: string }) => ({ labels, owner });

describe('a detector', () => {
  it('is looked at every minute, an hour in steps of half a minute, unless it says otherwise', () => {
    const plain = watch({ selector: { a: 'b' }, metricName: 'm' });
    expect(plain).toMatchObject({ intervalMs: 60_000, stepMs: 30_000, windowMs: 3_600_000, maxSeries: 20_000 });
    expect(plain).toMatchObject({ isHere: false, isSuspended: false });
    expect(plain).not.toHaveProperty('unavailable');
    const other = watch({
      ...{ targets: { matchLabels: { a: 'b' } }, metrics: METRICS, budget: { series: 5 }, suspend: true },
      ...{ schedule: { interval: '90s', step: '1m', history: '6h' }, execution: { mode: 'InProcess' } },
    });
    expect(other).toMatchObject({ intervalMs: 90_000, stepMs: 60_000, windowMs: 21_600_000, maxSeries: 5 });
    expect(other).toMatchObject({ isHere: true, isSuspended: true });
    expect(other.plans.map(({ metricName }) => metricName)).toEqual(['m', 'n']);
  });

  it('says what is not to be had yet', () => {
    const stream = watch({ selector: { a: 'b' }, metricName: 'm', execution: { mode: 'Stream' } });
    expect(stream.unavailable).toMatch(/^Stream is not to be had in this version/);
  });
});

describe('pods are chosen', () => {
  const targets = (choice: object) => watch({ targets: choice, metrics: METRICS }).pods;

  it('by labels that they have, and not by what every object has', () => {
    const asks = (operator: string) => targets({ matchExpressions: [{ key: 'constructor', operator }] });
    expect(choosesPod(asks('Exists'), pod({ app: 'a' }))).toBe(false);
    expect(choosesPod(asks('DoesNotExist'), pod({ app: 'a' }))).toBe(true);
    expect(choosesPod(asks('Exists'), pod({ constructor: '' }))).toBe(true);
  });

  it('by labels and conditions together', () => {
    const choice = targets({
      matchLabels: { app: 'x' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['web', 'api'] },
        { key: 'canary', operator: 'DoesNotExist' },
      ],
    });
    expect(choosesPod(choice, pod({ app: 'x', tier: 'api' }))).toBe(true);
    expect(choosesPod(choice, pod({ app: 'x', tier: 'db' }))).toBe(false);
    expect(choosesPod(choice, pod({ app: 'x', tier: 'web', canary: '' }))).toBe(false);
    expect(podsCommand('shop', { pods: choice })).toBe("kubectl get pods -n shop -l 'app=x,tier in (web,api),!canary'");
  });

  it('by who made them, through what stands between', () => {
    const deployment = targets({ owner: { kind: 'Deployment', name: 'cart' } });
    const hash = { 'pod-template-hash': '7d4' };
    expect(choosesPod(deployment, pod(hash, { kind: 'ReplicaSet', name: 'cart-7d4' }))).toBe(true);
    expect(choosesPod(deployment, pod(hash, { kind: 'ReplicaSet', name: 'cart-two-7d4' }))).toBe(false);
    expect(choosesPod(deployment, pod({}, { kind: 'StatefulSet', name: 'cart' }))).toBe(false);
    expect(choosesPod(deployment, pod(hash))).toBe(false);
    const cron = targets({ owner: { kind: 'CronJob', name: 'night' } });
    expect(choosesPod(cron, pod({}, { kind: 'Job', name: 'night-29384750' }))).toBe(true);
    expect(choosesPod(cron, pod({}, { kind: 'Job', name: 'night-shift-29384750' }))).toBe(false);
    const set = targets({ owner: { kind: 'StatefulSet', name: 'db' } });
    expect(choosesPod(set, pod({}, { kind: 'StatefulSet', name: 'db' }))).toBe(true);
    expect(podsCommand('shop', { pods: set })).toBe('kubectl get statefulset db -n shop');
    expect(podsCommand('', { pods: set, namespaces: ['bank'] })).toBe('kubectl get statefulset db -n bank');
    expect(podsCommand('', { pods: set, namespaces: [] })).toBe(
      'kubectl get statefulset -A --field-selector metadata.name=db',
    );
  });
});

it.each([
  ['its own namespace', undefined, ['shop']],
  ['all', [], ['shop', 'bank']],
  ['those that are named', ['bank'], ['bank']],
])('looks into %s', (_, namespaces, expected) => {
  const own = namespaces === undefined ? 'shop' : '';
  const watch = namespaces === undefined ? {} : { namespaces };
  expect(['shop', 'bank'].filter((one) => looksInto(watch, own, one))).toEqual(expected);
});
