import { describe, expect, it } from 'vitest';
import { pathText } from '../problem.ts';
import { checkValue } from './check-value.ts';
import type { JsonValue } from './json-value.ts';
import type { Schema } from './schema.ts';

function told(value: JsonValue, schema: Schema): string[] {
  return checkValue(value, schema, ['spec']).map(({ path, message }) => `${pathText(path)} ${message}`);
}

const NAME: Schema = { type: 'string', minLength: 1, maxLength: 3 };

describe('a good value', () => {
  it.each<[string, JsonValue, Schema]>([
    ['a whole number as a double', 1000, { type: 'integer' }],
    ['a big one', 9223372036854775807n, { type: 'integer' }],
    ['three characters, one of them of two halves', 'a💥b', NAME],
    ['a null where it may be one', null, { type: 'string', nullable: true }],
    ['a whole number or a text', 'x', { 'x-kubernetes-int-or-string': true }],
    ['a bound that is included', 5, { type: 'number', maximum: 5 }],
    ['an object with more than is known', { a: 1, b: 2 }, { type: 'object', properties: { a: { type: 'integer' } } }],
    ['one of two forms', { a: 1 }, { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] }],
    ['a list for a text with a format, as the API server lets it through', ['x'], { type: 'string', format: 'date' }],
    ['a format that nobody knows', 'x', { type: 'string', format: 'colour-of-the-day' }],
    ['a pattern anywhere in the text', 'xay', { type: 'string', pattern: 'a' }],
  ])('%s', (_, value, schema) => {
    expect(told(value, schema)).toEqual([]);
  });
});

describe('a bad one is told with its path, what was expected and what was found', () => {
  it.each<[JsonValue, Schema, string]>([
    ['3', { type: 'integer', minimum: 1, maximum: 5 }, 'spec expected a whole number from 1 to 5, got the text "3"'],
    [1.5, { type: 'integer' }, 'spec expected a whole number, got 1.5'],
    [null, { type: 'boolean' }, 'spec expected true or false, got nothing (null)'],
    [5, { type: 'number', maximum: 5, exclusiveMaximum: true }, 'spec expected a number of less than 5, got 5'],
    [7, { type: 'integer', multipleOf: 2 }, 'spec expected a whole number, a multiple of 2, got 7'],
    ['abcd', NAME, 'spec expected a text of 1 to 3 characters, got the text "abcd"'],
    [
      'upp',
      { type: 'string', enum: ['up', 'down'] },
      'spec expected one of: up, down, got the text "upp"; did you mean "up"?',
    ],
    ['2026-02-30', { type: 'string', format: 'date' }, 'in the format date, got the text "2026-02-30"'],
    [{ a: 'x' }, { type: 'object', additionalProperties: { type: 'integer' } }, 'spec.a expected a whole number'],
    [{}, { type: 'object', required: ['a'], properties: { a: NAME } }, 'spec.a is missing; expected a text of 1 to 3'],
    [[1, 1], { type: 'array', uniqueItems: true, items: { type: 'integer' } }, 'spec expected a list, got a list of 2'],
    [[1, 2, 1], { type: 'array', 'x-kubernetes-list-type': 'set' }, 'spec[2] is there already, as item 0'],
    [
      { a: 1, b: 1 },
      { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      'spec expected one of 2 forms, and it is 2',
    ],
    [
      {},
      { anyOf: [{ required: ['a'] }, { required: ['b', 'c'] }] },
      'none of the 2 forms it may have; nearest: a is missing',
    ],
    ['x', { not: { type: 'string' } }, 'spec is what it must not be: not a text'],
    [1.5, { 'x-kubernetes-int-or-string': true }, 'spec expected a whole number or a text, got 1.5'],
  ])('%j', (value, schema, expected) => {
    expect(told(value, schema)).toEqual([expect.stringContaining(expected)]);
  });

  it('a list that stands for a map holds no key twice, defaults counted', () => {
    const schema: Schema = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
      },
    };
    expect(told([{ port: 1 }, { port: 2 }, { port: 1, protocol: 'UDP' }], schema)).toEqual([]);
    expect(told([{ port: 1 }, { port: 1, protocol: 'TCP' }], schema)).toEqual(['spec[1] is there already, as item 0']);
  });

  it('a pattern that would take a backtracking engine for ever is answered at once', () => {
    const value = `${'a'.repeat(5000)}!`;
    expect(told(value, { type: 'string', pattern: '^(a+)+$' })).toHaveLength(1);
  });

  it('all of them at once', () => {
    const schema: Schema = { type: 'object', required: ['c'], properties: { a: NAME, b: { type: 'boolean' } } };
    expect(told({ a: 1, b: 1 }, schema)).toHaveLength(3);
  });
});
