import { expect, test } from 'vitest';
import { judgeLockfile, type Lockfile } from './lockfile.ts';

const integrity = 'sha512-x';
const manifest = { dependencies: { a: '1.0.0' }, optionalDependencies: { b: '1.0.0' }, engines: { node: '>=20' } };
const packages = {
  '': manifest,
  'node_modules/a': { version: '1.0.0', integrity, dependencies: { '@s/c': '^1.0.0', d: '^2.0.0' } },
  'node_modules/b': { version: '1.0.0', integrity },
  'node_modules/@s/c': { version: '1.0.0', integrity },
  'node_modules/a/node_modules/d': { version: '2.0.0', integrity, dependencies: { b: '*' } },
} satisfies Lockfile['packages'];

test('a sound lockfile has nothing to say', () => {
  expect(judgeLockfile(manifest, { packages })).toEqual([]);
});

test.each<[string, Lockfile['packages'], RegExp]>([
  [
    'other versions than the manifest',
    { ...packages, '': { ...manifest, dependencies: { a: '1.0.1' } } },
    /other dependencies/,
  ],
  ['another engine than the manifest', { ...packages, '': { ...manifest, engines: {} } }, /other engines/],
  ['a package without a checksum', { ...packages, 'node_modules/b': { version: '1.0.0' } }, /b has no sha512/],
  ['a weak checksum', { ...packages, 'node_modules/b': { integrity: 'sha1-x' } }, /b has no sha512/],
  [
    'a package from elsewhere',
    { ...packages, 'node_modules/b': { integrity, resolved: 'https://mirror.example/b.tgz' } },
    /comes from https:\/\/mirror/,
  ],
  ['a link', { ...packages, 'node_modules/b': { integrity, link: true } }, /is a link/],
  [
    'a needed package that is locked only below another',
    { ...packages, 'node_modules/b': { integrity, dependencies: { d: '2' } } },
    /node_modules\/b needs d/,
  ],
  [
    'a native package of another platform that is forgotten',
    { ...packages, 'node_modules/b': { integrity, optionalDependencies: { 'b-win32': '1' } } },
    /needs b-win32/,
  ],
])('%s is found', (_name, changed, sentence) => {
  expect(judgeLockfile(manifest, { packages: changed })).toEqual([expect.stringMatching(sentence)]);
});

test('npm’s own registry may be named', () => {
  const resolved = 'https://registry.npmjs.org/b/-/b-1.0.0.tgz';
  expect(judgeLockfile(manifest, { packages: { ...packages, 'node_modules/b': { integrity, resolved } } })).toEqual([]);
});
