import { expect, test } from 'vitest';
import type { Schema } from './schema.ts';
import { schemaHas } from './schema-has.ts';

const dated: Schema = { type: 'string', format: 'date' };
const hasFormat = schemaHas(({ format }) => format !== undefined);

test.each<[where: string, schema: Schema, has: boolean]>([
  ['in itself', dated, true],
  ['in a property', { properties: { a: { properties: { b: dated } } } }, true],
  ['in the items of a list', { items: dated }, true],
  ['in the values of a mapping', { additionalProperties: dated }, true],
  ['in one of allOf', { allOf: [{}, dated] }, true],
  ['nowhere', { properties: { a: { items: { type: 'string' } } }, additionalProperties: true }, false],
])('%s', (_, schema, has) => {
  expect(hasFormat(schema)).toBe(has);
});

test('each schema is asked once', () => {
  const asked: Schema[] = [];
  const hasNone = schemaHas((schema) => {
    asked.push(schema);
    return false;
  });
  const inner: Schema = { type: 'string' };
  const outer: Schema = { properties: { a: inner, b: inner } };
  expect([hasNone(outer), hasNone(outer)]).toEqual([false, false]);
  expect(asked).toEqual([outer, inner]);
});
