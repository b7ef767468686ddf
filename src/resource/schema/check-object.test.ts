import { describe, expect, it } from 'vitest';
import { pathText } from '../problem.ts';
import { checkObject, type KindSchema } from './check-object.ts';
import type { JsonValue } from './json-value.ts';

const OF: KindSchema = {
  ...{ apiVersion: 'example.org/v1', kind: 'Thing', isNamespaced: true },
  schema: {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer', default: 3 },
          open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
        },
      },
    },
  },
};

function thing(change: object = {}, metadata: object = {}): JsonValue {
  const own = { name: 'a', ...metadata };
  const whole = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: own, spec: {}, ...change };
  // JSON has no undefined.
  return JSON.parse(JSON.stringify(whole)) as JsonValue;
}

function told(value: JsonValue): string[] {
  return checkObject(value, OF).problems.map(({ path, message }) => `${pathText(path)}: ${message}`);
}

it('a good object gets its defaults', () => {
  expect(checkObject(thing(), OF)).toMatchObject({ value: { spec: { size: 3 } }, problems: [], unjudged: [] });
});

describe('unknown fields', () => {
  it('are told with the nearest name, at any depth, the outermost only', () => {
    const spec = { sise: 1, list: [{ a: 'x' }, { b: { c: 1 } }], open: { anything: { at: 'all' } } };
    expect(told(thing({ spec, extra: 1 }))).toEqual([
      'spec.sise: unknown field "sise"; did you mean "size"?',
      expect.stringContaining('spec.list[1].b: unknown field "b"'),
      expect.stringContaining('extra: unknown field "extra"'),
    ]);
  });

  it('of metadata are none of its own', () => {
    expect(told(thing({}, { lables: {} }))).toEqual([expect.stringContaining('did you mean "labels"?')]);
  });

  it('can be dropped in silence, for what may come of a newer version', () => {
    const { value, problems } = checkObject(thing({ spec: { size: 1, newer: 1, list: [{ b: 1 }] } }), OF, 'drop');
    expect(problems).toEqual([]);
    expect(value).toMatchObject({ spec: { size: 1, list: [{}] } });
    expect(JSON.stringify(value)).not.toContain('newer');
  });
});

describe('what every object has', () => {
  it.each<[string, JsonValue, string]>([
    ['another kind', thing({ kind: 'Other' }), 'kind: expected Thing, got the text "Other"'],
    ['no kind', thing({ kind: undefined }), 'kind: is missing; expected Thing'],
    ['no metadata', thing({ metadata: null }), 'metadata: expected a mapping'],
    ['no name', thing({}, { name: '' }), 'metadata.name: expected lower-case letters'],
    ['a name of capitals', thing({}, { name: 'A' }), 'metadata.name: expected lower-case letters'],
    ['a namespace with a dot', thing({}, { namespace: 'a.b' }), 'metadata.namespace: expected lower-case letters'],
    ['a label that is no text', thing({}, { labels: { a: 1 } }), 'metadata.labels.a: expected a text, got 1'],
    ['a label with a bad value', thing({}, { labels: { a: 'x y' } }), 'metadata.labels.a: expected at most 63'],
    ['a label with a bad name', thing({}, { labels: { 'a b': 'x' } }), 'metadata.labels["a b"]: expected a name'],
    [
      'annotations without end',
      thing({}, { annotations: { a: 'x'.repeat(300_000) } }),
      'metadata.annotations: expected at most 256 KiB',
    ],
    ['no spec', thing({ spec: undefined }), 'spec: is missing; expected a mapping'],
    ['a spec that is null', thing({ spec: null }), 'spec: is null; expected a mapping'],
    ['a text', 'text', ': expected a mapping, got the text "text"'],
    ['a list', [], ': expected a mapping, got an empty list'],
    ['nothing', null, ': expected a mapping, got nothing (null)'],
  ])('%s is told', (_, value, expected) => {
    expect(told(value)).toEqual([expect.stringContaining(expected)]);
  });

  it('may have a name that is made for it, and what only the API server writes', () => {
    expect(told(thing({}, { name: undefined, generateName: 'a-' }))).toEqual([]);
    expect(told(thing({}, { uid: 'x', generation: 1, creationTimestamp: null, managedFields: [{}] }))).toEqual([]);
  });
});
