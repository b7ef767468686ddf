// Texts of a format that Kubernetes judges and we do not: nobody can say here whether it takes them, which must not pass in
// silence.
import type { Path } from '../problem.ts';
import type { UnjudgedRule } from './check-rules.ts';
import { isUnjudged } from './formats.ts';
import { isList, isObject, type JsonValue } from './json-value.ts';
import { type Schema, schemaUnder } from './schema.ts';
import { schemaHas } from './schema-has.ts';

/** Each such text of the value, where it stands. */
export function* unjudgedFormats(value: JsonValue, schema: Schema, path: Path = []): Generator<UnjudgedRule> {
  if (!hasUnjudged(schema)) return;
  const { format, items, allOf = [] } = schema;
  if (typeof value === 'string' && format !== undefined && isUnjudged(format)) {
    yield { path, rule: `format ${format}`, why: 'it is not known here' };
  }
  for (const branch of allOf) yield* unjudgedFormats(value, branch, path);
  if (isList(value) && items !== undefined) {
    for (const [index, item] of value.entries()) yield* unjudgedFormats(item, items, [...path, index]);
  } else if (isObject(value)) {
    for (const [key, part] of Object.entries(value)) {
      const under = schemaUnder(schema, key);
      if (under !== undefined) yield* unjudgedFormats(part, under, [...path, key]);
    }
  }
}

const hasUnjudged = schemaHas(({ format }) => format !== undefined && isUnjudged(format));
