// Builds the page at the first start, and again when its source is newer than what was built. A release ships it built.
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { AppError } from '#kit/errors.ts';
import type { Progress } from './progress.ts';
import { SHIPPED } from './shipped.ts';

export async function buildPage(say: Progress): Promise<void> {
  if (!existsSync(SHIPPED.pageSource)) return;
  const built = await newest(SHIPPED.page);
  // The contract's numbers and types are compiled in, so the source room counts as well.
  if (
    built > 0 &&
    built >= Math.max(await newest(SHIPPED.pageSource), await newest(join(SHIPPED.repository, 'src', 'model')))
  )
    return;
  const began = performance.now();
  say.update('Page      being built …');
  try {
    // Whatever the surroundings say (a test runner sets `test`): what is served is the production build.
    process.env.NODE_ENV = 'production';
    const { build } = await import('vite');
    // Built beside and moved into place whole, so that a second start never serves half a page.
    const part = `${SHIPPED.page}.${process.pid}`;
    const configFile = join(SHIPPED.repository, 'vite.config.ts');
    await build({ configFile, logLevel: 'error', build: { outDir: part, emptyOutDir: true } });
    await rm(SHIPPED.page, { recursive: true, force: true });
    await rename(part, SHIPPED.page);
  } catch (cause) {
    throw new AppError(
      'internal',
      `the page could not be built: ${stripVTControlCharacters((cause as Error).message).trim()}; run "npm ci" and try again`,
      { cause },
    );
  }
  say.line(`Page      built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** When the newest file below the folder was changed; 0 without one. */
async function newest(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const times = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs);
  return Math.max(0, ...(await Promise.all(times)));
}
