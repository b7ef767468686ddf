// Runs a script or an installed tool on the pinned Node: `node scripts/run.mjs vitest run`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './install.mjs';
import { refuse, runNode } from './node.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** @type {Readonly<Record<string, string>>} */
const PACKAGE_OF = { biome: '@biomejs/biome', tsc: 'typescript' };
const [what = '', ...rest] = process.argv.slice(2);

/**
 * The file of an installed package's command (its `bin`), whatever its `exports` hide.
 * @param {string} tool
 */
function binOf(tool) {
  const folder = packageFolder(ROOT, PACKAGE_OF[tool] ?? tool);
  if (folder === undefined) refuse(`${tool} is not installed.`, `Run "npm ci" first (without --omit=dev).`);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[tool]);
}

runNode([/\.(ts|mjs|js)$/.test(what) ? what : binOf(what), ...rest], { preferPinned: true });
