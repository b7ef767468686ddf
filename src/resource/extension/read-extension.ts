// `spec.extension` by its own type, when it is used: raw JSON → a typed value, or what is wrong with it. Whatever it is, the
// detector does not suffer from it.
import { nearest } from '#kit/nearest.ts';
import { onceFor } from '#kit/once-for.ts';
import { type Problem, shown, unknownName } from '../problem.ts';
import { checkRules } from '../schema/check-rules.ts';
import { checkValue } from '../schema/check-value.ts';
import { fillDefaults } from '../schema/fill-defaults.ts';
import { isObject, type JsonObject, type JsonValue, jsonText, parseJson } from '../schema/json-value.ts';
import { without } from '../schema/known-part.ts';
import type { Schema } from '../schema/schema.ts';
import { structuralSchema } from '../schema/structural-schema.ts';
import { unknownFieldProblem, unknownFields } from '../schema/unknown-fields.ts';
import type { ExtensionType } from './contract.ts';
import { EXTENSIONS, type Extension } from './index.ts';

export type ReadExtension =
  | ({ readonly kind: 'read' } & Extension)
  /** Of somebody else, who will check it; `problem` where it is nearly one of ours, or ought to be. */
  | { readonly kind: 'unknown-type'; readonly type: string; readonly problem?: Problem }
  /** Paths begin with `spec.extension`. */
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] };

const AT = ['spec', 'extension'] as const;
const OURS = /(^|\.)tidewatch\.io\//;

/** As JSON, every digit and every field in its order; '' where it is nested so deeply that it cannot be written. */
export function rawExtension(value: JsonValue): string {
  try {
    return jsonText(value);
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

/** `raw` is the field's JSON, as `Detector.extension` has it. Never throws, whatever it is. */
export function readExtension(raw: string): ReadExtension {
  if (raw === '') return bad([{ path: AT, message: 'is nested too deeply to be read' }]);
  try {
    return readValue(parseJson(raw));
  } catch (error) {
    // No JSON, or too deep for the stack.
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'bad', problems: [{ path: AT, message: `cannot be read: ${why}` }] };
  }
}

/** What the author should be told of it; [] when nothing. */
export function extensionProblems(read: ReadExtension): readonly Problem[] {
  if (read.kind === 'bad') return read.problems;
  return read.kind === 'unknown-type' && read.problem !== undefined ? [read.problem] : [];
}

function readValue(value: JsonValue): ReadExtension {
  if (!isObject(value)) return bad([{ path: AT, message: `expected a mapping, got ${shown(value)}` }]);
  const { apiVersion } = value;
  const path = [...AT, 'apiVersion'];
  if (typeof apiVersion !== 'string') return bad([{ path, message: 'is missing; expected the name of a type' }]);
  const known: readonly string[] = Object.keys(EXTENSIONS);
  const type = Object.hasOwn(EXTENSIONS, apiVersion) ? EXTENSIONS[apiVersion as Extension['type']] : undefined;
  if (type === undefined) {
    const isMeant = OURS.test(apiVersion) || nearest(apiVersion, known) !== undefined;
    const problem = { path, message: unknownName('type', apiVersion, known) };
    return { kind: 'unknown-type', type: apiVersion, ...(isMeant && { problem }) };
  }
  const { checked, problems } = check(value, type);
  if (problems.length > 0) return bad(problems);
  const typed = type.definition.safeParse(checked);
  // The schema has let it in: zod only gives it its type.
  if (!typed.success) return bad([{ path: AT, message: typed.error.issues[0]?.message ?? 'cannot be read' }]);
  return { kind: 'read', type: apiVersion, value: typed.data } as ReadExtension;
}

function bad(problems: readonly Problem[]): ReadExtension {
  return { kind: 'bad', problems };
}

/** As any field of ours is judged. */
function check(value: JsonObject, type: ExtensionType) {
  // Within the object, so that a field called `metadata` is not taken for the object's own.
  const schema: Schema = { properties: { spec: { properties: { extension: schemaOf(type) } } } };
  const whole = { spec: { extension: value } };
  const strangers = unknownFields(whole, schema);
  const known = without(
    whole,
    strangers.map(({ path }) => path),
  );
  const filled = fillDefaults(known, schema);
  const unknown = strangers.map(unknownFieldProblem);
  const shape = checkValue(filled, schema);
  const broken = shape.map(({ path }) => path);
  const checked = isObject(filled) && isObject(filled.spec) ? filled.spec.extension : undefined;
  return { checked, problems: [...unknown, ...shape, ...checkRules(filled, schema, broken).problems] };
}

export const schemaOf = onceFor(({ definition }: ExtensionType) => structuralSchema(definition));
