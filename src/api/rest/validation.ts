// Checks what comes in against the route's schema, and says which field is wrong, what was found and what is expected.
import { z } from 'zod';
import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';

type Part = 'query' | 'body';

/** Gives the input as the schema has it. Throws `bad-usage`; of several problems all are told. */
export type Check = (input: unknown) => unknown;

export function createCheck(schema: z.ZodType, part: Part): Check {
  // A filter with a typo would otherwise be ignored in silence, and everything be shown as if it had passed.
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return (input) => {
    const result = strict.safeParse(input);
    if (result.success) return result.data;
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, input, known));
    throw new AppError('bad-usage', problems.map((problem) => `${part}: ${problem}`).join('; '));
  };
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown, known: readonly string[]): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const close = nearest(key, known);
      return `unknown field "${key}"${close === undefined ? `; known: ${known.join(', ')}` : `; did you mean "${close}"?`}`;
    });
  }
  const path = issue.path.map(String).join('.');
  const found = valueAt(input, issue.path);
  const got = found === undefined ? 'it is missing' : `got ${JSON.stringify(found)?.slice(0, 80)}`;
  const what = issue.message.replace(/^Invalid input: /, '').replace(/, received .*$/, '');
  return [`${path === '' ? '' : `${path}: `}${what}, ${got}`];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let here = input;
  for (const part of path) {
    here = here !== null && typeof here === 'object' ? (here as Record<PropertyKey, unknown>)[part] : undefined;
  }
  return here;
}
