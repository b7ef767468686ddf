import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { parseDetectors } from './parse.ts';
import { parseDetectorObject } from './parse-object.ts';

const LEAST = { selector: { app: 'frontend' }, metricName: 'latency_seconds' };
const object = (spec: unknown, name: unknown = 'latency') => ({
  apiVersion: 'watch.example.org/v1',
  kind: 'AnomalyDetector',
  metadata: { name, namespace: 'shop', uid: 'u', generation: 2, managedFields: [{}] },
  spec,
  status: { state: 'Active' },
});
const parse = (value: unknown) => parseDetectorObject(value, ALGORITHMS);

describe('a detector of the API server', () => {
  it('becomes the plan that the same text in a file becomes', () => {
    const spec = {
      ...LEAST,
      algorithm: 'ema',
      threshold: 4,
      guards: { direction: 'above', persistence: { points: 3, of: 5 } },
    };
    const file = { ...object(spec), apiVersion: 'monitoring.my.company/v1', metadata: { name: 'latency' } };
    const { status: _, ...document } = file;
    expect(parse(object(spec)).plans).toEqual(parseDetectors(JSON.stringify(document), 'd.yaml', ALGORITHMS));
  });

  it('may be of any group, and have a name with dots', () => {
    expect(parse(object(LEAST, 'a.b')).plans).toMatchObject([{ detector: 'a.b', algorithm: 'z-score', threshold: 3 }]);
  });

  it('may have fields that a newer version brought, at any depth', () => {
    const newer = { ...LEAST, calendar: {}, guards: { quiet: 1, persistence: { points: 2, since: 'x' } } };
    const given = structuredClone(newer);
    expect(parse(object(newer)).plans[0]?.guards.persistence).toEqual({ points: 2, of: 2, clear: 1 });
    expect(newer).toEqual(given);
  });

  it.each([
    ['a threshold beyond its range', { ...LEAST, threshold: 300 }, 'spec.threshold', 'from 0 to 100, got 300'],
    ['an empty selector', { ...LEAST, selector: {} }, 'spec.selector', 'expected 1 to 32 labels'],
    ['an illegal metric', { ...LEAST, metricName: 'a-b' }, 'spec.metricName', 'got the text "a-b"'],
    ['an unknown algorithm', { ...LEAST, algorithm: 'zscore' }, 'spec.algorithm', 'did you mean "z-score"?'],
    ['an unknown parameter', { ...LEAST, parameters: { x: 1 } }, 'spec.parameters.x', 'unknown parameter "x"'],
    ['a range upside down', { ...LEAST, guards: { range: { min: 2, max: 1 } } }, 'spec.guards.range.max', 'more than'],
    [
      'another mistake beside a field that is not known',
      { ...LEAST, newer: 1, threshold: -1 },
      'spec.threshold',
      'got -1',
    ],
    ['a spec that is null', null, 'spec', 'is null; expected a mapping'],
    [
      'too many labels',
      { ...LEAST, selector: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`l${index}`, 'x'])) },
      'spec.selector',
      'expected 1 to 32 labels, e.g. {app: frontend}, got a mapping of 33',
    ],
  ])('%s is told with its path', (_, spec, path, message) => {
    const { plans, problems } = parse(object(spec));
    expect(plans).toEqual([]);
    expect(problems).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  it('and all that is wrong is told at once', () => {
    const { problems } = parse(object({ metricName: 1, threshold: 'x', algorithm: 'no' }));
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'spec.algorithm',
      'spec.metricName',
      'spec.selector',
      'spec.threshold',
    ]);
  });

  it('never throws, whatever comes', () => {
    const nasty = fc.oneof(
      fc.anything(),
      fc.anything().map((spec) => object(spec)),
      fc.record({ selector: fc.anything(), metricName: fc.anything(), guards: fc.anything() }).map((s) => object(s)),
    );
    fc.assert(
      fc.property(nasty, (value) => {
        const { detector, problems } = parse(value);
        expect(detector === undefined).toBe(problems.length > 0);
      }),
    );
  });
});

it('with ports it is judged by what no schema says, and warned of what is not done', () => {
  const object = (spec: object) => ({
    ...{ apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata: { name: 'a' } },
    spec: { targets: { matchLabels: { a: 'b' } }, ...spec },
  });
  const queryProblem = (promql: string) => (promql === 'bad' ? 'it is bad' : undefined);
  const judge = (spec: object) => parseDetectorObject(object(spec), ALGORITHMS, { queryProblem });
  const { detector, problems } = judge({ metrics: [{ name: 'm', query: 'bad' }] });
  expect({ detector, problems }).toEqual({
    detector: undefined,
    problems: [{ path: 'spec.metrics[0].query', message: 'it is bad' }],
  });
  const streaming = judge({ metrics: [{ name: 'm', query: 'good' }], execution: { mode: 'Stream' } });
  expect(streaming.plans).toHaveLength(1);
  expect(streaming.warnings).toEqual([
    { path: 'spec.execution.mode', message: 'Stream is not to be had in this version: it does not start' },
  ]);
});
