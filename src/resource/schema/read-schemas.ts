// Schemas out of somebody's file: CustomResourceDefinitions, or an OpenAPI document as an API server prints it
// (`kubectl get --raw /openapi/v3/…`, or v2).
import type { KindSchema } from './check-object.ts';
import { isList, isObject, type JsonObject, type JsonValue } from './json-value.ts';
import type { Schema } from './schema.ts';

/** The kinds that a document describes; [] when it describes none. */
export function schemasIn(document: JsonValue): readonly KindSchema[] {
  if (!isObject(document)) return [];
  if (document.kind === 'CustomResourceDefinition') return ofDefinition(document);
  if (isList(document.items)) return document.items.flatMap(schemasIn);
  const components = isObject(document.components) ? document.components.schemas : document.definitions;
  return isObject(components) ? ofOpenApi(components, document) : [];
}

function ofDefinition({ spec }: JsonObject): KindSchema[] {
  if (!isObject(spec) || !isObject(spec.names) || !isList(spec.versions)) return [];
  const { group, scope, names } = spec;
  return spec.versions.flatMap((version): KindSchema[] => {
    if (!isObject(version) || version.served === false || !isObject(version.schema)) return [];
    const schema = version.schema.openAPIV3Schema;
    if (!isObject(schema)) return [];
    return [
      {
        apiVersion: `${String(group)}/${String(version.name)}`,
        kind: String(isObject(names) ? names.kind : ''),
        isNamespaced: scope === 'Namespaced',
        schema: schema as Schema,
      },
    ];
  });
}

/** Of a namespaced kind, an OpenAPI document has paths with a namespace in them. */
function ofOpenApi(components: JsonObject, { paths }: JsonObject): KindSchema[] {
  const inNamespace = new Set<string>();
  for (const [path, item] of Object.entries(isObject(paths) ? paths : {})) {
    if (!path.includes('/namespaces/{namespace}/') || !isObject(item)) continue;
    for (const operation of Object.values(item)) {
      const named = isObject(operation) ? operation['x-kubernetes-group-version-kind'] : undefined;
      if (isObject(named)) inNamespace.add(nameOf(named));
    }
  }
  return Object.values(components).flatMap((component) => {
    const named = isObject(component) ? component['x-kubernetes-group-version-kind'] : undefined;
    if (!isList(named)) return [];
    const schema = resolved(component as Schema, components, []);
    return named.filter(isObject).map((one) => ({
      apiVersion: one.group === '' ? String(one.version) : `${String(one.group)}/${String(one.version)}`,
      kind: String(one.kind),
      isNamespaced: inNamespace.has(nameOf(one)),
      schema,
    }));
  });
}

function nameOf({ group, version, kind }: JsonObject): string {
  return `${String(group)}/${String(version)}/${String(kind)}`;
}

/** With every reference replaced by what it refers to; what refers to itself is not looked into any deeper. */
function resolved(schema: Schema, components: JsonObject, within: readonly string[]): Schema {
  const { $ref, allOf, ...own } = schema;
  const [only, ...more] = allOf ?? [];
  // A field with a description of its own refers by an `allOf` of one.
  const reference = $ref ?? (more.length === 0 ? only?.$ref : undefined);
  if (reference !== undefined) {
    const name = reference.split('/').at(-1) ?? '';
    const target = components[name];
    if (!isObject(target) || within.includes(name)) return { ...own, 'x-kubernetes-preserve-unknown-fields': true };
    return { ...resolved(target as Schema, components, [...within, name]), ...own };
  }
  const inner = (part: Schema) => resolved(part, components, within);
  const { properties, additionalProperties, items } = own;
  return {
    ...own,
    ...(allOf && { allOf: allOf.map(inner) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)])),
    }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: inner(additionalProperties) }),
    ...(items && { items: inner(items) }),
  };
}
