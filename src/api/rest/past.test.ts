import { expect, it } from 'vitest';
import { createPast } from './past.ts';
import { createWorld, FROM, findingOf, LABELS, MINUTE } from './test-world.ts';

const RANGE = { fromMs: FROM, toMs: FROM + 60 * MINUTE };
const OVER = RANGE.toMs;
const inside = findingOf(LABELS.call, FROM + 10 * MINUTE, FROM + 20 * MINUTE);
const after = findingOf(LABELS.call, FROM + 80 * MINUTE);

function pastOf(count: number) {
  const world = createWorld();
  world.findings = [after, ...Array.from({ length: count }, (_, index) => ({ ...inside, id: `past ${index}` }))];
  return { world, past: createPast(world.store, world.replay) };
}

it('gives every finding of the range, over all pages of the store', async () => {
  const { world, past } = pastOf(1201);
  expect(new Set((await past.findings(RANGE, OVER)).map(({ id }) => id)).size).toBe(1201);
  expect(world.calls.findings).toBe(3);
});

it('reads a range that is over once, and one that goes on each time', async () => {
  const { world, past } = pastOf(1);
  for (const nowMs of [OVER - 1, OVER - 1, OVER, OVER, OVER + MINUTE]) await past.findings(RANGE, nowMs);
  expect(world.calls.findings).toBe(3);
});

it('keeps nothing that was read while the store is filled anew', async () => {
  const { world, past } = pastOf(0);
  world.state = { ...world.state, state: 'catching-up' };
  expect(await past.findings(RANGE, OVER)).toEqual([]);
  world.state = { ...world.state, state: 'playing' };
  world.findings = [inside];
  expect(await past.findings(RANGE, OVER)).toHaveLength(1);
});

it('tries again after the store has failed', async () => {
  const { world, past } = pastOf(1);
  world.broken = new Error('away');
  await expect(past.findings(RANGE, OVER)).rejects.toThrow('away');
  world.broken = undefined;
  expect(await past.findings(RANGE, OVER)).toHaveLength(1);
});
