// What of the install is there: asked before anything starts, so that a checkout without `npm ci` gets a sentence and
// not a stack trace. Plain JavaScript for any Node from 18 on.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The folder of an installed package as seen from `root`, or undefined. Looks where Node looks (a package that was
 * installed globally has its dependencies beside it) and ignores `exports`, which hide `package.json` in some.
 * @param {string} root
 * @param {string} name
 * @returns {string | undefined}
 */
export function packageFolder(root, name) {
  const places = createRequire(join(root, 'package.json')).resolve.paths(name) ?? [];
  return places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

/**
 * The dependencies of `root`'s package.json that are not installed; the optional ones and those for development do
 * not count.
 * @param {string} root
 * @returns {string[]}
 */
export function missingPackages(root) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(dependencies).filter((name) => packageFolder(root, name) === undefined);
}
