// `tidewatch explain KIND.FIELD…`: what may be written where, from the very definitions that judge it; as `kubectl explain`,
// without a cluster, and with what is allowed.
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { type Kind, type KindVersion, kindsOf, objectSchema } from '#resource/kinds.ts';
import { unknownName } from '#resource/problem.ts';
import { expectation } from '#resource/schema/expectation.ts';
import { type Schema, valuesOf } from '#resource/schema/schema.ts';

export interface ExplainOptions {
  readonly apiVersion?: string;
  readonly recursive?: boolean;
  readonly group: string;
}

/** The text. Throws `bad-usage` for a kind, a version or a field that there is not, with the nearest name. */
export function explain(path: string, { apiVersion, recursive = false, group }: ExplainOptions): string {
  // Of a list its items are explained: `metrics[]` and `metrics[0]`, as paths are told, are `metrics`.
  const [name = '', ...fields] = path.split('.').map((part) => part.replace(/(?<=.)(\[\d*\])+$/, ''));
  const kind = kindNamed(name);
  const version = versionOf(kind, apiVersion, group);
  const schema = fields.reduce(
    (here, field, index) => {
      return fieldOf(here, field, [name, ...fields.slice(0, index)].join('.'));
    },
    objectSchema(kind, version),
  );
  return [
    `KIND:     ${kind.kind}`,
    `VERSION:  ${group}/${version.name}`,
    ...(fields.length > 0 ? ['', `FIELD:    ${fields.at(-1)} <${typeOf(schema)}>`] : []),
    '',
    ...about(schema),
    ...(hasFields(schema) ? ['FIELDS:', ...lines(inner(schema), recursive, '  ')] : []),
    '',
  ].join('\n');
}

function kindNamed(name: string): Kind {
  const kinds = kindsOf(ALGORITHMS);
  const wanted = name.toLowerCase();
  const found = kinds.find(({ kind, plural, singular, shortNames }) =>
    [kind.toLowerCase(), plural, singular, ...shortNames].includes(wanted),
  );
  if (found !== undefined) return found;
  throw new AppError(
    'bad-usage',
    unknownName(
      'kind',
      name,
      kinds.map(({ singular }) => singular),
    ),
  );
}

function versionOf({ versions, kind }: Kind, apiVersion: string | undefined, group: string): KindVersion {
  const wanted = apiVersion?.replace(`${group}/`, '');
  const found = wanted === undefined ? versions.at(-1) : versions.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw new AppError(
    'bad-usage',
    unknownName(`version of ${kind}`, wanted ?? '', versions.map(({ name }) => name).toReversed()),
  );
}

function fieldOf(schema: Schema, field: string, path: string): Schema {
  const { properties = {} } = inner(schema);
  const found = Object.hasOwn(properties, field) ? properties[field] : undefined;
  if (found !== undefined) return found;
  throw new AppError('bad-usage', `${path}: ${unknownName('field', field, Object.keys(properties))}`);
}

/** Of a list, its items. */
function inner(schema: Schema): Schema {
  return schema.items ?? schema;
}

function hasFields(schema: Schema): boolean {
  return inner(schema).properties !== undefined;
}

function about(schema: Schema): string[] {
  const { description, properties } = schema;
  const rules = (schema['x-kubernetes-validations'] ?? []).map(
    ({ message = '', fieldPath = '' }) => `  ${fieldPath === '' ? '' : `${fieldPath.slice(1)}: `}${message}`,
  );
  return [
    ...(description === undefined ? [] : ['DESCRIPTION:', `  ${description}`, '']),
    ...(properties === undefined ? ['ALLOWED:', `  ${allowed(schema)}`, ''] : []),
    ...(rules.length === 0 ? [] : ['RULES:', ...rules, '']),
  ];
}

function allowed(schema: Schema): string {
  const words = expectation(schema).replace(/^expected /, '');
  const of = schema.items ?? valuesOf(schema);
  const each = of === undefined || of.properties !== undefined ? '' : `; each ${allowed(of)}`;
  return `${words}${each}${defaultOf(schema)}`;
}

function defaultOf(schema: Schema): string {
  return schema.default === undefined || typeof schema.default === 'object'
    ? ''
    : `; default ${String(schema.default)}`;
}

function* lines(schema: Schema, isDeep: boolean, indent: string): Generator<string> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) === true && field.default === undefined;
    yield `${indent}${name} <${typeOf(field)}>${isRequired ? ' -required-' : ''}`;
    if (isDeep) yield* lines(inner(field), isDeep, `${indent}  `);
    else {
      if (field.description !== undefined) yield `${indent}  ${field.description}`;
      if (inner(field).properties === undefined) yield `${indent}  Allowed: ${allowed(field)}`;
      yield '';
    }
  }
}

function typeOf(schema: Schema): string {
  if (schema.items !== undefined) return `[]${typeOf(schema.items)}`;
  const values = valuesOf(schema);
  if (values !== undefined) return `map[string]${typeOf(values)}`;
  return schema.type === 'object' ? 'Object' : (schema.type ?? 'any');
}
