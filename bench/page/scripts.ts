// What JavaScript of the built page weighs, gzipped: what the first load needs, and everything.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SHIPPED } from '../../src/app/shipped.ts';

export async function gzippedScripts(): Promise<{ first: number; all: number }> {
  const html = await readFile(join(SHIPPED.page, 'index.html'), 'utf8');
  let first = 0;
  let all = 0;
  for (const name of await readdir(SHIPPED.page, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const size = gzipSync(await readFile(join(SHIPPED.page, name))).length;
    all += size;
    // Named in the page itself: as a script, or preloaded because a script imports it at once.
    if (html.includes(name.replaceAll('\\', '/'))) first += size;
  }
  return { first, all };
}
