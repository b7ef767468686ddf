import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { pathText } from '../problem.ts';
import type { JsonObject, JsonValue } from '../schema/json-value.ts';
import { plansOf } from './plan.ts';
import { readDetector } from './read.ts';

function object(spec: JsonValue, change: JsonObject = {}): JsonObject {
  const metadata = { name: 'latency', namespace: 'shop' };
  return { apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata, spec, ...change };
}

const read = (value: JsonValue) =>
  readDetector(value, { algorithms: ALGORITHMS, group: 'monitoring.my.company', unknownFields: 'refuse' });

function told(spec: JsonValue): string[] {
  return read(object(spec)).problems.map(({ path, message }) => `${pathText(path)}: ${message}`);
}

const LEAST = { targets: { matchLabels: { app: 'cart' } }, metrics: [{ name: 'latency_seconds' }] };

describe('a detector of v2', () => {
  it('needs pods and a metric, and gets the rest', () => {
    const { detector } = read(object(LEAST));
    expect(detector).toMatchObject({ name: 'latency', namespace: 'shop', algorithm: 'auto' });
    expect(detector?.spec).toMatchObject({
      schedule: { interval: '1m', step: '30s', history: '1h' },
      ...{ suspend: false, threshold: 3, calendar: { timeZone: 'UTC' }, execution: { mode: 'Auto' } },
    });
  });

  it('has a plan for each metric, with the parameters of its method', () => {
    const { detector } = read(
      object({
        targets: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['test'] }] },
        metrics: [
          { name: 'a_total', kind: 'Counter' },
          { name: 'b', query: 'sum by (pod) (rate(b[5m]))' },
        ],
        method: { name: 'median-mad', medianMad: { minPoints: 30 } },
      }),
    );
    expect(detector && plansOf(detector)).toMatchObject([
      {
        metricName: 'a_total',
        isCounter: true,
        algorithm: 'median-mad',
        parameters: { minPoints: 30, baselineMs: 7_200_000 },
      },
      {
        metricName: 'b',
        query: 'sum by (pod) (rate(b[5m]))',
        expressions: [{ key: 'tier', operator: 'NotIn', values: ['test'] }],
      },
    ]);
  });

  it('may be said in the words of v1', () => {
    const short = { selector: { app: 'cart' }, metricName: 'm', algorithm: 'ema', parameters: { minPoints: 12 } };
    expect(read(object(short)).detector).toMatchObject({
      algorithm: 'ema',
      parameters: { minPoints: 12, halfLifeMs: 3_600_000 },
    });
  });

  it('may have numbers that no double holds: the nearest one counts', () => {
    const { detector, problems } = read(
      object({ ...LEAST, guards: { minAbsoluteDeviation: 9007199254740993n, range: { max: 2n ** 60n } } }),
    );
    expect(problems).toEqual([]);
    expect(detector?.spec.guards).toMatchObject({ minAbsoluteDeviation: 9007199254740992, range: { max: 2 ** 60 } });
  });

  it('of a cluster says which namespaces, or means all', () => {
    const ofCluster = (spec: JsonObject) => ({
      ...object(spec),
      kind: 'ClusterAnomalyDetector',
      metadata: { name: 'a' },
    });
    expect(read(ofCluster(LEAST)).detector?.namespaces).toEqual([]);
    expect(read(ofCluster({ ...LEAST, namespaces: { names: ['a', 'b'] } })).detector?.namespaces).toEqual(['a', 'b']);
    expect(read(object(LEAST)).detector).not.toHaveProperty('namespaces');
  });
});

