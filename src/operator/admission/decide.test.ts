import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { convertDetector } from '#resource/anomaly-detector/convert.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { type JsonObject, type JsonValue, parseJson } from '#resource/schema/json-value.ts';
import { type AdmissionPorts, type AdmissionRequest, mutate, validate } from './decide.ts';

const ports: AdmissionPorts = {
  algorithms: ALGORITHMS,
  group: DEFAULT_GROUP,
  queryProblem: (promql) => (promql.startsWith('sum') ? undefined : 'the query has as many series as it likes'),
};
const V2 = `${DEFAULT_GROUP}/v2`;
const GOOD = { selector: { app: 'cart' }, metricName: 'm', algorithm: 'z-score' };

function detector(spec: JsonValue | undefined, more: JsonObject = {}): JsonObject {
  const object = { apiVersion: V2, kind: 'AnomalyDetector', metadata: { name: 'one', namespace: 'shop' }, ...more };
  return spec === undefined ? object : { ...object, spec };
}

function request(object: JsonValue, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return { operation: 'CREATE', subResource: '', object, oldObject: null, ...more };
}

const judge = (object: JsonValue, more: Partial<AdmissionRequest> = {}) => validate(request(object, more), ports);

describe('what is not well is refused with its path, and why', () => {
  it.each<[string, JsonValue, string, string]>([
    ['nothing', null, 'expected a mapping, got nothing', 'no-object'],
    ['a text', 'detector', 'expected a mapping', 'no-object'],
    ['no kind', detector(GOOD, { kind: '' }), 'kind: unknown kind ""', 'unknown-kind'],
    ['a stranger', detector(GOOD, { kind: 'Pod' }), 'kind: unknown kind "Pod"', 'unknown-kind'],
    [
      'another version',
      detector(GOOD, { apiVersion: `${DEFAULT_GROUP}/v9` }),
      'apiVersion: unknown',
      'unknown-version',
    ],
    ['another group', detector(GOOD, { apiVersion: 'example.org/v2' }), 'apiVersion: unknown', 'unknown-version'],
    ['no spec', detector(undefined), 'spec: is missing', 'no-spec'],
    ['spec: null', detector(null), 'spec: ', 'no-spec'],
    ['spec: "text"', detector('text'), 'spec: expected', 'no-spec'],
    ['a number in quotes', detector({ ...GOOD, threshold: '3' }), 'spec.threshold: expected a number', 'schema'],
    [
      'a 64-bit integer out of range',
      detector(parseJson('{"selector":{"app":"a"},"metricName":"m","threshold":9007199254740993}')),
      'spec.threshold: expected a number from 0 to 100, got 9007199254740993',
      'schema',
    ],
  ])('%s', (_, object, says, failure) => {
    const verdict = judge(object);
    expect(verdict).toMatchObject({ allowed: false, failure });
    expect(verdict.message).toContain(says);
  });

  it('every problem is told, in 2 kB', () => {
    const wrong = judge(detector({ ...GOOD, threshold: 300, budget: { series: -1 } })).message ?? '';
    expect(wrong).toMatch(/spec[.]threshold: .*; spec[.]budget[.]series: /);
    const labels = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`label-${index}`, 'é'.repeat(600)]));
    const { message = '' } = judge(detector({ ...GOOD, selector: labels }));
    expect(Buffer.byteLength(message)).toBeLessThan(2048);
    expect(message).toMatch(/^spec[.]selector[.]label-0: .*; and \d+ more$/s);
  });

  it('what only the webhook knows is no failure of the type', () => {
    const metrics = [{ name: 'load', query: 'rate(x[5m])' }];
    const verdict = judge(detector({ selector: { app: 'a' }, metrics }));
    expect(verdict).toEqual({
      ...{ allowed: false, warnings: [] },
      message: 'spec.metrics[0].query: the query has as many series as it likes',
    });
  });
});

describe('what is nested too deeply to be read by everybody', () => {
  const nested = (levels: number) => {
    const inside = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    return detector({ ...GOOD, extension: parseJson(`{"apiVersion":"x/v1","more":${inside}}`) });
  };

  it('is refused by its path: a conversion that fails later would hide all others of its list', () => {
    expect(judge(nested(99)).allowed).toBe(true);
    expect(judge(nested(100))).toMatchObject({
      ...{ allowed: false, message: 'spec.extension: expected at most 100 levels, one within the other' },
    });
  });

  it('is refused also where it is too deep to be judged at all', () => {
    for (const levels of [1000, 2000, 3000, 4000]) expect(judge(nested(levels)).allowed).toBe(false);
  });
});

