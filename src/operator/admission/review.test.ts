import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { isObject, type JsonValue, jsonText, parseJson, valueAt } from '#resource/schema/json-value.ts';
import { convertReview, patchText, readAdmission, verdictText } from './review.ts';

const ADMISSION = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
const CONVERSION = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview' };

function admission(request: object): string {
  return JSON.stringify({ ...ADMISSION, request });
}

function reviewOf(request: object) {
  const read = readAdmission(admission({ uid: 'u', ...request }));
  if ('problem' in read) throw new Error(read.problem);
  return read.review;
}

describe('an AdmissionReview', () => {
  it('is read, whatever it leaves out', () => {
    const nothing = { operation: '', subResource: '', object: null, oldObject: null, dryRun: false };
    expect(reviewOf({})).toEqual({ uid: 'u', ...nothing });
    const all = { operation: 'UPDATE', subResource: 'status', object: { a: 1 }, oldObject: { a: 2 }, dryRun: true };
    expect(reviewOf(all)).toEqual({ uid: 'u', ...all });
    expect(reviewOf({ operation: 3, object: 'x', dryRun: 'true' })).toEqual({ uid: 'u', ...nothing, object: 'x' });
  });

  it.each([
    ['', /^expected AdmissionReview as JSON/],
    ['[', /^expected AdmissionReview as JSON/],
    ['['.repeat(2_000_000), /^expected AdmissionReview as JSON/],
    ['null', /^expected AdmissionReview of admission[.]k8s[.]io[/]v1$/],
    [JSON.stringify({ ...ADMISSION, apiVersion: 'admission.k8s.io/v1beta1', request: { uid: 'u' } }), /^expected/],
    [admission([]), /has no request with a uid/],
    [admission({ uid: 7 }), /has no request with a uid/],
  ])('is none: %.40s', (text, problem) => {
    expect(readAdmission(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('is answered with its own uid', () => {
    expect(JSON.parse(verdictText(reviewOf({}), { allowed: true, warnings: ['a: b'] }))).toEqual({
      ...{ ...ADMISSION, response: { uid: 'u', allowed: true, warnings: ['a: b'] } },
    });
    expect(JSON.parse(verdictText(reviewOf({}), { allowed: false, warnings: [], message: 'a: b' }))).toMatchObject({
      response: { allowed: false, status: { code: 422, reason: 'Invalid', message: 'a: b' } },
    });
    expect(JSON.parse(patchText(reviewOf({}), []))).toEqual({ ...ADMISSION, response: { uid: 'u', allowed: true } });
    const { response } = JSON.parse(patchText(reviewOf({}), [{ op: 'add', path: '/a', value: 2n ** 60n }]));
    expect(response).toMatchObject({ uid: 'u', allowed: true, patchType: 'JSONPatch' });
    expect(Buffer.from(response.patch, 'base64').toString()).toBe(
      '[{"op":"add","path":"/a","value":1152921504606846976}]',
    );
  });
});

const V1 = `${DEFAULT_GROUP}/v1`;
const V2 = `${DEFAULT_GROUP}/v2`;
const SPEC = { selector: { app: 'a' }, metricName: 'm', algorithm: 'ema' };

function detector(index: number, spec: JsonValue = SPEC, apiVersion = V2) {
  const metadata = { name: `d-${index}`, namespace: 'shop', uid: `uid-${index}`, generation: 3, labels: { a: 'b' } };
  return { apiVersion, kind: 'AnomalyDetector', metadata, spec };
}

function convert(objects: readonly JsonValue[], desiredAPIVersion: string) {
  const request = { uid: 'u', desiredAPIVersion, objects };
  const done = convertReview(jsonText({ ...CONVERSION, request }), DEFAULT_GROUP);
  if (!('text' in done)) throw new Error(done.problem);
  const response = valueAt(parseJson(done.text), ['response']);
  if (!isObject(response)) throw new Error(done.text);
  return { ...done, response };
}

describe('a ConversionReview', () => {
  it('has all objects in their order, with the metadata they had', () => {
    const objects = Array.from({ length: 100 }, (_, index) =>
      detector(index, index % 2 === 0 ? SPEC : { targets: { matchLabels: { app: 'b' } }, metrics: [{ name: 'm' }] }),
    );
    const { response } = convert(objects, V1);
    expect(response).toMatchObject({ uid: 'u', result: { status: 'Success' } });
    const converted = response.convertedObjects as ReturnType<typeof detector>[];
    expect(converted.map(({ apiVersion }) => apiVersion)).toEqual(objects.map(() => V1));
    for (const [index, { metadata }] of converted.entries()) {
      const { annotations: _, ...rest } = metadata as { annotations?: object } & (typeof converted)[0]['metadata'];
      expect(rest).toEqual(objects[index]?.metadata);
    }
    expect(convert(converted, V2).response.convertedObjects).toEqual(objects);
  });

  it('keeps every digit', () => {
    const text = jsonText(detector(0, { ...SPEC, extension: { apiVersion: 'x/v1', id: 2n ** 63n - 1n } }));
    const back = convert(convert([parseJson(text)], V1).response.convertedObjects as JsonValue[], V2);
    expect(jsonText((back.response.convertedObjects as JsonValue[])[0] ?? null)).toBe(text);
  });

  it('converts none where one cannot be, and says which and why', () => {
    const objects = [detector(0), detector(1, SPEC, 'example.org/v1'), detector(2)];
    const { response, problem } = convert(objects, V1);
    const message = 'object 1 (shop/d-1) cannot be converted: expected group monitoring.my.company, got "example.org"';
    expect(response).toEqual({ uid: 'u', result: { status: 'Failure', message }, convertedObjects: [] });
    expect(problem).toBe(message);
  });

  it.each<[string, JsonValue[], string, RegExp]>([
    ['no object', [null], V1, /^object 0 cannot be converted: expected an object$/],
    ['a version that is none', [detector(0, SPEC, `${DEFAULT_GROUP}/v3`)], V1, /expected version v1 or v2, got/],
    ['a wish that is none', [detector(0)], `${DEFAULT_GROUP}/v3`, /^expected monitoring.*v3"$/],
    ['no wish', [detector(0)], '', /^expected .*got ""$/],
  ])('fails in a sentence: %s', (_, objects, wanted, problem) => {
    expect(convert(objects, wanted).problem).toMatch(problem);
  });

  it('is answered whatever its objects are', () => {
    const value = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const objects = fc.array(
      fc.oneof(
        value,
        value.map((spec) => detector(0, spec, V1)),
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(objects, (all) => {
        const { response } = convert(all, V2);
        const count = (response.convertedObjects as readonly unknown[]).length;
        expect(count).toBe(valueAt(response, ['result', 'status']) === 'Success' ? all.length : 0);
      }),
    );
  });

  it('is none', () => {
    expect(convertReview('{}', DEFAULT_GROUP)).toEqual({
      problem: 'expected ConversionReview of apiextensions.k8s.io/v1',
    });
  });
});