describe('what cannot be together', () => {
  it.each<[string, JsonValue, string]>([
    ['two ways to choose pods', { ...LEAST, selector: { a: 'b' } }, 'spec: expected targets or selector, and not both'],
    ['no metric', { targets: LEAST.targets }, 'spec: expected metrics or metricName, and not both'],
    [
      'labels and an owner',
      { ...LEAST, targets: { matchLabels: { a: 'b' }, owner: { kind: 'Job', name: 'x' } } },
      'spec.targets: expected labels',
    ],
    [
      'a method and an algorithm',
      { ...LEAST, algorithm: 'ema', method: { name: 'ema' } },
      'spec.method: expected method or algorithm',
    ],
    ['parameters of nobody', { ...LEAST, parameters: {} }, 'spec: is none of the 2 forms'],
    [
      'parameters of another method',
      { ...LEAST, method: { name: 'ema', zScore: {} } },
      'spec.method.zScore: expected only where name is z-score',
    ],
    [
      'a method without what it needs',
      { ...LEAST, method: { name: 'static-threshold' } },
      'spec.method.staticThreshold: is missing: static-threshold needs it',
    ],
    [
      'bounds upside down',
      { ...LEAST, method: { name: 'static-threshold', staticThreshold: { above: 1, below: 2 } } },
      'spec.method.staticThreshold: expected "below" to be less',
    ],
    [
      'too fine for so long',
      { ...LEAST, schedule: { history: '168h', step: '5s' } },
      'spec.schedule.history: expected at most 11000 steps',
    ],
    [
      'too coarse for so short',
      { ...LEAST, schedule: { history: '5m', step: '1m' } },
      'spec.schedule.history: expected at least ten steps',
    ],
    [
      'two metrics of one name',
      { ...LEAST, metrics: [{ name: 'a' }, { name: 'a', query: 'sum(a)' }] },
      'spec.metrics[1]: is there already',
    ],
    [
      'values where there is nothing to compare',
      { ...LEAST, targets: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] } },
      'spec.targets.matchExpressions[0].values: expected at least one value',
    ],
    [
      'a day that no calendar has',
      { ...LEAST, calendar: { holidays: [{ from: '2026-02-30' }] } },
      'spec.calendar.holidays[0].from: expected a day',
    ],
    [
      'a duration beyond its range',
      { ...LEAST, schedule: { interval: '5s' } },
      'spec.schedule.interval: expected a duration from 10s to 1h',
    ],
  ])('%s', (_, spec, expected) => {
    expect(told(spec)).toEqual([expect.stringContaining(expected)]);
  });
});

describe('an extension', () => {
  it('is kept as it was written: big numbers, fields that nobody knows, and their order', () => {
    const extension = { z: [9223372036854775807n, null, { b: 1, a: 'ü' }], apiVersion: 'acme.example/v1', c: false };
    const text = '{"z":[9223372036854775807,null,{"b":1,"a":"ü"}],"apiVersion":"acme.example/v1","c":false}';
    expect(read(object({ ...LEAST, extension })).detector?.extension).toBe(text);
    expect(read(object(LEAST)).detector).not.toHaveProperty('extension');
  });

  it('that is bad by its own type leaves the detector as it is', () => {
    const extension = { apiVersion: 'runbook.tidewatch.io/v1', url: 'ftp://x' };
    const { detector, problems } = read(object({ ...LEAST, extension }));
    expect([detector?.algorithm, problems]).toEqual(['auto', []]);
  });

  it('without end makes nobody throw', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(() => read(object({ ...LEAST, extension: { apiVersion: 'a/v1', deep } }))).not.toThrow();
  });
});

describe('what is no detector', () => {
  it.each<[JsonValue, string]>([
    [null, 'expected a mapping, got nothing (null)'],
    [{}, 'is missing; expected one of: AnomalyDetector, ClusterAnomalyDetector'],
    [object(LEAST, { kind: 'Anomalydetector' }), 'did you mean "AnomalyDetector"?'],
    [object(LEAST, { apiVersion: 'monitoring.my.company/v3' }), 'unknown apiVersion "monitoring.my.company/v3"'],
    [object(LEAST, { apiVersion: 5 }), 'is missing; expected one of'],
    [object('text'), 'expected a mapping, got the text "text"'],
    [object({ ...LEAST, threshold: '123' }), 'expected a number from 0 to 100, got the text "123"'],
    [object({ ...LEAST, budget: { series: 9223372036854775807n } }), 'got 9223372036854775807'],
  ])('case %#', (value, expected) => {
    const { detector, problems } = read(value);
    expect(detector).toBeUndefined();
    expect(problems.map(({ message }) => message).join()).toContain(expected);
  });
});
