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
  /** Time of its newest sample, missing or not. */
  lastMs: number;
}

export interface Directory {
  /** By the stream's id; undefined for a series that was not named. */
  readonly byId: readonly (Watched | undefined)[];
  /** Those with an open episode, in the order in which they opened. */
  readonly open: ReadonlySet<Group>;
  addSeries(series: readonly SeriesInfo[]): void;
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
  const byId: (Watched | undefined)[] = [];
  const groups = new Map<string, Group>();
  const open = new Set<Group>();

  function groupOf(family: string, settings: string): Group {
    const key = `${family}\n${settings}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { family, settings, open, episode: undefined };
    groups.set(key, group);
    return group;
  }

  function watch(info: SeriesInfo, key: string): Watched {
    const watches: Watch[] = [];
    for (const { plan, settings, onlineFor } of prepared) {
      if (!planMatches(plan, info.labels)) continue;
      const group = groupOf(familyKey(info.labels), settings);
      const twin = watches.find((other) => other.group === group && other.twin === undefined);
      watches.push(createWatch(plan, info, key, group, onlineFor(info.stepMs), twin));
    }
    return { watches, lastMs: Number.NEGATIVE_INFINITY };
  }

  function addSeries(series: readonly SeriesInfo[]): void {
    for (const info of series) {
      const key = seriesKey(info.labels);
      const known = byKey.get(key) ?? watch(info, key);
      byKey.set(key, known);
      byId[info.id] = known;
    }
  }

  return { byId, open, addSeries };
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
