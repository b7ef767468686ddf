// Who watches what: matches each series that becomes known to the plans, and sets up a watch for every match. Series are
// known by their labels; an id is only what a stream calls them.
import { type Plan, planMatches } from '#model/plan.ts';
import { emptyScore } from '#model/score.ts';
import { familyKey, type SeriesInfo, seriesKey } from '#model/series.ts';
import type { Algorithm, OnlineScorer } from './contract.ts';
import type { Group } from './episode.ts';
import { emptySeries } from './rolling-scorer.ts';
import { createRun } from './run.ts';
import { completeParams, settingsKey } from './settings.ts';
import { silenceOf, type Watch } from './watch.ts';
import { onlineOf } from './windowed.ts';

/** A series and all that watch it, in the order of the plans. */
export interface Watched {
  readonly watches: readonly Watch[];
  readonly key: string;
  /** Time of its newest sample, missing or not. */
  lastMs: number;
  /** The shortest of its plans. */
  readonly forgetMs: number;
  /** Ids that name it. */
  ids: number;
}

export interface Directory {
  /** By the stream's id. */
  readonly byId: ReadonlyMap<number, Watched>;
  /** Those with an open episode, in the order in which they opened. */
  readonly open: ReadonlySet<Group>;
  addSeries(series: readonly SeriesInfo[]): void;
  /** As of an engine. */
  removeSeries(ids: readonly number[]): readonly number[];
}

/** A plan with what is worked out from it once. */
interface Prepared {
  readonly plan: Plan;
  readonly settings: string;
  readonly onlineFor: (stepMs: number) => OnlineScorer;
}

export function createDirectory(plans: readonly Plan[], registry: Readonly<Record<string, Algorithm>>): Directory {
  const prepared = plans.map((plan) => prepare(plan, registry));
  const byKey = new Map<string, Watched>();
  const byId = new Map<number, Watched>();
  const { open, join, leave } = createGroups();
  /** Those that no id names any more, until their families' episodes are over. */
  const leaving = new Set<Watched>();

  function watch(info: SeriesInfo, key: string): Watched {
    const watches: Watch[] = [];
    for (const { plan, settings, onlineFor } of prepared) {
      if (!planMatches(plan, info.labels)) continue;
      const group = join(familyKey(info.labels), settings);
      const twin = watches.find((other) => other.group === group && other.twin === undefined);
      watches.push(createWatch(plan, info, key, group, onlineFor(info.stepMs), twin));
    }
    const forgetMs = Math.min(...watches.map(({ plan }) => plan.forgetMs ?? Number.POSITIVE_INFINITY));
    return { watches, key, lastMs: Number.NEGATIVE_INFINITY, forgetMs, ids: 0 };
  }

  function addSeries(series: readonly SeriesInfo[]): void {
    for (const info of series) {
      const key = seriesKey(info.labels);
      const known = byKey.get(key) ?? watch(info, key);
      byKey.set(key, known);
      leaving.delete(known);
      if (byId.get(info.id) === known) continue;
      byId.set(info.id, known);
      known.ids++;
    }
  }

  function removeSeries(ids: readonly number[]): number[] {
    for (const id of ids) {
      const known = byId.get(id);
      if (known !== undefined && --known.ids === 0) leaving.add(known);
      byId.delete(id);
    }
    const tracks: number[] = [];
    for (const { key, watches } of leaving) {
      if (watches.some(({ group }) => group.episode !== undefined)) continue;
      byKey.delete(key);
      for (const { group, track } of watches) {
        leave(group);
        if (track >= 0) tracks.push(track);
      }
    }
    for (const known of leaving) if (byKey.get(known.key) !== known) leaving.delete(known);
    return tracks;
  }

  return { byId, open, addSeries, removeSeries };
}

/** The groups, each for as long as somebody watches in it. */
function createGroups() {
  const open = new Set<Group>();
  const groups = new Map<string, { readonly group: Group; watches: number }>();
  const keyOf = ({ family, settings }: Pick<Group, 'family' | 'settings'>) => `${family}\n${settings}`;
  return {
    open,
    /** The group, with one more that watches in it. */
    join(family: string, settings: string): Group {
      const key = keyOf({ family, settings });
      const known = groups.get(key) ?? { group: { family, settings, open, episode: undefined }, watches: 0 };
      groups.set(key, known);
      known.watches++;
      return known.group;
    },
    leave(group: Group): void {
      const known = groups.get(keyOf(group));
      if (known !== undefined && --known.watches === 0) groups.delete(keyOf(group));
    },
  };
}

function prepare(plan: Plan, registry: Readonly<Record<string, Algorithm>>): Prepared {
  const algorithm = Object.hasOwn(registry, plan.algorithm) ? registry[plan.algorithm] : undefined;
  if (algorithm === undefined) {
    throw new TypeError(`detector "${plan.detector}": there is no algorithm "${plan.algorithm}"`);
  }
  const parameters = completeParams(algorithm.params, plan.parameters);
  const made = new Map<number, OnlineScorer>();
  const onlineFor = (stepMs: number): OnlineScorer => {
    const online = made.get(stepMs) ?? onlineOf(algorithm.create(parameters, { stepMs }), parameters, stepMs);
    made.set(stepMs, online);
    return online;
  };
  return { plan, settings: settingsKey(plan, algorithm), onlineFor };
}

function createWatch(
  plan: Plan,
  { labels, stepMs }: SeriesInfo,
  key: string,
  group: Group,
  online: OnlineScorer,
  twin: Watch | undefined,
): Watch {
  const { detector, threshold } = plan;
  return {
    plan,
    info: { key: `${detector}|${key}`, detector, series: key, labels, stepMs, threshold },
    online,
    state: twin === undefined ? online.start(emptySeries(stepMs)) : new Float64Array(0),
    run: createRun(plan.guards.persistence.of),
    group,
    silentMs: silenceOf(stepMs),
    twin,
    score: emptyScore(),
    flags: 0,
    track: -1,
    lastMs: Number.NaN,
    lastSeenMs: Number.NaN,
  };
}
