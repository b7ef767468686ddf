// A program for the tests of crashes: goes on where the store stopped and appends numbered batches until it is killed.
// Prints the number of each batch once it was acknowledged. Several are on their way at any time.
import { writeSync } from 'node:fs';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { numberedBatch } from './numbered-batch.ts';

const IN_FLIGHT = 5;

const store = await openEmbeddedStore({ folder: process.argv[2] ?? '', readers: 1 });
const epoch = await store.nextEpoch();
let next = ((await store.position())?.seenMs ?? -1) + 1;

await Promise.all(
  Array.from({ length: IN_FLIGHT }, async () => {
    for (;;) {
      const number = next++;
      await store.append(numberedBatch(number, epoch));
      // Synchronous, so that what was acknowledged has left the process before it can be killed.
      writeSync(1, `${number}\n`);
    }
  }),
);
