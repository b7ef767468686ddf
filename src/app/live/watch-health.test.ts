import { expect, test } from 'vitest';
import { unseenReason, watchTrouble } from './watch-health.ts';

const NOW = 1_000_000;
const watch = (trouble: string | undefined, silentMs: number | undefined, isSynced = true) => ({
  isSynced,
  status: () => ({
    ...{ trouble, lastProgressMs: silentMs === undefined ? 0 : NOW - silentMs },
    ...{ lists: 1, watches: 1, retries: 0, quarantined: 0, listenerErrors: 0 },
  }),
});

test.each([
  ['one that heard a bookmark a minute ago is well', watch(undefined, 61_000), undefined],
  [
    'one that broke a moment ago is in trouble, and what is known is still good',
    watch('no answer', 5000),
    { what: 'no answer', silentMs: 5000, isStuck: false },
  ],
  [
    'one that is tried again and again without success is stuck',
    watch('no answer', 96_000),
    { what: 'no answer', silentMs: 96_000, isStuck: true },
  ],
  [
    'one that says nothing is stuck',
    watch(undefined, 96_000),
    { what: 'the watch of pods has said nothing for 96 s', silentMs: 96_000, isStuck: true },
  ],
  [
    'one whose first list is not there yet is stuck',
    watch(undefined, undefined, false),
    { what: 'the pods are not known yet', silentMs: undefined, isStuck: true },
  ],
])('%s', (_, given, expected) => {
  expect(watchTrouble('pods', given, NOW)).toEqual(expected);
});

test('a role is unready for any of its watches that is stuck, and for none that it does not have', () => {
  const [well, stuck] = [watch(undefined, 1000), watch(undefined, 96_000)];
  expect(unseenReason({ pods: well, detectors: undefined }, NOW)).toBeUndefined();
  expect(unseenReason({ pods: well, detectors: stuck }, NOW)).toContain('the watch of detectors');
});
