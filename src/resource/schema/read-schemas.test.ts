import { expect, it } from 'vitest';
import type { JsonValue } from './json-value.ts';
import { schemasIn } from './read-schemas.ts';

const schema = { type: 'object', properties: { spec: { type: 'object' } } };

it('reads the served versions of a definition, by itself and in a list', () => {
  const definition = {
    kind: 'CustomResourceDefinition',
    spec: {
      ...{ group: 'example.org', scope: 'Cluster', names: { kind: 'Thing' } },
      versions: [
        { name: 'v1', served: true, schema: { openAPIV3Schema: schema } },
        { name: 'v0', served: false, schema: { openAPIV3Schema: schema } },
      ],
    },
  };
  const expected = [{ apiVersion: 'example.org/v1', kind: 'Thing', isNamespaced: false, schema }];
  expect(schemasIn(definition)).toEqual(expected);
  expect(schemasIn({ kind: 'List', items: [definition, { kind: 'Pod' }] })).toEqual(expected);
});

it('reads an OpenAPI document, follows what refers, and stops where it goes round', () => {
  const named = { group: 'apps', version: 'v1', kind: 'Thing' };
  const document: JsonValue = {
    paths: { '/apis/apps/v1/namespaces/{namespace}/things': { post: { 'x-kubernetes-group-version-kind': named } } },
    components: {
      schemas: {
        thing: {
          ...{ type: 'object', 'x-kubernetes-group-version-kind': [named] },
          properties: { a: { allOf: [{ $ref: '#/components/schemas/part' }], description: 'An a.', default: {} } },
        },
        part: {
          ...{ type: 'object' },
          properties: { n: { type: 'integer' }, again: { $ref: '#/components/schemas/part' } },
        },
      },
    },
  };
  const [thing, ...more] = schemasIn(document);
  expect(more).toEqual([]);
  expect(thing).toMatchObject({ apiVersion: 'apps/v1', kind: 'Thing', isNamespaced: true });
  expect(thing?.schema.properties?.a).toMatchObject({
    ...{ type: 'object', description: 'An a.', default: {} },
    properties: { n: { type: 'integer' }, again: { 'x-kubernetes-preserve-unknown-fields': true } },
  });
});

it('finds nothing in what describes nothing', () => {
  for (const value of [null, 'x', [], {}, { kind: 'CustomResourceDefinition' }, { components: { schemas: [] } }]) {
    expect(schemasIn(value as JsonValue)).toEqual([]);
  }
});
