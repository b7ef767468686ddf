// kill -9 at any moment: what was acknowledged is there, once; nothing is half there; the position tells the truth.
import { expect, test } from 'vitest';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { ALL_TIME, MINUTE } from '../conformance/store-fixtures.ts';
import { startAppending } from './child.ts';
import { NUMBERED_TRACKS, timeOf, valueAt } from './numbered-batch.ts';
import { makeFolder } from './parts.ts';

const KILLS = 8;
/** Always the same kills, so that a failure is the change's; SEED in the environment tries others. */
const DEFAULT_SEED = 766_406;
const START_MS = 5000;

test('a process killed in the middle of appending loses nothing that it was told is stored', async () => {
  const seed = Number(process.env.SEED ?? DEFAULT_SEED);
  const random = createRandom(seed);
  using folder = makeFolder();
  let acknowledged = -1;
  for (let round = 0; round < KILLS; round++) {
    const child = startAppending(folder.path);
    try {
      await child.reach(1 + Math.floor(random() * 100));
    } finally {
      // Others are on their way to the disk at this moment.
      await child.kill();
    }
    acknowledged = Math.max(acknowledged, ...child.acknowledged);
    expect(await checkAll(folder.path, `SEED=${seed} round ${round}`)).toBeGreaterThanOrEqual(acknowledged);
    expect(child.acknowledged.length).toBeGreaterThan(0);
  }
}, 120_000);

/** Opens the store, compares everything with what was sent, and returns the number of the last batch. */
async function checkAll(folder: string, when: string): Promise<number> {
  const began = performance.now();
  const store = await openEmbeddedStore({ folder, readers: 1 });
  expect(performance.now() - began, when).toBeLessThan(START_MS);
  try {
    const last = (await store.position())?.seenMs ?? -1;
    const numbers = Array.from({ length: last + 1 }, (_, number) => number);
    const scores = await store.scores(
      NUMBERED_TRACKS.map((track) => track.key),
      ALL_TIME,
    );
    scores.forEach(({ timesMs, values }, track) => {
      expect([...timesMs], when).toEqual(numbers.map(timeOf));
      expect([...values], when).toEqual(numbers.map((number) => valueAt(number, track)));
    });
    const { findings, total } = await store.findings({ limit: 100_000 });
    expect(total, when).toBe(numbers.length);
    expect(new Set(findings.map((finding) => finding.id)), when).toEqual(new Set(numbers.map((n) => `finding ${n}`)));
    expect((await store.info()).scores, when).toBe(numbers.length * NUMBERED_TRACKS.length);
    const minutes = await store.rollUps(ALL_TIME, MINUTE);
    expect(new Set(minutes.filter(({ points }) => points > 0).map(({ points }) => points)), when).toEqual(
      new Set([NUMBERED_TRACKS.length]),
    );
    expect(
      minutes.reduce((sum, { opened }) => sum + opened, 0),
      when,
    ).toBe(numbers.length);
    return last;
  } finally {
    await store.close();
  }
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32, public domain). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
