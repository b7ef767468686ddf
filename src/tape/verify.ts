// Checks a whole tape: every block can be read and holds what the catalog says, every frame names series declared before
// it, and the SHA-256 of the content is the one written down. Blocks come first, because they say where the damage is.
import type { TapeInfo } from './contract.ts';
import { openTape } from './reader.ts';
import { corrupt } from './refusal.ts';

/** What the tape is, when all of it is sound. Rejects with the first thing that is not, as `openTape` does. */
export async function verifyTape(path: string): Promise<TapeInfo> {
  const tape = await openTape(path);
  try {
    const declared = new Set<number>();
    for (let index = 0; index < tape.info.blocks; index++) {
      const lists = new Set<Uint32Array>();
      for (const signal of await tape.block(index)) {
        if (signal.kind === 'series') for (const { id } of signal.series) declared.add(id);
        if (signal.kind !== 'frame' || lists.has(signal.ids)) continue;
        lists.add(signal.ids);
        const early = signal.ids.find((id) => !declared.has(id));
        if (early !== undefined)
          throw corrupt(path, `block ${index}`, `a frame names series ${early} before it is declared`);
      }
    }
    const found = await tape.digest();
    if (found === tape.info.checksum) return tape.info;
    throw corrupt(path, 'its content', `its SHA-256 is ${found} and should be ${tape.info.checksum}`);
  } finally {
    await tape.close();
  }
}
