// An object against the schema of its kind, as the API server judges its creation with strict field validation (kubectl's
// way): unknown fields, defaults, metadata, conditions, and rules when all else is right.
import { onceFor } from '#kit/once-for.ts';
import type { Problem } from '../problem.ts';
import { checkMetadata, type Named } from './check-metadata.ts';
import { checkRules, type UnjudgedRule } from './check-rules.ts';
import { checkValue } from './check-value.ts';
import { fillDefaults } from './fill-defaults.ts';
import { isObject, type JsonValue, valueAt } from './json-value.ts';
import { without } from './known-part.ts';
import type { Schema } from './schema.ts';
import { unjudgedFormats } from './unjudged-formats.ts';
import { unknownFieldProblem, unknownFields } from './unknown-fields.ts';

export interface KindSchema extends Named {
  readonly schema: Schema;
}

export interface ObjectVerdict {
  /** With every default filled in. */
  readonly value: JsonValue;
  /** In the order of the document. None: the object is good, as far as it was judged. */
  readonly problems: readonly Problem[];
  readonly unjudged: readonly UnjudgedRule[];
}

/** `unknown` says what is done with fields that nobody knows: refused, or taken away in silence. */
export function checkObject(value: JsonValue, of: KindSchema, unknown: 'refuse' | 'drop' = 'refuse'): ObjectVerdict {
  if (!isObject(value)) return { value, problems: checkValue(value, { type: 'object' }), unjudged: [] };
  const strangers = unknownFields(value, of.schema);
  const known = without(
    value,
    strangers.map(({ path }) => path),
  );
  const filled = fillDefaults(known, of.schema);
  const told = unknown === 'refuse' ? strangers.map(unknownFieldProblem) : [];
  const shape = checkValue(filled, withoutMetadata(of.schema)).map((problem) => ofNull(problem, value));
  const problems = [...checkMetadata(value, of), ...told, ...shape];
  // A rule may count on values of the right type.
  const rules = checkRules(
    filled,
    of.schema,
    shape.map(({ path }) => path),
  );
  const unjudged = [...rules.unjudged, ...unjudgedFormats(filled, of.schema)];
  return { value: filled, problems: [...problems, ...rules.problems], unjudged };
}

/** A null was taken away where it is no value; its author sees it standing there. */
function ofNull(problem: Problem, given: JsonValue): Problem {
  if (!problem.message.startsWith('is missing') || valueAt(given, problem.path) !== null) return problem;
  return { ...problem, message: problem.message.replace('is missing', 'is null') };
}

/** What every resource has is judged by rules of its own. */
const withoutMetadata = onceFor((schema: Schema): Schema => {
  const { metadata: _, apiVersion: __, kind: ___, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
});
