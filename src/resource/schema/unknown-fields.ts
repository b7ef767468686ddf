// Fields that a schema does not know: the API server takes them away in silence, or refuses the object when it is asked to be
// strict, as kubectl does.

import { type Path, type Problem, unknownName } from '../problem.ts';
import { KNOWN_METADATA } from './check-metadata.ts';
import { isList, isObject, type JsonValue } from './json-value.ts';
import { type Schema, schemaUnder } from './schema.ts';

export interface UnknownField {
  readonly path: Path;
  /** What may stand beside it. */
  readonly known: readonly string[];
}

/** The unknown fields of an object of the resource, each once, the outermost of those within one another. */
export function unknownFields(value: JsonValue, schema: Schema): readonly UnknownField[] {
  return [...unknownOf(value, schema, [], true)];
}

/** As it is told where such a field is refused. */
export function unknownFieldProblem({ path, known }: UnknownField): Problem {
  return { path, atKey: true, message: unknownName('field', String(path.at(-1)), known) };
}

function* unknownOf(value: JsonValue, schema: Schema, path: Path, isRoot: boolean): Generator<UnknownField> {
  if (isList(value)) {
    if (schema.items === undefined) return;
    for (const [index, item] of value.entries()) yield* unknownOf(item, schema.items, [...path, index], false);
    return;
  }
  if (!isObject(value)) return;
  const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  for (const [key, part] of Object.entries(value)) {
    const at = [...path, key];
    const under = schemaUnder(schema, key);
    if (isResource && key === 'metadata') yield* unknownMetadata(part, at);
    else if (isResource && (key === 'apiVersion' || key === 'kind')) continue;
    else if (under !== undefined) yield* unknownOf(part, under, at, false);
    else if (!isOpen) yield { path: at, known: Object.keys(schema.properties ?? {}) };
  }
}

function* unknownMetadata(metadata: JsonValue, path: Path): Generator<UnknownField> {
  if (!isObject(metadata)) return;
  for (const key of Object.keys(metadata)) {
    if (!KNOWN_METADATA.includes(key)) yield { path: [...path, key], known: KNOWN_METADATA };
  }
}
