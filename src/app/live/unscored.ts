// Which of the series that are watched have no score yet, for the page: what is there is shown before it is scored, as by
// `run`. Few at any time but the first minutes; of many, each thing is named by one series first.
import type { KeeperFacts } from '#api/grpc/keeper-facts.ts';
import { entityKey, entityOf } from '#model/entity.ts';
import type { Track } from '#model/score.ts';
import { type SeriesInfo, seriesKey } from '#model/series.ts';

export interface Unscored {
  /** These have scores, or are about to. */
  scored(tracks: readonly Track[]): void;
  list(): KeeperFacts['unscored'];
}

export const MOST_UNSCORED = 1000;

/** `known` only grows. */
export function createUnscored(known: () => readonly SeriesInfo[]): Unscored {
  const waiting = new Map<string, SeriesInfo>();
  const scored = new Set<string>();
  let seen = 0;
  const take = () => {
    const all = known();
    for (; seen < all.length; seen++) {
      const series = all[seen];
      if (series === undefined) continue;
      const key = seriesKey(series.labels);
      if (!scored.has(key)) waiting.set(key, series);
    }
  };
  return {
    scored(tracks) {
      for (const { series } of tracks) {
        scored.add(series);
        waiting.delete(series);
      }
    },
    list() {
      take();
      const all = [...waiting.values()].map(({ labels, stepMs }) => ({ labels, stepMs }));
      return all.length <= MOST_UNSCORED ? all : oneOfEachFirst(all).slice(0, MOST_UNSCORED);
    },
  };
}

function oneOfEachFirst(all: KeeperFacts['unscored']): KeeperFacts['unscored'] {
  const things = new Set<string>();
  const [first, others]: [KeeperFacts['unscored'], KeeperFacts['unscored']] = [[], []];
  for (const series of all) {
    const thing = entityKey(entityOf(series.labels));
    (things.has(thing) ? others : first).push(series);
    things.add(thing);
  }
  return [...first, ...others];
}
