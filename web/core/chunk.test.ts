import { expect, test } from 'vitest';
import { createChunk } from './chunk.ts';

test('a chunk is fetched once, and is there as soon as it has arrived', async () => {
  let fetches = 0;
  const chunk = createChunk(async () => ++fetches);
  expect(chunk.get()).toBeUndefined();
  const both = [chunk.load(), chunk.load()];
  expect(await Promise.all(both)).toEqual([1, 1]);
  expect(chunk.get()).toBe(1);
  await chunk.load();
  expect(fetches).toBe(1);
});

test('after a failed fetch the next wish tries again', async () => {
  let fetches = 0;
  const chunk = createChunk(async () => {
    fetches++;
    if (fetches === 1) throw new Error('offline');
    return 'code';
  });
  await expect(chunk.load()).rejects.toThrow('offline');
  expect(chunk.get()).toBeUndefined();
  expect(await chunk.load()).toBe('code');
});
