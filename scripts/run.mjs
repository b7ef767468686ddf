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

// Tests start hundreds of processes and threads of the same files: what was compiled once is read from here, which halves
// the start of each. Not for the others: a benchmark measures the start that a user has.
if (what === 'vitest') process.env.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules', '.cache', 'compiled');

runNode([/\.(ts|mjs|js)$/.test(what) ? what : binOf(what), ...rest], { preferPinned: true });
