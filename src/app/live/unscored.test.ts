import { expect, test } from 'vitest';
import type { SeriesInfo } from '#model/series.ts';
import { podTrack } from '../../../test/conformance/store-fixtures.ts';
import { createUnscored, MOST_UNSCORED } from './unscored.ts';

const infoOf = (pod: string, id = 0): SeriesInfo => ({ id, labels: podTrack(pod).labels, stepMs: 60_000 });
const podsOf = (list: readonly { readonly labels: Readonly<Record<string, string>> }[]) =>
  list.map(({ labels }) => labels.pod);

test('what is watched is listed until it has a score, whichever was known first', () => {
  const known = [infoOf('cart-1', 0), infoOf('cart-2', 1)];
  const unscored = createUnscored(() => known);
  unscored.scored([podTrack('cart-3')]);
  expect(unscored.list()).toEqual([
    { labels: podTrack('cart-1').labels, stepMs: 60_000 },
    { labels: podTrack('cart-2').labels, stepMs: 60_000 },
  ]);
  // One that is gone leaves the list of those that are known.
  known.shift();
  known.push(infoOf('cart-3', 2), infoOf('cart-4', 3));
  unscored.scored([podTrack('cart-1')]);
  expect(podsOf(unscored.list())).toEqual(['cart-2', 'cart-4']);
});

test('of too many, each thing is there once before any is there twice', () => {
  const twice = Array.from({ length: MOST_UNSCORED }, (_, id) => ({
    ...infoOf('cart-1', id),
    labels: { ...podTrack('cart-1').labels, cpu: String(id) },
  }));
  const list = createUnscored(() => [...twice, infoOf('cart-2')]).list();
  expect(list).toHaveLength(MOST_UNSCORED);
  expect(podsOf(list.slice(0, 2))).toEqual(['cart-1', 'cart-2']);
});
