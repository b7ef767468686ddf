// v1 ↔ v2, without loss either way. v1's words are v2's too, so that most objects differ in nothing but their version. What
// v1 cannot say it carries in one annotation: the spec of v2, beside what v1 was shown of it. Who then writes the object back
// in v1 has changed what differs from what was shown, and nothing else.

import { methodField } from '#detect/index.ts';
import type { VersionName } from '../kinds.ts';
import { isObject, type JsonObject, type JsonValue, jsonText, parseJson, sameJson } from '../schema/json-value.ts';
import { GUARDS_OF_V2 } from './guards.ts';

/** The annotation's name; before it stands the group. */
const NOTE = 'v2-spec';
/** v1 requires a selector. This one matches no pod, and says where to look. */
const NO_SELECTOR = { 'tidewatch.io/selector': 'see-version-v2' };

/** The words of v1 that v2 says in another way when these are there. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  selector: ['targets'],
  metricName: ['metrics'],
  algorithm: ['method'],
  parameters: ['method'],
};
const V1_FIELDS = ['selector', 'metricName', 'algorithm', 'threshold', 'guards', 'parameters'];

/** The object in another version of its group. Throws a sentence when it is no object of the resource. */
export function convertDetector(object: JsonObject, to: VersionName): JsonObject {
  const { apiVersion, spec } = object;
  const [group = '', from] = typeof apiVersion === 'string' ? apiVersion.split('/') : [];
  if (from !== 'v1' && from !== 'v2') throw new Error(`expected version v1 or v2, got ${String(apiVersion)}`);
  if (from === to) return object;
  const moved = { ...object, apiVersion: `${group}/${to}` };
  // Nothing that any version can say is in it: it is as it was.
  if (!isObject(spec)) return moved;
  const key = `${group}/${NOTE}`;
  return to === 'v2' ? toV2(moved, spec, key) : toV1(moved, spec, key);
}

interface Note {
  /** Of v2. */
  readonly spec: JsonObject;
  /** What v1 was shown. */
  readonly shown: JsonObject;
  /** The annotations had been absent, or held something under this very name. */
  readonly bare?: true;
  readonly before?: JsonValue;
}

function toV1(object: JsonObject, spec: JsonObject, key: string): JsonObject {
  const shown = shownInV1(spec);
  if (sameJson(shown, spec) && readNote(annotationOf(object, key)) === undefined) return { ...object, spec: shown };
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : undefined;
  const before = annotations?.[key];
  const note = {
    ...{ spec, shown },
    ...(annotations === undefined && { bare: true }),
    ...(before !== undefined && { before }),
  };
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [key]: jsonText(note) } }, spec: shown };
}

function toV2(object: JsonObject, spec: JsonObject, key: string): JsonObject {
  const note = readNote(annotationOf(object, key));
  if (note === undefined) return { ...object, spec };
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { [key]: _, ...rest } = isObject(metadata.annotations) ? metadata.annotations : {};
  const annotations = note.before === undefined ? rest : { ...rest, [key]: note.before };
  const { annotations: __, ...bare } = metadata;
  const isBare = note.bare === true && Object.keys(annotations).length === 0;
  return {
    ...object,
    metadata: isBare ? bare : { ...metadata, annotations },
    spec: sameJson(note.shown, spec) ? note.spec : merged(note, spec),
  };
}

/** What v1 shows of a spec of v2. */
function shownInV1(spec: JsonObject): JsonObject {
  const { targets, metrics, method } = spec;
  const shown: Record<string, JsonValue> = {};
  for (const field of V1_FIELDS) {
    const value = spec[field];
    if (value !== undefined) shown[field] = field === 'guards' ? guardsOfV1(value) : value;
  }
  shown.selector ??= isObject(targets) && isObject(targets.matchLabels) ? targets.matchLabels : NO_SELECTOR;
  const [first] = Array.isArray(metrics) ? (metrics as readonly JsonValue[]) : [];
  shown.metricName ??= isObject(first) && typeof first.name === 'string' ? first.name : 'none';
  const name = isObject(method) && typeof method.name === 'string' ? method.name : 'auto';
  const own = isObject(method) ? method[methodField(name)] : undefined;
  if (shown.algorithm === undefined && isObject(own)) shown.parameters ??= own;
  shown.algorithm ??= name;
  return shown;
}

function guardsOfV1(guards: JsonValue): JsonValue {
  if (!isObject(guards)) return guards;
  return Object.fromEntries(Object.entries(guards).filter(([name]) => !GUARDS_OF_V2.includes(name)));
}

/** Those that v1 wrote, beside those that it cannot say. */
function guardsBeside(before: JsonValue | undefined, now: JsonValue | undefined): JsonValue | undefined {
  const kept = isObject(before) ? Object.entries(before).filter(([name]) => GUARDS_OF_V2.includes(name)) : [];
  if (kept.length === 0 || (now !== undefined && !isObject(now))) return now;
  return { ...now, ...Object.fromEntries(kept) };
}

/** The spec of v2 with what was changed in v1 since it was shown. */
function merged({ spec, shown }: Note, now: JsonObject): JsonObject {
  const next: Record<string, JsonValue> = { ...spec };
  const changed = V1_FIELDS.filter((field) => !sameJson(now[field], shown[field]));
  for (const field of changed) {
    for (const other of INSTEAD[field] ?? []) delete next[other];
    const value = now[field];
    const own = field === 'guards' ? guardsBeside(spec.guards, value) : value;
    if (own === undefined) delete next[field];
    else next[field] = own;
  }
  // Parameters belong to an algorithm: they come along when one of the two changed.
  if (changed.includes('algorithm') || changed.includes('parameters')) {
    for (const field of ['algorithm', 'parameters']) {
      const value = now[field];
      if (value !== undefined) next[field] = value;
    }
  }
  return next;
}

function annotationOf({ metadata }: JsonObject, key: string): JsonValue | undefined {
  return isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations[key] : undefined;
}

/** Undefined for what we did not write: then it is an annotation like any other. */
function readNote(text: JsonValue | undefined): Note | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const note = parseJson(text);
    if (!isObject(note) || !isObject(note.spec) || !isObject(note.shown)) return undefined;
    return sameJson(shownInV1(note.spec), note.shown) ? (note as unknown as Note) : undefined;
  } catch {
    return undefined;
  }
}
