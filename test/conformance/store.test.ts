// Runs the suite over every store there is.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { describeStore } from './store.ts';

describeStore('embedded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-store-'));
  return {
    open: () => openEmbeddedStore({ folder }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
});
