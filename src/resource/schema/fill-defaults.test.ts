import { expect, it } from 'vitest';
import { fillDefaults } from './fill-defaults.ts';
import type { JsonValue } from './json-value.ts';
import type { Schema } from './schema.ts';

const SCHEMA: Schema = {
  type: 'object',
  properties: {
    a: { type: 'integer', default: 1 },
    b: { type: 'object', properties: { c: { type: 'string', default: 'x' } } },
    d: { type: 'object', default: {}, properties: { e: { type: 'boolean', default: false } } },
    n: { type: 'string', nullable: true, default: 'y' },
    l: { type: 'array', items: { type: 'object', properties: { f: { type: 'integer', default: 0 } } } },
    m: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

it.each<[string, JsonValue, JsonValue]>([
  ['what is not there gets its default, and the defaults within it', {}, { a: 1, d: { e: false }, n: 'y' }],
  ['zero, false and the empty text are there', { a: 0, d: { e: true }, n: '' }, { a: 0, d: { e: true }, n: '' }],
  ['within what is there', { b: {} }, { a: 1, b: { c: 'x' }, d: { e: false }, n: 'y' }],
  ['a null where it is no value is as if it were not there', { a: null, b: null }, { a: 1, d: { e: false }, n: 'y' }],
  ['a null where it is one stays', { n: null }, { a: 1, d: { e: false }, n: null }],
  ['within items', { l: [{}, { f: 2 }] }, { a: 1, d: { e: false }, n: 'y', l: [{ f: 0 }, { f: 2 }] }],
  ['of a map too a null is taken away', { m: { x: null, y: 'z' } }, { a: 1, d: { e: false }, n: 'y', m: { y: 'z' } }],
  ['what is of another type stays as it is', { b: 'text', l: 3 }, { a: 1, b: 'text', d: { e: false }, n: 'y', l: 3 }],
])('%s', (_, value, filled) => {
  const given = structuredClone(value);
  expect(fillDefaults(value, SCHEMA)).toEqual(filled);
  expect(value).toEqual(given);
});

it('a key like a prototype is a key', () => {
  const value = JSON.parse('{"__proto__":{"a":1}}') as JsonValue;
  expect(Object.keys(fillDefaults(value, { type: 'object' }) as object)).toEqual(['__proto__']);
});