describe('what there is far too much of is judged at once: nobody else is answered meanwhile', () => {
  const MANY = 20_000;
  const fields = Object.fromEntries(Array.from({ length: MANY / 4 }, (_, index) => [`field-${index}`, 1]));
  const { metricName: _, ...bare } = GOOD;

  it.each<[string, JsonObject, boolean]>([
    ['unknown fields', { ...GOOD, ...fields }, true],
    ['metrics', { ...bare, metrics: Array.from({ length: MANY }, (_, index) => ({ name: `m${index}` })) }, false],
    ['metrics that are none', { ...bare, metrics: Array.from({ length: MANY }, () => ({ name: 1 })) }, false],
  ])('%s', (_, spec, allowed) => {
    expect(judge(detector(spec)).allowed).toBe(allowed);
  });
});

describe('what has no room in an annotation of v1', () => {
  const long = (bytes: number) => ({ ...GOOD, extension: { apiVersion: 'x/v1', more: 'x'.repeat(bytes) } });
  const annotated = (spec: JsonObject, bytes: number) =>
    detector(spec, { metadata: { name: 'one', namespace: 'shop', annotations: { a: 'x'.repeat(bytes) } } });
  const update = (object: JsonObject, oldObject: JsonObject) => judge(object, { operation: 'UPDATE', oldObject });

  it('is refused: all lists of v1 would fail for its sake', () => {
    expect(judge(detector(long(200_000))).allowed).toBe(true);
    expect(judge(detector(long(270_000)))).toMatchObject({ allowed: false, message: expect.stringMatching(/256 KiB/) });
    expect(judge(annotated(long(100_000), 200_000)).allowed).toBe(false);
    // What v1 says as well needs none.
    expect(judge(annotated(GOOD, 260_000)).allowed).toBe(true);
  });

  it('is refused also where only an annotation is new, and let in where it was there', () => {
    expect(update(annotated(long(100_000), 200_000), detector(long(100_000))).allowed).toBe(false);
    expect(update(annotated(long(270_000), 10), detector(long(270_000))).allowed).toBe(true);
    expect(update(annotated(long(10), 10), detector(long(270_000))).allowed).toBe(true);
  });

  it('may be of a kind that v1 does not have', () => {
    expect(judge(detector(long(270_000), { kind: 'ClusterAnomalyDetector', metadata: { name: 'one' } })).allowed).toBe(
      true,
    );
  });
});

describe('what is well is let in', () => {
  it.each<[string, AdmissionRequest]>([
    ['a good one', request(detector(GOOD))],
    ['1e3 in its place', request(detector(parseJson('{"selector":{"app":"a"},"metricName":"m","threshold":1e1}')))],
    ['a field that nobody knows: the API server drops it', request(detector({ ...GOOD, new: 1 }))],
    ['one whose name is still to be generated', request(detector(GOOD, { metadata: { generateName: 'one-' } }))],
    ['a deletion', request(null, { operation: 'DELETE', oldObject: detector('wrong') })],
    ['a connection', request(null, { operation: 'CONNECT' })],
    ['a status', request(detector('wrong'), { operation: 'UPDATE', subResource: 'status' })],
    [
      'labels of one that an earlier release let in',
      request(detector({ threshold: 999, a: 1 }, { metadata: { name: 'one', labels: { a: 'b' } } }), {
        ...{ operation: 'UPDATE', oldObject: detector({ a: 1, threshold: 999 }) },
      }),
    ],
  ])('%s', (_, one) => {
    expect(validate(one, ports)).toEqual({ allowed: true, warnings: [] });
  });

  it('and its author hears what it does not do yet', () => {
    const warning = 'spec.execution.mode: Stream is not to be had in this version: it does not start';
    expect(judge(detector({ ...GOOD, execution: { mode: 'Stream' } }))).toEqual({
      ...{ allowed: true, warnings: [warning] },
    });
  });

  it('and its author hears that it is dear', () => {
    const dear = detector({ ...GOOD, schedule: { interval: '10s', step: '5s', history: '2h' } });
    const [warning, ...others] = judge(dear).warnings;
    expect(others).toEqual([]);
    expect(warning).toMatch(/^spec\.schedule: reads 8,640 samples a minute of each series/);
    expect(judge(dear).allowed).toBe(true);
  });

  it('and of what is wrong with its extension as much as anybody reads', () => {
    const escalation = Array.from({ length: 2000 }, () => 1);
    const extension = { apiVersion: 'runbook.tidewatch.io/v1', escalation, ['x'.repeat(9000)]: 1 };
    const { allowed, warnings } = judge(detector({ ...GOOD, extension }));
    expect(allowed).toBe(true);
    expect(warnings.length).toBe(10);
    expect(warnings.join('').length).toBeLessThan(5000);
  });

  it('unless its wrong spec was changed', () => {
    const old = { operation: 'UPDATE', oldObject: detector({ ...GOOD, threshold: 999 }) };
    expect(judge(detector({ ...GOOD, threshold: 998 }), old).allowed).toBe(false);
  });
});

