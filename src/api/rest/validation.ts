// Checks what comes in against the route's schema, and says which field is wrong, what was found and what is expected.
import { z } from 'zod';
import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';

type Part = 'params' | 'query' | 'body';

/** Gives the input as the schema has it. Throws `bad-usage`; of several problems all are told. */
export type Check = (input: unknown) => unknown;

export function createCheck(schema: z.ZodType, part: Part): Check {
  // A filter with a typo would otherwise be ignored in silence, and everything be shown as if it had passed.
  const strict = strictly(schema);
  return (input) => {
    const result = strict.safeParse(part === 'query' ? withoutBlankNumbers(schema, input) : input);
    if (result.success) return result.data;
    const known = knownFields(schema, input);
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, input, known));
    throw new AppError('bad-usage', problems.map((problem) => `${part}: ${problem}`).join('; '));
  };
}

/** The schema that refuses fields it does not know; of alternatives each. */
function strictly(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) return schema.strict();
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const [first, ...others] = optionsOf(schema).map((option) => option.strict());
  return first === undefined ? schema : z.discriminatedUnion(schema.def.discriminator, [first, ...others]);
}

/** The fields there are: of alternatives those of the one that `input` chose. */
function knownFields(schema: z.ZodType, input: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return [];
  const { discriminator } = schema.def;
  const chosen = optionsOf(schema).find((option) => {
    const field: unknown = option.shape[discriminator];
    return field instanceof z.ZodType && field.safeParse(valueAt(input, [discriminator])).success;
  });
  return Object.keys(chosen?.shape ?? {});
}

function optionsOf(schema: z.ZodDiscriminatedUnion): z.ZodObject[] {
  return schema.options.filter((option) => option instanceof z.ZodObject);
}

/** `fromMs=` is a number left out by mistake; taken as a number, it would be 0 and mean 1970. */
function withoutBlankNumbers(schema: z.ZodType, input: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || input === null || typeof input !== 'object') return input;
  const blankNumber = ([name, value]: [string, unknown]) =>
    typeof value === 'string' && value.trim() === '' && isNumber(schema.shape[name]);
  return Object.fromEntries(
    Object.entries(input).map((entry) => (blankNumber(entry) ? [entry[0], Number.NaN] : entry)),
  );
}

function isNumber(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isNumber(schema.unwrap());
  return schema instanceof z.ZodNumber;
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown, known: readonly string[]): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const close = nearest(key, known);
      const names = known.length === 0 ? 'none is known here' : `known: ${known.join(', ')}`;
      return `unknown field "${key.slice(0, 80)}"; ${close === undefined ? names : `did you mean "${close}"?`}`;
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
