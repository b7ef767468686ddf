import { describe, expect, test } from 'vitest';
import { type AuthorityFact, decide, type Facts, type RoleFact } from './decide.ts';

const LIVES = { leaf: 30_000, authority: 300_000, grace: 2000 };
const NOW = 1_000_000;
const at = (seconds: number) => NOW + seconds * 1000;

const authority = (id: string, more: Partial<AuthorityFact> = {}): AuthorityFact => ({
  ...{ id, endMs: at(300), canSign: true, sharedMs: at(-100) },
  ...more,
});
const unshared = (id: string): AuthorityFact => ({ id, endMs: at(300), canSign: true });
const former = (id: string, untilMs: number) => authority(id, { canSign: false, untilMs });
const role = (bundle: string, issuer?: string, endMs = at(30)): RoleFact => ({
  bundle: [...bundle],
  ...(issuer === undefined ? {} : { leaf: { issuer, endMs } }),
});
const all = (one: RoleFact): Facts['roles'] => ({ keeper: one, operator: one, analyser: one, admission: one });

const CASES: readonly [name: string, facts: Partial<Facts>, expected: unknown][] = [
  [
    'nothing there: an authority, which may sign at once',
    {},
    { write: 'authorities', list: [], make: { sharedMs: 0 } },
  ],
  [
    'it is there, roles have nothing: the first role gets bundle and leaf',
    { authorities: [authority('a', { sharedMs: 0 })] },
    { write: 'role', role: 'keeper', bundle: ['a'], leaf: { signer: 'a', endMs: at(30) } },
  ],
  [
    'some roles have theirs: the next one',
    { authorities: [authority('a', { sharedMs: 0 })], roles: { ...all(role('a', 'a')), analyser: role('') } },
    { write: 'role', role: 'analyser', bundle: ['a'], leaf: { signer: 'a', endMs: at(30) } },
  ],
  ['all as it should be: nothing', { authorities: [authority('a')], roles: all(role('a', 'a')) }, undefined],
  [
    'a leaf with more than a third of its life: nothing',
    { authorities: [authority('a')], roles: all(role('a', 'a', at(11))) },
    undefined,
  ],
  [
    'a leaf with a third of its life: a new one',
    { authorities: [authority('a')], roles: { ...all(role('a', 'a')), operator: role('a', 'a', at(10)) } },
    { write: 'role', role: 'operator', bundle: ['a'], leaf: { signer: 'a', endMs: at(30) } },
  ],
  [
    'a leaf never outlives its authority',
    {
      authorities: [authority('a', { endMs: at(20) }), authority('b', { sharedMs: at(-1) })],
      roles: all(role('ab', 'a', at(5))),
    },
    { write: 'role', role: 'keeper', bundle: ['a', 'b'], leaf: { signer: 'a', endMs: at(20) } },
  ],
  [
    'one that ends with its authority already is not made again and again',
    {
      authorities: [authority('a', { endMs: at(5) }), authority('b', { sharedMs: at(-1) })],
      roles: all(role('ab', 'a', at(5))),
    },
    undefined,
  ],
  [
    'an authority with a third of its life: another one, which does not sign yet',
    { authorities: [authority('a', { endMs: at(100) })], roles: all(role('a', 'a')) },
    { write: 'authorities', list: [authority('a', { endMs: at(100) })], make: {} },
  ],
  [
    'a new authority: joins the bundle beside the leaf that is there',
    { authorities: [authority('a'), unshared('b')], roles: all(role('a', 'a')) },
    { write: 'role', role: 'keeper', bundle: ['a', 'b'] },
  ],
  [
    'in some bundles only: the next one',
    { authorities: [authority('a'), unshared('b')], roles: { ...all(role('ab', 'a')), analyser: role('a', 'a') } },
    { write: 'role', role: 'analyser', bundle: ['a', 'b'] },
  ],
  [
    'in every bundle: the grace begins',
    { authorities: [authority('a'), unshared('b')], roles: all(role('ab', 'a')) },
    { write: 'authorities', list: [authority('a'), { ...unshared('b'), sharedMs: NOW }] },
  ],
  [
    'the grace is not over: nothing',
    { authorities: [authority('a'), authority('b', { sharedMs: at(-1) })], roles: all(role('ab', 'a')) },
    undefined,
  ],
  [
    'a leaf is due meanwhile: the old authority signs it',
    { authorities: [authority('a'), authority('b', { sharedMs: at(-1) })], roles: all(role('ab', 'a', at(5))) },
    { write: 'role', role: 'keeper', bundle: ['a', 'b'], leaf: { signer: 'a', endMs: at(30) } },
  ],
  [
    'a bundle lost it meanwhile: the grace begins anew',
    {
      authorities: [authority('a'), authority('b', { sharedMs: at(-1) })],
      roles: { ...all(role('ab', 'a')), operator: role('a', 'a') },
    },
    { write: 'authorities', list: [authority('a'), unshared('b')] },
  ],
  [
    'the grace is over: the old one stays until what it signed has ended, and loses its key',
    { authorities: [authority('a'), authority('b', { sharedMs: at(-2) })], roles: all(role('ab', 'a', at(90))) },
    { write: 'authorities', list: [former('a', at(90)), authority('b', { sharedMs: at(-2) })] },
  ],
  [
    'it signs: leaves of the old one are replaced',
    {
      authorities: [former('a', at(30)), authority('b')],
      roles: { ...all(role('ab', 'b')), operator: role('ab', 'a') },
    },
    { write: 'role', role: 'operator', bundle: ['a', 'b'], leaf: { signer: 'b', endMs: at(30) } },
  ],
  [
    'the old one has not ended: it stays',
    { authorities: [former('a', at(1)), authority('b')], roles: all(role('ab', 'b')) },
    undefined,
  ],
  [
    'the old one has ended: it is written down no more',
    { authorities: [former('a', NOW), authority('b')], roles: all(role('ab', 'b')) },
    { write: 'authorities', list: [authority('b')] },
  ],
  [
    'it is written down no more: it leaves the bundles',
    { authorities: [authority('b')], roles: all(role('ab', 'b')) },
    { write: 'role', role: 'keeper', bundle: ['b'] },
  ],
  [
    'all have ended, because nobody renewed them: nobody need wait for a new one',
    { authorities: [authority('a', { endMs: NOW })], roles: all(role('a', 'a', NOW)) },
    { write: 'authorities', list: [], make: { sharedMs: 0 } },
  ],
  [
    'a role without anything does not wait for the grace of the others',
    {
      authorities: [authority('a', { canSign: false, untilMs: at(9) }), unshared('b')],
      roles: { ...all(role('ab', 'a')), operator: role('') },
    },
    { write: 'role', role: 'operator', bundle: ['a', 'b'], leaf: { signer: 'b', endMs: at(30) } },
  ],
  [
    'the list of authorities was lost: what roles use is trusted until it ends',
    { roles: all(role('x', 'x')), foreign: [former('x', at(30))] },
    { write: 'authorities', list: [former('x', at(30))], make: {} },
  ],
];

describe('what is written next', () => {
  test.each(CASES)('%s', (_, facts, expected) => {
    const given = { authorities: [], roles: all(role('')), foreign: [], ...facts };
    expect(decide(given, NOW, LIVES)).toEqual(expected);
  });
});
