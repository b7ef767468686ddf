// Runs a script or an installed tool on the pinned Node: `node scripts/run.mjs vitest run`.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runNode } from './node.mjs';

const [what = '', ...rest] = process.argv.slice(2);

/** The file of an installed package's command (its `bin`), whatever its `exports` hide. */
function binOf(tool) {
  const name = { biome: '@biomejs/biome', tsc: 'typescript' }[tool] ?? tool;
  const require = createRequire(import.meta.url);
  for (const root of require.resolve.paths(name) ?? []) {
    const manifest = join(root, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
    return join(dirname(manifest), typeof bin === 'string' ? bin : bin[tool]);
  }
  throw new Error(`${tool} is not installed: run "npm ci" first`);
}

runNode([/\.(ts|mjs|js)$/.test(what) ? what : binOf(what), ...rest], { preferPinned: true });