describe('what a client of v1 carries in its annotation', () => {
  const inV1 = (spec: JsonObject): JsonObject => convertDetector(detector(spec), 'v1');
  const good = { targets: { matchLabels: { app: 'a' } }, metrics: [{ name: 'm' }], method: { name: 'ema' } };

  it('is let in when v2 would be', () => {
    expect(judge(inV1(good))).toEqual({ allowed: true, warnings: [] });
  });

  it('is judged as v2 would be: it is what is stored', () => {
    const verdict = judge(inV1({ ...good, schedule: { interval: '0s' } }));
    expect(verdict.allowed).toBe(false);
    expect(verdict.message).toMatch(/^spec[.]schedule[.]interval: .*[(]as version v2 sees it[)]$/);
  });

  it('is part of the spec when it is said whether that was changed', () => {
    const old = { operation: 'UPDATE', oldObject: inV1(good) };
    expect(judge(inV1({ ...good, schedule: { interval: '0s' } }), old).allowed).toBe(false);
    expect(judge(inV1(good), old).allowed).toBe(true);
  });
});

describe('a detector goes once the collector has seen it go', () => {
  const finalizers = (metadata: JsonObject, more: Partial<AdmissionRequest> = {}) =>
    mutate(request(detector(GOOD, { metadata: { name: 'one', ...metadata } }), more), ports);
  const patch = (...value: string[]) => [{ op: 'add', path: '/metadata/finalizers', value }];

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['of a new one', finalizers({}), patch('foregroundDeletion')],
    ['beside others', finalizers({ finalizers: ['a.example/b'] }), patch('a.example/b', 'foregroundDeletion')],
    ['once', finalizers({ finalizers: ['foregroundDeletion'] }), []],
    ['not where orphans are wanted', finalizers({ finalizers: ['orphan'] }), []],
    ['not of what is there', finalizers({}, { operation: 'UPDATE', oldObject: detector(GOOD) }), []],
    [
      'of v1',
      mutate(request(detector(GOOD, { apiVersion: `${DEFAULT_GROUP}/v1` })), ports),
      patch('foregroundDeletion'),
    ],
  ])('%s', (_, steps, expected) => expect(steps).toEqual(expected));
});

describe('the method that is not said is written out', () => {
  const patch = [{ op: 'add', path: '/spec/method', value: { name: 'auto' } }];
  const { algorithm: _, ...bare } = GOOD;

  it.each<[string, AdmissionRequest, readonly unknown[]]>([
    ['of v2', request(detector(bare)), patch],
    ['of one for the whole cluster', request(detector(bare, { kind: 'ClusterAnomalyDetector' })), patch],
    ['not where v1’s word says it', request(detector(GOOD)), []],
    ['not where it is said', request(detector({ ...bare, method: { name: 'ema' } })), []],
    ['not of v1, whose schema does it', request(detector(bare, { apiVersion: `${DEFAULT_GROUP}/v1` })), []],
    ['not of what is stored so', request(detector(bare), { operation: 'UPDATE', oldObject: detector(bare) }), []],
    ['not of a status', request(detector(bare), { subResource: 'status' }), []],
    ['not of what is no detector', request(detector('text')), []],
    ['not of a stranger', request(detector(bare, { kind: 'Pod' })), []],
  ])('%s', (_, one, expected) => {
    const ofMethod = () => mutate(one, ports).filter(({ path }) => path.startsWith('/spec'));
    expect(ofMethod()).toEqual(expected);
    expect(ofMethod()).toEqual(expected);
  });

  it('once: what was changed is not changed again, and is let in', () => {
    const metadata = { name: 'one', finalizers: ['foregroundDeletion'] };
    const object = detector({ ...bare, method: { name: 'auto' } }, { metadata });
    expect(mutate(request(object), ports)).toEqual([]);
    expect(judge(object).allowed).toBe(true);
  });
});

it('whatever comes is answered, twice in the same way', () => {
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, -1, 1e3, 2n ** 62n, '', 'v2', V2, 'AnomalyDetector', '__proto__'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('apiVersion', 'kind', 'metadata', 'spec', 'method', 'name', 'annotations', '__proto__'),
        tie('value'),
      ),
    ),
  })).value;
  const objects = fc.oneof(
    json,
    json.map((spec) => detector(spec)),
  );
  const operations = fc.constantFrom('CREATE', 'UPDATE', 'DELETE', '', 'x');
  fc.assert(
    fc.property(objects, objects, operations, (object, oldObject, operation) => {
      const one = request(object, { oldObject, operation });
      expect(validate(one, ports)).toEqual(validate(one, ports));
      expect(mutate(one, ports)).toEqual(mutate(one, ports));
    }),
    { numRuns: 2000 },
  );
});
