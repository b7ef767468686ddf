// `spec.method`: a discriminated union as Kubernetes writes them. `name` says which method, and the field of that name, in
// camel case, holds its own parameters, each with its type, range and default. It follows from the registry of algorithms.
import { z } from 'zod';
import type { ParamValues } from '#detect/contract.ts';
import { methodField } from '#detect/index.ts';
import { type Checkable, checkParameters, parameterFields } from '../parameters.ts';
import { rule, rules } from '../schema/structural-schema.ts';

export type KnownAlgorithms = Readonly<Record<string, Checkable>>;

/** The parameters that are given for the method that is chosen; what the schema of its field vouches for. */
export function parametersGiven(method: { readonly name: string }): ParamValues {
  const field = methodField(method.name);
  const [, given = {}] = Object.entries(method).find(([name]) => name === field) ?? [];
  return given as ParamValues;
}

/** What it is for, for who asks what may be written. */
function purpose({ shines, fails }: Checkable): string {
  return shines === undefined || fails === undefined
    ? ''
    : `. Good for: ${shines} Bad for: ${fails.replace(/\.$/, '')}`;
}

export function methodSchema(algorithms: KnownAlgorithms) {
  const fields = Object.entries(algorithms).map(([name, algorithm]) => [
    methodField(name),
    parameterFields(algorithm)
      .optional()
      .describe(`The parameters of ${name}${purpose(algorithm)}`),
  ]);
  const own = Object.entries(algorithms).flatMap(([name, algorithm]) => {
    const field = methodField(name);
    const message = `expected only where name is ${name}`;
    const stranger = rule(`!has(self.${field}) || self.name == '${name}'`, message, field);
    if (checkParameters({}, algorithm, []).problems.length === 0) return [stranger];
    return [stranger, rule(`self.name != '${name}' || has(self.${field})`, `is missing: ${name} needs it`, field)];
  });
  return z
    .strictObject({
      name: z.enum(Object.keys(algorithms)).describe('The method by which points are scored'),
      ...(Object.fromEntries(fields) as Record<string, z.ZodType>),
    })
    .meta(rules(...own));
}
