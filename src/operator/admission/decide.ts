// What admission says of a request, from the request alone: no clock, no chance, nothing outside, so that the same object gets
// the same answer for ever, on every replica. Most rules stand in the schema, which the API server judges itself; they are
// judged here as well, because what a client of v1 carries in its annotation no schema sees.
import { convertDetector } from '#resource/anomaly-detector/convert.ts';
import { type MeaningPorts, meaningOf } from '#resource/anomaly-detector/meaning.ts';
import type { KnownAlgorithms } from '#resource/anomaly-detector/method.ts';
import { type ReadDetector, readDetector } from '#resource/anomaly-detector/read.ts';
import { kindSchemas } from '#resource/kinds.ts';
import { type Problem, pathText, problemText } from '#resource/problem.ts';
import { MOST_ANNOTATION_BYTES } from '#resource/schema/check-metadata.ts';
import { isList, isObject, type JsonObject, type JsonValue, sameJson } from '#resource/schema/json-value.ts';
import { type SpecFailure, specFailureOf } from '#resource/spec-failure.ts';

export interface AdmissionPorts extends MeaningPorts {
  readonly algorithms: KnownAlgorithms;
  /** Of the installation. */
  readonly group: string;
}

/** As much of an AdmissionRequest as decides. */
export interface AdmissionRequest {
  /** `CREATE`, `UPDATE`, `DELETE`, `CONNECT`; any other text is judged as a creation. */
  readonly operation: string;
  /** '' for the object itself. */
  readonly subResource: string;
  readonly object: JsonValue;
  readonly oldObject: JsonValue;
}

export interface Verdict {
  readonly allowed: boolean;
  /** Of a refusal: every problem with its path, 2 kB at most. */
  readonly message?: string;
  readonly warnings: readonly string[];
  readonly failure?: SpecFailure;
}

export interface PatchStep {
  readonly op: 'add';
  readonly path: string;
  readonly value: JsonValue;
}

const ALLOWED: Verdict = { allowed: true, warnings: [] };
const CROWDED = `expected spec and annotations to be smaller: version v1 is shown what only v2 can say in an annotation, and all annotations have ${MOST_ANNOTATION_BYTES / 1024} KiB`;
const MOST_MESSAGE_BYTES = 2000;
/** Four bytes a letter at most: the first one always has room. */
const MOST_SENTENCE = 480;
/** The API server passes on 4 kB of them. */
const MOST_WARNINGS = 10;

/** Never throws, whatever the objects are. */
export function validate(request: AdmissionRequest, ports: AdmissionPorts): Verdict {
  if (!isJudged(request)) return ALLOWED;
  try {
    return verdictOf(request, ports);
  } catch (error) {
    // Too deep for the stack. What cannot be judged cannot be let in.
    const why = error instanceof Error ? error.message : String(error);
    return { ...refusal([{ path: [], message: `it cannot be judged: ${why}` }]), failure: 'schema' };
  }
}

function verdictOf(request: AdmissionRequest, ports: AdmissionPorts): Verdict {
  const { object, oldObject } = request;
  // Stored by an earlier release with looser rules, it still takes labels, finalizers and what else is not its spec.
  const isUpdate = request.operation === 'UPDATE' && isOurs(object, ports);
  const isCrowded = !hasRoomInV1(object, ports);
  if (isUpdate && hasSameSpec(object, oldObject) && (!isCrowded || !hasRoomInV1(oldObject, ports))) return ALLOWED;
  const { detector, problems } = judge(object, ports);
  if (detector === undefined)
    return { ...refusal(problems), failure: specFailureOf(object, pathText(problems[0]?.path ?? [])) };
  const meaning = meaningOf(detector, ports);
  if (meaning.problems.length > 0) return refusal(meaning.problems);
  if (isCrowded) return refusal([{ path: [], message: CROWDED }]);
  const warnings = meaning.warnings.slice(0, MOST_WARNINGS);
  return { allowed: true, warnings: warnings.map((one) => problemText(one).slice(0, MOST_SENTENCE)) };
}

/**
 * What is written out that a schema cannot compute: a detector of v2 that says no method has the method `auto`, and a new one goes
 * only once the garbage collector has seen it go. [] where there is nothing to do, as for what was changed so before. Never throws.
 */
export function mutate(request: AdmissionRequest, ports: AdmissionPorts): readonly PatchStep[] {
  try {
    return stepsOf(request, ports);
  } catch {
    // Too deep for the stack: it is refused when it is validated.
    return [];
  }
}

/**
 * The garbage collector's own finalizer: it lifts it once it has seen the detector go, whether we run or not, and then removes what
 * that owned. Without it a definition that is deleted takes its detectors before a slow collector has seen them go, and their
 * PodMonitors stay for ever.
 */
const SEEN_BY_COLLECTOR = 'foregroundDeletion';

