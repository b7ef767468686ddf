// zod's issues → problems in our words: what is missing, which key is unknown and what it was probably meant to be,
// what was found where something else was expected. The schemas carry the expectation as their error message.
import { z } from 'zod';
import { type Path, type Problem, shown, unknownName } from './problem.ts';

/** Every problem that `error` holds about `value`, which `schema` refused. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, value: unknown): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          path: [...path, key],
          atKey: true,
          message: unknownName('key', key, knownKeys(schema, path)),
        }));
      case 'invalid_key':
        return [{ path, atKey: true, message: issue.issues[0]?.message ?? issue.message }];
      default:
        return [{ path, message: told(issue.message, valueAt(value, path)) }];
    }
  });
}

function told(expectation: string, found: unknown): string {
  return found === undefined ? `is missing; ${expectation}` : `${expectation}, got ${shown(found)}`;
}

/** What `path` leads to in plain data; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

/** The keys of the object that `path` leads to in the schema; [] where it is no object. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let here: unknown = unwrap(schema);
  for (const part of path) {
    here = here instanceof z.ZodObject ? unwrap(here.shape[part]) : undefined;
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** The schema below its defaults and optionals. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap());
  }
  return schema;
}
