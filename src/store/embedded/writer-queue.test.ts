import { expect, test } from 'vitest';
import { MINUTE, makeBatch, podTrack, T0 } from '../../../test/conformance/store-fixtures.ts';
import { makeFolder } from '../../../test/store/parts.ts';
import { openEmbeddedStore } from './index.ts';

const MOST_BYTES = 4 * 2 ** 20;

const batch = (number: number) =>
  makeBatch(`batch ${number}`, {
    points: Array.from({ length: 1000 }, (_, index) => ({
      ...{ track: 0, timeMs: T0 + number * 1000 * MINUTE + index * MINUTE },
      value: Math.sin(number * 7919 + index) * 1e9,
    })),
  });

test('what retention may use beyond the limit is no append’s, also between two of its steps', async () => {
  using folder = makeFolder();
  const store = await openEmbeddedStore({ folder: folder.path, maxBytes: MOST_BYTES });
  // Retention looks at a thousand tracks a step.
  const tracks = Array.from({ length: 8000 }, (_, index) => podTrack(`p-${index}`));
  await store.append(makeBatch('tracks', { tracks, points: tracks.map((_, track) => ({ track, timeMs: T0 })) }));
  let number = 0;
  const full = async () => {
    try {
      for (;;) await store.append(batch(number++));
    } catch (error) {
      return error;
    }
  };
  expect(await full()).toMatchObject({ code: 'disk-full' });
  // Nothing is as old as that, and there is nothing to gain.
  const retaining = store.retain(T0);
  const during = await Promise.allSettled(Array.from({ length: 5 }, () => store.append(batch(number++))));
  expect(await retaining).toBe(0);
  for (const one of during) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'disk-full' } });
  await store.close();
});
