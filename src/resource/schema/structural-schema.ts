// A zod definition → the schema of a CRD. zod gives the types and the JSON schema; what it cannot say stands in `meta` in
// Kubernetes' own words (`x-kubernetes-…`, `maxProperties`) and goes in as it is.
import { z } from 'zod';
import type { Schema, ValidationRule } from './schema.ts';

const KEPT = [
  ...['expected', 'enum', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'nullable'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties', 'anyOf'],
] as const;

/** What may be written where `definition` reads. Defaults of leaves are kept; of mappings they are left to the reader. */
export function structuralSchema(definition: z.ZodType): Schema {
  return structural(z.toJSONSchema(definition, { io: 'input', unrepresentable: 'any' }) as Schema);
}

/** A rule in CEL that a value must meet; `field` is where the API server tells of it. For `meta`. */
export function rule(text: string, message: string, field?: string): ValidationRule {
  return { rule: text, message, ...(field === undefined ? {} : { fieldPath: `.${field}` }) };
}

export function rules(...all: readonly ValidationRule[]) {
  return { 'x-kubernetes-validations': all };
}

/** The schema without what is ours only: as it is published. */
export function published({ expected: _, ...schema }: Schema): Schema {
  const { properties, additionalProperties, items } = schema;
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, published) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: published(additionalProperties) }),
    ...(items && { items: published(items) }),
  };
}

function structural(given: Schema): Schema {
  const isFree = given['x-kubernetes-preserve-unknown-fields'] === true && given.type !== 'object';
  const entries: [string, unknown][] = [];
  const add = (name: string, value: unknown) => {
    if (value !== undefined) entries.push([name, value]);
  };
  add('description', given.description === undefined ? undefined : sentence(given.description));
  add('type', isFree ? undefined : given.type);
  add('default', isMapping(given.default) ? undefined : given.default);
  for (const name of KEPT) add(name, isBoundless(given[name]) ? undefined : given[name]);
  for (const [key, value] of Object.entries(given)) if (key.startsWith('x-kubernetes-')) add(key, value);
  if (isFree) return Object.fromEntries(entries);
  if ((given.required?.length ?? 0) > 0) add('required', given.required);
  if (given.properties !== undefined) add('properties', mapValues(given.properties, structural));
  // False says that no other keys may be there, which Kubernetes takes for granted; `{}` is said by another word.
  if (isMapping(given.additionalProperties) && Object.keys(given.additionalProperties).length > 0) {
    add('additionalProperties', structural(given.additionalProperties as Schema));
  }
  if (given.items !== undefined) add('items', structural(given.items));
  return Object.fromEntries(entries);
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function isMapping(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A bound that only says how far numbers go. */
function isBoundless(bound: unknown): boolean {
  return typeof bound === 'number' && Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
