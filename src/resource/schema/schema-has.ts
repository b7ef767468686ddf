// Whether something stands anywhere in a schema: nearly all have none of what is asked for, and then no value is looked at.
import { onceFor } from '#kit/once-for.ts';
import { type Schema, valuesOf } from './schema.ts';

/** Asks `isIt` of the schema and of every schema within it, once for each. */
export function schemaHas(isIt: (schema: Schema) => boolean): (schema: Schema) => boolean {
  const has: (schema: Schema) => boolean = onceFor((schema: Schema) => {
    const { properties = {}, items, allOf = [] } = schema;
    const parts = [...Object.values(properties), valuesOf(schema), items, ...allOf];
    return isIt(schema) || parts.some((part) => part !== undefined && has(part));
  });
  return has;
}