function stepsOf(request: AdmissionRequest, ports: AdmissionPorts): readonly PatchStep[] {
  const { object } = request;
  if (!isJudged(request) || !isObject(object) || !isOurs(object, ports)) return [];
  return [...methodSteps(object, request, ports), ...finalizerSteps(object, request)];
}

/** Only of what is new: who takes it off later is not argued with. */
function finalizerSteps({ metadata, spec }: JsonObject, { operation }: AdmissionRequest): readonly PatchStep[] {
  if (operation !== 'CREATE' || !isObject(spec) || !isObject(metadata)) return [];
  const finalizers = isList(metadata.finalizers) ? metadata.finalizers : [];
  // One that is to leave orphans may not have both.
  if (finalizers.includes(SEEN_BY_COLLECTOR) || finalizers.includes('orphan')) return [];
  return [{ op: 'add', path: '/metadata/finalizers', value: [...finalizers, SEEN_BY_COLLECTOR] }];
}

function methodSteps(
  object: JsonObject,
  { oldObject, operation }: AdmissionRequest,
  ports: AdmissionPorts,
): readonly PatchStep[] {
  const { apiVersion, spec } = object;
  if (apiVersion !== `${ports.group}/v2` || !isObject(spec)) return [];
  if (spec.method !== undefined || spec.algorithm !== undefined) return [];
  if (operation === 'UPDATE' && hasSameSpec(object, oldObject)) return [];
  return [{ op: 'add', path: '/spec/method', value: { name: 'auto' } }];
}

/** Of a kind that is ours, and undefined of all others: for labels of metrics, which must be few. */
export function kindOf(object: JsonValue, { algorithms, group }: AdmissionPorts): string | undefined {
  const kind = isObject(object) ? object.kind : undefined;
  return kindSchemas(algorithms, group).find((one) => one.kind === kind)?.kind;
}

/** Whoever deletes is not asked what for; a status is the schema's to judge. */
function isJudged({ operation, subResource }: AdmissionRequest): boolean {
  return operation !== 'DELETE' && operation !== 'CONNECT' && subResource === '';
}

function isOurs(object: JsonValue, ports: AdmissionPorts): boolean {
  return kindOf(object, ports) !== undefined;
}

function judge(object: JsonValue, { algorithms, group }: AdmissionPorts): ReadDetector {
  const options = { algorithms, group, unknownFields: 'drop' } as const;
  const stored = isObject(object) ? inHub(object) : object;
  if (isObject(object) && isObject(stored) && !sameJson(stored.spec, object.spec)) {
    // What stands in v1's annotation is what is stored, and the API server does not look at it again.
    const { problems, ...rest } = readDetector(stored, options);
    const said = problems.map((one) => ({ ...one, message: `${one.message} (as version v2 sees it)` }));
    if (said.length > 0) return { ...rest, problems: said };
  }
  return readDetector(object, options);
}

function hasSameSpec(object: JsonValue, oldObject: JsonValue): boolean {
  if (!isObject(object) || !isObject(oldObject) || object.kind !== oldObject.kind) return false;
  return sameJson(inHub(object).spec, inHub(oldObject).spec);
}

/**
 * Whether the API server will take what `v1` is shown of it. Where it does not, it can list nobody's detectors in `v1`: one object
 * would hide those of all namespaces.
 */
function hasRoomInV1(object: JsonValue, { algorithms, group }: AdmissionPorts): boolean {
  const apiVersion = `${group}/v1`;
  if (!isObject(object)) return true;
  const isServed = kindSchemas(algorithms, group).some((of) => of.kind === object.kind && of.apiVersion === apiVersion);
  if (!isServed) return true;
  const { metadata } = inVersion(inVersion(object, 'v2'), 'v1');
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  const bytes = Object.entries(annotations).map(([key, value]) => {
    return Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  });
  return bytes.reduce((sum, one) => sum + one, 0) <= MOST_ANNOTATION_BYTES;
}

/** As it is stored; as it is where it is in no version. */
function inHub(object: JsonObject): JsonObject {
  return inVersion(object, 'v2');
}

function inVersion(object: JsonObject, version: 'v1' | 'v2'): JsonObject {
  try {
    return convertDetector(object, version);
  } catch {
    return object;
  }
}

function refusal(problems: readonly Problem[]): Verdict {
  return { allowed: false, message: sentenceOf(problems.map(problemText)), warnings: [] };
}

/** As many as there is room for, and how many more there are. */
function sentenceOf(sentences: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const sentence of sentences.map((one) => one.slice(0, MOST_SENTENCE))) {
    bytes += Buffer.byteLength(sentence) + 2;
    if (bytes > MOST_MESSAGE_BYTES) break;
    kept.push(sentence);
  }
  const left = sentences.length - kept.length;
  return [...kept, ...(left === 0 ? [] : [`and ${left} more`])].join('; ');
}
