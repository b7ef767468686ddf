// The two reviews that the API server asks for, as text in and text out: AdmissionReview (validate, mutate) and
// ConversionReview. JSON is read and written without loss: what passes through here is what is stored. Whatever comes is
// answered; only what is no review at all has no answer.
import { convertDetector } from '#resource/anomaly-detector/convert.ts';
import { isList, isObject, type JsonObject, type JsonValue, jsonText, parseJson } from '#resource/schema/json-value.ts';
import type { AdmissionRequest, PatchStep, Verdict } from './decide.ts';

export interface AdmissionReview extends AdmissionRequest {
  readonly uid: string;
  readonly dryRun: boolean;
}

export type Read<Review> = { readonly review: Review } | { readonly problem: string };

export interface Conversion {
  readonly text: string;
  /** How many objects it was about. */
  readonly objects: number;
  /** Absent when all were converted. */
  readonly problem?: string;
}

const ADMISSION = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' } as const;
const CONVERSION = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview' } as const;
/** As of any object that cannot be processed: 4xx is a refusal, for which nobody tries again. */
const REFUSED = { status: 'Failure', code: 422, reason: 'Invalid' } as const;

/** Never throws. */
export function readAdmission(text: string): Read<AdmissionReview> {
  const read = requestIn(text, ADMISSION);
  if ('problem' in read) return read;
  const { uid, request } = read;
  return {
    review: {
      uid,
      operation: textOf(request.operation),
      subResource: textOf(request.subResource),
      object: request.object ?? null,
      oldObject: request.oldObject ?? null,
      dryRun: request.dryRun === true,
    },
  };
}

export function verdictText({ uid }: AdmissionReview, { allowed, message, warnings }: Verdict): string {
  const status = allowed ? {} : { status: { ...REFUSED, message: message ?? '' } };
  const warned = warnings.length === 0 ? {} : { warnings };
  return jsonText({ ...ADMISSION, response: { uid, allowed, ...status, ...warned } });
}

export function patchText({ uid }: AdmissionReview, steps: readonly PatchStep[]): string {
  const patch = Buffer.from(jsonText(steps as unknown as JsonValue)).toString('base64');
  const patched = steps.length === 0 ? {} : { patchType: 'JSONPatch', patch };
  return jsonText({ ...ADMISSION, response: { uid, allowed: true, ...patched } });
}

/**
 * All objects in the version that is wanted, in their order; of one that cannot be converted, a failure that says which and why,
 * and no object at all: the API server takes all or none. `group` is the installation's. Never throws.
 */
export function convertReview(text: string, group: string): Conversion | { readonly problem: string } {
  const read = requestIn(text, CONVERSION);
  if ('problem' in read) return read;
  const { uid, request } = read;
  const objects = isList(request.objects) ? request.objects : [];
  const answer = (response: JsonObject) => jsonText({ ...CONVERSION, response: { uid, ...response } });
  try {
    const to = versionOf(textOf(request.desiredAPIVersion), group);
    const convertedObjects = objects.map((object, index) => convertOne(object, index, to, group));
    return { text: answer({ result: { status: 'Success' }, convertedObjects }), objects: objects.length };
  } catch (error) {
    const message = sentenceOf(error);
    return {
      text: answer({ result: { status: 'Failure', message }, convertedObjects: [] }),
      ...{ objects: objects.length, problem: message },
    };
  }
}

function convertOne(object: JsonValue, index: number, to: 'v1' | 'v2', group: string): JsonObject {
  try {
    if (!isObject(object)) throw new Error('expected an object');
    const own = textOf(object.apiVersion).split('/')[0];
    if (own !== group) throw new Error(`expected group ${group}, got ${JSON.stringify(own?.slice(0, 100))}`);
    return convertDetector(object, to);
  } catch (error) {
    throw new Error(`object ${index}${nameOf(object)} cannot be converted: ${sentenceOf(error)}`);
  }
}

function versionOf(apiVersion: string, group: string): 'v1' | 'v2' {
  if (apiVersion === `${group}/v1`) return 'v1';
  if (apiVersion === `${group}/v2`) return 'v2';
  throw new Error(
    `expected ${group}/v1 or ${group}/v2 as what is wanted, got ${JSON.stringify(apiVersion.slice(0, 100))}`,
  );
}

function requestIn(
  text: string,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): { readonly uid: string; readonly request: JsonObject } | { readonly problem: string } {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (error) {
    return { problem: `expected ${kind} as JSON: ${sentenceOf(error)}` };
  }
  if (!isObject(value) || value.kind !== kind || value.apiVersion !== apiVersion) {
    return { problem: `expected ${kind} of ${apiVersion}` };
  }
  const { request } = value;
  // Without a uid there is nothing that an answer could be matched with.
  if (!isObject(request) || typeof request.uid !== 'string') return { problem: `${kind} has no request with a uid` };
  return { uid: request.uid, request };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function nameOf(object: JsonValue): string {
  const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {};
  const { name, namespace } = metadata;
  if (typeof name !== 'string') return '';
  return ` (${typeof namespace === 'string' ? `${namespace}/` : ''}${name.slice(0, 253)})`;
}

function sentenceOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000);
}
