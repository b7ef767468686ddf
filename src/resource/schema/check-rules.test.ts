import { describe, expect, it } from 'vitest';
import { pathText } from '../problem.ts';
import { checkRules } from './check-rules.ts';
import type { JsonValue } from './json-value.ts';
import type { Schema, ValidationRule } from './schema.ts';

function object(properties: Record<string, Schema>, ...rules: ValidationRule[]): Schema {
  return { type: 'object', properties, 'x-kubernetes-validations': rules };
}

function told(value: JsonValue, schema: Schema): string[] {
  const { problems, unjudged } = checkRules(value, schema);
  return [
    ...problems.map(({ path, message }) => `${pathText(path)}: ${message}`),
    ...unjudged.map(({ path, why }) => `${pathText(path)} not judged: ${why}`),
  ];
}

const INTEGER: Schema = { type: 'integer' };
const TEXT: Schema = { type: 'string' };

describe('rules', () => {
  const range = object(
    { min: INTEGER, max: INTEGER },
    { rule: 'self.min < self.max', message: 'no', fieldPath: '.max' },
  );

  it('are told where they say, with what was found there', () => {
    expect(told({ min: 1, max: 2 }, range)).toEqual([]);
    expect(told({ min: 2, max: 1 }, range)).toEqual(['max: no, got 1']);
    expect(told({ a: { min: 2, max: 1 } }, object({ a: range }))).toEqual(['a.max: no, got 1']);
  });

  it('that fail for want of a field refuse, as the API server does', () => {
    expect(told({ min: 1 }, range)[0]).toMatch(/^max: no \(field not found: max\)/);
  });

  it('see whole numbers beyond what a double holds', () => {
    const same = object({ a: INTEGER, b: INTEGER }, { rule: 'self.a == self.b', message: 'differ' });
    expect(told({ a: 9007199254740993n, b: 9007199254740992n }, same)).toEqual([': differ']);
  });

  it('are asked of items and of the values of maps', () => {
    const short: Schema = { ...TEXT, 'x-kubernetes-validations': [{ rule: 'size(self) < 3' }] };
    const schema = object({ l: { type: 'array', items: short }, m: { type: 'object', additionalProperties: short } });
    expect(told({ l: ['ab', 'abc'], m: { x: 'abcd' } }, schema)).toEqual([
      'l[1]: failed rule: size(self) < 3',
      'm.x: failed rule: size(self) < 3',
    ]);
  });

  it('name fields as CEL can: a-b, namespace, a.b', () => {
    const schema = object(
      { 'a-b': INTEGER, namespace: TEXT, 'a.b': TEXT },
      { rule: "self.a__dash__b == 1 && self.__namespace__ == 'x' && self.a__dot__b == 'y'", message: 'no' },
    );
    expect(told({ 'a-b': 1, namespace: 'x', 'a.b': 'y' }, schema)).toEqual([]);
  });

  it('see the name of a whole object', () => {
    const schema = object({ metadata: { type: 'object' } }, { rule: "self.metadata.name == 'a'", message: 'no' });
    expect(told({ metadata: { name: 'a' } }, schema)).toEqual([]);
    expect(told({ metadata: { name: 'b' } }, schema)).toEqual([': no']);
  });

  it('may make their message of the value', () => {
    const schema = object({ a: INTEGER }, { rule: 'self.a < 5', messageExpression: "'a is ' + string(self.a)" });
    expect(told({ a: 7 }, schema)).toEqual([': a is 7']);
  });

  it('about a change are not asked where there is none', () => {
    expect(told({ a: 1 }, object({ a: INTEGER }, { rule: 'self.a == oldSelf.a' }))).toEqual([]);
  });

  it('see times and durations where texts have such a format', () => {
    const schema = object(
      { at: { ...TEXT, format: 'date-time' }, for: { ...TEXT, format: 'duration' } },
      { rule: "self.at > timestamp('2026-01-01T00:00:00Z') && self.__for__ == duration('90s')", message: 'no' },
    );
    expect(told({ at: '2026-06-01T00:00:00Z', for: '1m30s' }, schema)).toEqual([]);
  });

  it.each([
    ["quantity(self.a).isGreaterThan(quantity('1Gi'))", 'is not known here'],
    ['true || isIP(self.a)', 'the function isIP is not known here'],
    ["self.?a.orValue('x') == 'x'", 'cannot be read'],
  ])('that use what is not known here never pass in silence: %s', (rule, why) => {
    expect(told({ a: 'x' }, object({ a: TEXT }, { rule }))).toEqual([expect.stringContaining(why)]);
  });

  it('are not asked about what does not fit its schema', () => {
    const schema = object({ a: range, b: range });
    const { problems } = checkRules({ a: { min: 'x', max: 1 }, b: { min: 2, max: 1 } }, schema, [['a', 'min']]);
    expect(problems.map(({ path }) => pathText(path))).toEqual(['b.max']);
  });
});
