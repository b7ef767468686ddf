// Who watches what: matches each series that becomes known to the plans, and sets up a watch for every match. Series are
// known by their labels; an id is only what a stream calls them.
import { type Plan, planMatches } from '#model/plan.ts';
import { emptyScore, type Score, type Track } from '#model/score.ts';
import { familyKey, type Labels, type SeriesInfo, seriesKey } from '#model/series.ts';
import type { Algorithm, OnlineScorer } from './contract.ts';
import type { Group } from './episode.ts';
import { createGroups } from './groups.ts';
import { emptySeries } from './rolling-scorer.ts';
import { createRun } from './run.ts';
import { completeParams, settingsKey } from './settings.ts';
import { silenceOf, type Watch } from './watch.ts';
import { onlineOf } from './windowed.ts';

/** A series and all that watch it, in the order of the plans. */
export interface Watched {
  readonly watches: readonly Watch[];
  /** Its key, or what stands for it. */
  readonly name: string;
  /** Time of its newest sample, missing or not. */
  lastMs: number;
  /** The shortest of its plans. */
  readonly forgetMs: number;
  /** Ids that name it. */
  ids: number;
}

export interface Directory {
  readonly byName: ReadonlyMap<string, Watched>;
  /** By the stream's id. */
  readonly byId: ReadonlyMap<number, Watched>;
  /** Those with an open episode, in the order in which they opened. */
  readonly open: ReadonlySet<Group>;
  addSeries(series: readonly SeriesInfo[]): void;
  /** The series of this key, which becomes known now unless it is. */
  know(key: string, labels: Labels, stepMs: number): Watched;
  /** Lets it go unless its family has an open episode. */
  release(series: Watched): boolean;
  /** As of an engine. */
  removeSeries(ids: readonly number[]): readonly number[];
}

/** A plan with what is worked out from it once. */
interface Prepared {
  readonly plan: Plan;
  readonly settings: string;
  readonly onlineFor: (stepMs: number) => OnlineScorer;
  /** Of the series that is being stepped; a plan has one watch of a series at most. */
  readonly score: Score;
}

/** `nameOf`: under which name the key of a series or a family is held; a short one saves memory, where nothing else holds the key. */
export function createDirectory(
  plans: readonly Plan[],
  registry: Readonly<Record<string, Algorithm>>,
  nameOf: (key: string) => string = (key) => key,
): Directory {
  const prepared = plans.map((plan) => prepare(plan, registry));
  const byName = new Map<string, Watched>();
  const byId = new Map<number, Watched>();
  const { open, join, leave } = createGroups();
  /** Those that no id names any more, until their families' episodes are over. */
  const leaving = new Set<Watched>();

  function watch(name: string, key: string, labels: Labels, stepMs: number): Watched {
    const watches: Watch[] = [];
    const family = familyKey(labels);
    for (const { plan, settings, onlineFor, score } of prepared) {
      if (!planMatches(plan, labels)) continue;
      // Most are a family of their own, and then one text will do.
      const group = join(family === key ? name : nameOf(family), settings);
      const twin = watches.find((other) => other.group === group && other.twin === undefined);
      const info = trackOf(plan, key, labels, stepMs);
      watches.push(createWatch({ plan, info, group, online: onlineFor(stepMs), twin, score }));
    }
    const forgetMs = Math.min(...watches.map(({ plan }) => plan.forgetMs ?? Number.POSITIVE_INFINITY));
    // A list that grew has room for sixteen more.
    return { watches: watches.slice(), name, lastMs: Number.NEGATIVE_INFINITY, forgetMs, ids: 0 };
  }

  function know(key: string, labels: Labels, stepMs: number): Watched {
    const name = nameOf(key);
    const known = byName.get(name) ?? watch(name, key, labels, stepMs);
    byName.set(known.name, known);
    return known;
  }

  function release(series: Watched): boolean {
    if (series.watches.some(({ group }) => group.episode !== undefined)) return false;
    byName.delete(series.name);
    for (const { group } of series.watches) leave(group);
    return true;
  }

  function addSeries(series: readonly SeriesInfo[]): void {
    for (const info of series) {
      const known = know(seriesKey(info.labels), info.labels, info.stepMs);
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
    for (const series of leaving) {
      if (!release(series)) continue;
      leaving.delete(series);
      for (const { track } of series.watches) if (track >= 0) tracks.push(track);
    }
    return tracks;
  }

  return { byName, byId, open, addSeries, know, release, removeSeries };
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
  return { plan, settings: settingsKey(plan, algorithm), onlineFor, score: emptyScore() };
}

/** What the rows and findings of a series are called by, as this plan watches it. */
export function trackOf({ detector, threshold }: Plan, key: string, labels: Labels, stepMs: number): Track {
  return { key: `${detector}|${key}`, detector, series: key, labels, stepMs, threshold };
}

/** Of one that is scored elsewhere. */
export const STATELESS = new Float64Array(0);

function createWatch(given: Pick<Watch, 'plan' | 'info' | 'group' | 'online' | 'twin' | 'score'>): Watch {
  const { plan, info, group, online, twin, score } = given;
  // Named one by one: what is spread costs twice the memory.
  return {
    plan,
    info,
    online,
    state: twin === undefined ? online.start(emptySeries(info.stepMs)) : STATELESS,
    run: createRun(plan.guards.persistence.of),
    group,
    silentMs: silenceOf(info.stepMs),
    twin,
    score,
    flags: 0,
    track: -1,
    lastMs: Number.NaN,
    lastSeenMs: Number.NaN,
  };
}
