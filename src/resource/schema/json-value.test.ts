import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonValue, jsonText, parseJson, sameJson, sameText, valueAt, withDoubles } from './json-value.ts';

describe('JSON without loss', () => {
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775808', 2 ** 63],
    ['9007199254740991', 9007199254740991],
    ['1e3', 1000],
    ['1.0', 1],
    ['-0', -0],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toBe(value);
  });

  it('writes what it read, big integers digit by digit', () => {
    const text = '{"a":[9007199254740993,{"b":-9007199254740993}],"__proto__":{"c":1},"d":1.5}';
    expect(jsonText(parseJson(text))).toBe(text);
  });

  it('any JSON comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        sameJson(parseJson(jsonText(value as JsonValue)), parseJson(JSON.stringify(value))),
      ),
    );
  });

  it('refuses what is no JSON', () => {
    for (const text of ['', '{', 'undefined', "{'a':1}", '[1,]']) expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});

describe('sameness', () => {
  it.each<[JsonValue, JsonValue, boolean]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [{ a: 1 }, { a: 1, b: null }, false],
    [{}, [], false],
    [null, {}, false],
    [9007199254740993n, 9007199254740993n, true],
  ])('case %#: %s', (one, other, same) => {
    expect(sameJson(one, other)).toBe(same);
    expect(sameText(one) === sameText(other)).toBe(same);
  });
});

it('whole numbers that no double holds become the nearest one, wherever they stand', () => {
  expect(withDoubles({ a: [{ b: 9007199254740993n }], c: [1, '2', null, true] })).toEqual({
    a: [{ b: 9007199254740992 }],
    c: [1, '2', null, true],
  });
});

it('a path leads to what stands there, and nowhere to undefined', () => {
  const value = { a: [{ b: 1 }] };
  expect(valueAt(value, ['a', 0, 'b'])).toBe(1);
  for (const path of [['a', 1], ['a', 'b'], ['constructor'], ['a', 0, 'b', 'c']])
    expect(valueAt(value, path)).toBeUndefined();
});
