// A zod definition → the dialect of JSON schema that Kubernetes takes in a CRD ("structural"): no unions, no
// `additionalProperties: false`, no numbers at the end of the double range. What a schema's `meta` says in Kubernetes'
// words (`x-kubernetes-…`, `maxProperties`) goes in as it is.
import { z } from 'zod';

export interface StructuralSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

const KEPT = [
  ...['enum', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
];

/** What may be written where `schema` reads. Defaults of leaves are kept; of mappings they are left to the reader. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return structural(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function structural(node: unknown): StructuralSchema {
  const given = node as StructuralSchema;
  const isFree = given['x-kubernetes-preserve-unknown-fields'] === true;
  const entries: [string, unknown][] = [];
  const add = (name: string, value: unknown) => {
    if (value !== undefined) entries.push([name, value]);
  };
  add('description', given.description === undefined ? undefined : sentence(given.description));
  add('type', isFree ? undefined : given.type);
  add('default', isMapping(given.default) ? undefined : given.default);
  for (const name of KEPT) add(name, isBoundless(given[name]) ? undefined : given[name]);
  for (const name of Object.keys(given).filter((key) => key.startsWith('x-kubernetes-'))) add(name, given[name]);
  if (isFree) return Object.fromEntries(entries);
  if ((given.required?.length ?? 0) > 0) add('required', given.required);
  if (given.properties !== undefined) add('properties', mapValues(given.properties, structural));
  // False says that no other keys may be there, which Kubernetes takes for granted.
  if (isMapping(given.additionalProperties)) add('additionalProperties', structural(given.additionalProperties));
  if (given.items !== undefined) add('items', structural(given.items));
  return Object.fromEntries(entries);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
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
