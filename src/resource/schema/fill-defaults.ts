// Defaults as the API server fills them in (apiextensions-apiserver, pkg/apiserver/schema/defaulting): a field that is not
// there gets its default, and so does a null where null is no value; a null without a default is taken away.
import { isList, isObject, type JsonObject, type JsonValue } from './json-value.ts';
import { type Schema, schemaUnder } from './schema.ts';

/** `value` with every default of `schema` in it. The value itself does not change. */
export function fillDefaults(value: JsonValue, schema: Schema): JsonValue {
  if (isList(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    return value.map((item) => fillDefaults(isForbiddenNull(item, items) ? (defaultOf(items) ?? null) : item, items));
  }
  return isObject(value) ? fillObject(value, schema) : value;
}

function fillObject(value: JsonObject, schema: Schema): JsonObject {
  const filled: [string, JsonValue][] = [];
  for (const [key, part] of Object.entries(value)) {
    const under = schemaUnder(schema, key);
    if (under === undefined) filled.push([key, part]);
    else if (!isForbiddenNull(part, under)) filled.push([key, fillDefaults(part, under)]);
    else {
      const byDefault = defaultOf(under);
      if (byDefault !== undefined) filled.push([key, fillDefaults(byDefault, under)]);
    }
  }
  for (const [key, under] of Object.entries(schema.properties ?? {})) {
    const byDefault = defaultOf(under);
    if (byDefault !== undefined && !Object.hasOwn(value, key)) filled.push([key, fillDefaults(byDefault, under)]);
  }
  // Entries and not assignments, which a key "__proto__" would lead astray.
  return Object.fromEntries(filled);
}

function isForbiddenNull(value: JsonValue, schema: Schema): boolean {
  return value === null && schema.nullable !== true;
}

function defaultOf(schema: Schema): JsonValue | undefined {
  return schema.default === null ? undefined : (schema.default as JsonValue | undefined);
}
