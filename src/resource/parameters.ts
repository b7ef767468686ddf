// An algorithm's own parameters as a schema, from what it declares: v2 has it in the resource itself, and v1, whose parameters
// are a plain map, is checked against it by us.
import { z } from 'zod';
import type { Algorithm, Param, ParamValues } from '#detect/contract.ts';
import { onceFor } from '#kit/once-for.ts';
import { type Path, type Problem, unknownName } from './problem.ts';
import { checkRules } from './schema/check-rules.ts';
import { checkValue } from './schema/check-value.ts';
import { fillDefaults } from './schema/fill-defaults.ts';
import type { JsonObject } from './schema/json-value.ts';
import { rule, rules, structuralSchema } from './schema/structural-schema.ts';

/** As much of an algorithm as is needed to check what is written for it, and to say what it is for. */
export type Checkable = Pick<Algorithm, 'params' | 'rules'> & Partial<Pick<Algorithm, 'shines' | 'fails'>>;

/** As a field of a resource. */
export function parameterFields({ params, rules: own = [] }: Checkable) {
  const fields = Object.entries(params).map(([name, param]) => [name, parameterField(param)]);
  return z
    .strictObject(Object.fromEntries(fields) as Record<string, z.ZodType>)
    .meta(own.length > 0 ? rules(...own.map((one) => rule(one.rule, one.message))) : {});
}

function parameterField(param: Param): z.ZodType {
  const { summary } = param;
  switch (param.kind) {
    case 'boolean':
      return z.boolean().default(param.default).describe(summary);
    case 'choice':
      return z.enum(param.choices).default(param.default).describe(summary);
    case 'text':
      return z
        .string()
        .max(param.maxLength)
        .regex(new RegExp(`^${param.pattern}$`))
        .meta({ expected: `expected ${param.expected}` })
        .optional()
        .describe(summary);
    case 'number': {
      const { integer, min = -Number.MAX_VALUE, max = Number.MAX_VALUE, unit } = param;
      const plain = (integer === true ? z.number().int() : z.number()).min(min).max(max);
      const field = unit === undefined ? plain : plain.meta({ expected: `${expectation(param)} (${unit})` });
      const told = unit === undefined ? summary : `${summary.replace(/\.$/, '')}, in ${unit}`;
      if (param.default !== undefined) return field.default(param.default).describe(told);
      return (param.optional === true ? field.optional() : field).describe(told);
    }
  }
}

function expectation({ integer, min, max }: Extract<Param, { kind: 'number' }>): string {
  const kind = integer === true ? 'a whole number' : 'a number';
  if (min !== undefined && max !== undefined) return `expected ${kind} from ${min} to ${max}`;
  if (min !== undefined) return `expected ${kind} of at least ${min}`;
  return max === undefined ? `expected ${kind}` : `expected ${kind} of at most ${max}`;
}

const schemaOf = onceFor((algorithm: Checkable) => structuralSchema(parameterFields(algorithm)));

/** The values with every default filled in, and what is wrong with them; `at` is where they stand in the resource. */
export function checkParameters(
  given: ParamValues,
  algorithm: Checkable,
  at: Path,
): { readonly values: ParamValues; readonly problems: readonly Problem[] } {
  const schema = schemaOf(algorithm);
  const names = Object.keys(algorithm.params);
  const unknown = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({ path: [...at, name], atKey: true, message: unknownName('parameter', name, names) }));
  const known = Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
  const values = fillDefaults(known, schema) as JsonObject & ParamValues;
  const shape = checkValue(values, schema, at);
  const problems = [...unknown, ...shape];
  if (problems.length > 0) return { values, problems };
  const broken = checkRules(values, schema).problems.map((problem) => ({ ...problem, path: [...at, ...problem.path] }));
  return { values, problems: [...broken, ...textProblems(values, algorithm, at)] };
}

function textProblems(values: ParamValues, { params }: Checkable, at: Path): Problem[] {
  return Object.entries(params).flatMap(([name, param]) => {
    const value = values[name];
    const message = param.kind === 'text' && typeof value === 'string' ? param.problem(value) : undefined;
    return message === undefined ? [] : [{ path: [...at, name], message }];
  });
}
