// Every source file of the repository, read for the architecture's rules.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSource, type Source } from './read-source.ts';

const PATTERNS = ['src', 'web', 'test', 'bench', 'scripts'].flatMap((top) => [`${top}/**/*.ts`, `${top}/**/*.tsx`]);

export function readTree(root: string): Source[] {
  const paths = globSync(PATTERNS, { cwd: root, exclude: ['**/node_modules/**', '**/.cache/**'] });
  return paths
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}
