import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathText } from '../problem.ts';
import { expectation } from '../schema/expectation.ts';
import type { JsonValue } from '../schema/json-value.ts';
import { EXTENSIONS } from './index.ts';
import { extensionProblems, rawExtension, readExtension, schemaOf } from './read-extension.ts';

const TYPE = 'runbook.tidewatch.io/v1';
const GOOD = {
  ...{ apiVersion: TYPE, url: 'https://wiki.example.org/cart?a=b#top', notes: 'Look at the\ndatabase first.' },
  ...{ owner: 'team-cart', escalation: ['team-db', 'on-call@example.org'] },
};

function told(extension: unknown): string[] {
  const read = readExtension(typeof extension === 'string' ? extension : JSON.stringify(extension));
  return extensionProblems(read).map(({ path, message }) => `${pathText(path)}: ${message}`);
}

describe('an extension', () => {
  it('of a known type gets that type', () => {
    expect(readExtension(JSON.stringify(GOOD))).toEqual({ kind: 'read', type: TYPE, value: GOOD });
  });

  it.each<[what: string, change: object, problem: RegExp]>([
    [
      'a field that nobody knows',
      { ownr: 'x' },
      /^spec\.extension\.ownr: unknown field "ownr"; did you mean "owner"\?/,
    ],
    ['a field that every resource has', { metadata: {} }, /^spec\.extension\.metadata: unknown field/],
    [
      'another protocol',
      { url: 'http://x.org' },
      /^spec\.extension\.url: expected an address that begins with https:\/\/.*, got/,
    ],
    ['a script', { url: 'javascript:alert(1)' }, /^spec\.extension\.url: expected/],
    ['a password', { url: 'https://me:secret@x.org/' }, /^spec\.extension\.url: expected/],
    ['letters that look like others', { url: 'https://ехample.org/' }, /^spec\.extension\.url: expected/],
    ['a quote', { url: 'https://x.org/"onclick="' }, /^spec\.extension\.url: expected/],
    [
      'too long a note',
      { notes: 'x'.repeat(4097) },
      /^spec\.extension\.notes: expected a text of 1 to 4096 characters/,
    ],
    [
      'an owner of two lines',
      { owner: 'a\nb' },
      /^spec\.extension\.owner: expected a text of 1 to 253 characters in one line/,
    ],
    ['nobody to ask', { escalation: [] }, /^spec\.extension\.escalation: expected a list of 1 to 8 items/],
    ['a number for a name', { escalation: [7] }, /^spec\.extension\.escalation\[0\]: expected/],
  ])('with %s is bad, and says where and what was expected', (_, change, problem) => {
    expect(told({ ...GOOD, ...change })).toEqual([expect.stringMatching(problem)]);
  });

  it('that says nothing is bad', () => {
    expect(told({ apiVersion: TYPE })).toEqual([
      'spec.extension: expected at least one of url, notes, owner and escalation',
    ]);
  });

  it('of a stranger is nobody’s business', () => {
    expect(readExtension('{"apiVersion":"acme.example/v7","any":[1]}')).toEqual({
      ...{ kind: 'unknown-type', type: 'acme.example/v7' },
    });
  });

  it.each([
    ['runbook.tidewatch.io/v2', 'did you mean "runbook.tidewatch.io/v1"?'],
    ['runbok.tidewatch.io/v1', 'did you mean "runbook.tidewatch.io/v1"?'],
    ['thresholds-of-seasons.tidewatch.io/v1', 'known: runbook.tidewatch.io/v1'],
    ['__proto__', undefined],
    ['constructor', undefined],
  ])('of type %s is told where it ought to be ours', (apiVersion, hint) => {
    const expected = hint && `spec.extension.apiVersion: unknown type ${JSON.stringify(apiVersion)}; ${hint}`;
    expect(told({ apiVersion })).toEqual(expected === undefined ? [] : [expected]);
  });

  it.each(['', '{', 'null', '[]', '"x"', '7', '{"apiVersion":7}', '[['.repeat(50_000), '{"a":'.repeat(50_000)])(
    'that is none is told (%#)',
    (raw) => {
      expect(told(raw)).toEqual([expect.stringMatching(/^spec\.extension(\.apiVersion)?: /)]);
    },
  );

  it('that is too deep to be written is told', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(told(rawExtension({ apiVersion: TYPE, deep }))).toEqual(['spec.extension: is nested too deeply to be read']);
  });

  it('never makes its reader throw', () => {
    const anything = fc
      .jsonValue()
      .map((value) =>
        value !== null && typeof value === 'object' && !Array.isArray(value) ? { apiVersion: TYPE, ...value } : value,
      );
    fc.assert(
      fc.property(
        fc.oneof(
          anything.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (raw) => {
          expect(['read', 'unknown-type', 'bad']).toContain(readExtension(raw).kind);
        },
      ),
    );
  });
});

it.each(Object.entries(EXTENSIONS))('the type %s says what it is, and bounds all that it has', (name, type) => {
  const { properties = {} } = schemaOf(type);
  expect(properties.apiVersion?.enum).toEqual([name]);
  for (const [field, schema] of Object.entries(properties)) {
    expect(schema.description, field).toMatch(/\.$/);
    expect(expectation(schema), field).toMatch(/^expected /);
    const bound = schema.maxLength ?? schema.maxItems ?? schema.maximum ?? schema.enum;
    expect(bound, `${field} has no bound`).toBeDefined();
    if (schema.items !== undefined) expect(schema.items.maxLength, `${field}[]`).toBeDefined();
  }
});
