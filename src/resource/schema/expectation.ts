// What a right value is, in words made of its schema: `expected a whole number from 1 to 1440`.
import type { Schema } from './schema.ts';

const MOST_NAMES = 24;

export function expectation(schema: Schema): string {
  const { expected, enum: names, nullable } = schema;
  if (expected !== undefined) return expected;
  const kind = names === undefined ? kindOf(schema) : oneOf(names);
  return `expected ${kind}${nullable === true ? ', or null' : ''}`;
}

function oneOf(names: readonly unknown[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => (typeof name === 'string' ? name : JSON.stringify(name)));
  const more = names.length > shown.length ? [`… ${names.length - shown.length} more`] : [];
  return `one of: ${[...shown, ...more].join(', ')}`;
}

function kindOf(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'a whole number or a text';
  switch (schema.type) {
    case 'object':
      return `a mapping${counted(schema.minProperties, schema.maxProperties, 'entries')}`;
    case 'array':
      return `a list${counted(schema.minItems, schema.maxItems, 'items')}`;
    case 'string':
      return textOf(schema);
    case 'integer':
      return `a whole number${bounded(schema)}`;
    case 'number':
      return `a number${bounded(schema)}`;
    case 'boolean':
      return 'true or false';
    default:
      return 'another value';
  }
}

function textOf({ minLength, maxLength, pattern, format }: Schema): string {
  const length = counted(minLength === 0 ? undefined : minLength, maxLength, 'characters');
  const shape = format === undefined ? '' : ` in the format ${format}`;
  return `a text${length}${shape}${pattern === undefined ? '' : ` that matches ${pattern}`}`;
}

function counted(least: number | undefined, most: number | undefined, what: string): string {
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most} ${what}`;
  if (least !== undefined) return ` of at least ${least} ${what}`;
  return most === undefined ? '' : ` of at most ${most} ${what}`;
}

function bounded({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, ...rest }: Schema): string {
  const [least, most] = [inBounds(minimum), inBounds(maximum)];
  const step = multipleOf === undefined ? '' : `, a multiple of ${multipleOf}`;
  if (least !== undefined && most !== undefined && exclusiveMinimum !== true && exclusiveMaximum !== true) {
    return ` from ${least} to ${most}${step}`;
  }
  const low = least === undefined ? [] : [`${exclusiveMinimum === true ? 'more than' : 'at least'} ${least}`];
  const high = most === undefined ? [] : [`${exclusiveMaximum === true ? 'less than' : 'at most'} ${most}`];
  const format = rest.format === undefined ? '' : ` (${rest.format})`;
  return low.length + high.length === 0 ? `${format}${step}` : ` of ${[...low, ...high].join(' and ')}${step}`;
}

/** A bound that only says how far numbers go says nothing. */
function inBounds(bound: number | undefined): number | undefined {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
}
