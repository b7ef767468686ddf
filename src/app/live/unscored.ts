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

/** `known` in the order in which they were told; who goes is left out. */
export function createUnscored(known: () => readonly SeriesInfo[]): Unscored {
  const waiting = new Map<string, SeriesInfo>();
  /** Since the last look, and since the one before: of these some may be told only now. */
  let scored = new Set<string>();
  let before = new Set<string>();
  let lastId = -1;
  const take = () => {
    const all = known();
    let from = all.length;
    while (from > 0 && (all[from - 1]?.id ?? -1) > lastId) from--;
    for (const series of all.slice(from)) {
      const key = seriesKey(series.labels);
      if (!scored.has(key) && !before.has(key)) waiting.set(key, series);
      lastId = series.id;
    }
    before = scored;
    scored = new Set();
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
