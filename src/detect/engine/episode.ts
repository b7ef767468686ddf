// An episode is one stretch in which a family (near copies of one thing) was not normal under one set of settings. It
// opens when the first member's run is long enough; others join when theirs are; it closes when each member was normal
// for `clear` points in a row or fell silent. Every change leaves a whole finding as it was at that point, so that the
// output does not depend on how the stream is cut into blocks.
import { alertRuleAt } from '#model/alert.ts';
import { entityOf } from '#model/entity.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import { familyKey, familyName, metricNameOf } from '#model/series.ts';
import { findingId } from './finding-id.ts';
import type { Settings } from './lens.ts';
import { clearRun, countVerdict, fieldOf, placesOf, type Verdict } from './run.ts';
import { evidenceAt, type Watch } from './watch.ts';

/** All that watch one family with the same settings. */
export interface Group {
  /** The number of the family's name. */
  readonly family: number;
  readonly settings: Settings;
  /** The groups of the same engine that have an open episode; this one is in it while it has. */
  readonly open: Set<Group>;
  episode: Episode | undefined;
  /** That are awake in it. */
  watches: number;
}

interface Member {
  readonly watch: Watch;
  /** False once it was normal again; true again if it relapses while others keep the episode open. */
  active: boolean;
  /** The side on which it joined, and within what distance of the expected it is back; NaN where it ends as the score does. */
  side: Verdict;
  room: number;
  points: number;
  peakScore: number;
}

export interface Episode {
  readonly id: string;
  readonly family: string;
  /** The watch that opened it. */
  readonly opener: Watch;
  readonly opening: Evidence;
  readonly startMs: number;
  readonly confirmedMs: number;
  readonly seenMs: number;
  readonly members: Member[];
  peak: Evidence;
  lastAnomalousMs: number;
}

/** Findings that changed, by id, each as it was at its last change; in the order of these changes. */
export type Changes = Map<string, Finding>;

/** Since when a finding is open that the watch takes part in: the time of the point that confirmed it; undefined without one. */
export function openSince(watch: Watch): number | undefined {
  return isActive(watch) ? watch.group.episode?.confirmedMs : undefined;
}

/** Whether the watch is a member that is not yet normal again. */
export function isActive(watch: Watch): boolean {
  return memberOf(watch)?.active === true;
}

/**
 * Takes an anomalous point, the newest of the watch's run, into the family's episode, or opens one with it. Returns
 * false when persistence holds it back.
 */
export function takeAnomalous(watch: Watch, verdict: 1 | -1, changes: Changes): boolean {
  const { group, run } = watch;
  const among = countVerdict(run, verdict);
  let member = memberOf(watch);
  const joins = member?.active !== true;
  if (joins && among < watch.lens.plan.guards.persistence.points) return false;
  let changed = joins;
  const room = member?.active === true ? member.room : roomOf(watch, verdict);
  const episode = group.episode ?? openEpisode(watch, verdict, room);
  group.episode = episode;
  group.open.add(group);
  if (member === undefined) {
    member = { watch, active: true, side: verdict, room, points: 0, peakScore: 0 };
    episode.members.push(member);
  }
  if (joins) {
    member.side = verdict;
    member.room = room;
  }
  member.points += joins ? among : 1;
  member.active = true;
  episode.lastAnomalousMs = fieldOf(run, run.place, 'timeMs');
  for (const place of joins ? placesOf(run, verdict) : [run.place]) {
    const score = fieldOf(run, place, 'score');
    if (Math.abs(score) > Math.abs(member.peakScore)) member.peakScore = score;
    if (Math.abs(score) > Math.abs(episode.peak.score)) {
      episode.peak = evidenceAt(watch, place, room);
      changed = true;
    }
  }
  if (changed) note(episode, changes);
  return true;
}

/**
 * On which side a point is that the score calls normal, and that would have been anomalous when the series joined the episode:
 * the method got used to it, and the value is not back. `deviation` is from what is expected now. 0 where it is back.
 */
export function sideStillOff(watch: Watch, deviation: number): Verdict {
  const member = memberOf(watch);
  if (member?.active !== true) return 0;
  return deviation * member.side > member.room ? member.side : 0;
}

/**
 * The distance at which the first anomalous point would have been at the threshold, by its band of three sigmas: the bands of the
 * later ones hold it already. Of what was constant the band is nothing: half of how far it went. NaN where no value has to be back,
 * and where the method has no band.
 */
function roomOf({ run, lens }: Watch, verdict: Verdict): number {
  if (lens.plan.guards.ends !== 'back') return Number.NaN;
  const place = placesOf(run, verdict)[0] ?? run.place;
  const expected = fieldOf(run, place, 'expected');
  const band = (fieldOf(run, place, verdict < 0 ? 'lower' : 'upper') - expected) * verdict;
  if (band === 0) return Math.abs(fieldOf(run, place, 'value') - expected) / 2;
  return band > 0 ? band * (lens.plan.threshold / 3) : Number.NaN;
}

/** Takes a normal point, the newest of the watch's run: enough of them and the member leaves. */
export function takeNormal(watch: Watch, timeMs: number, seenMs: number, changes: Changes): void {
  const member = memberOf(watch);
  if (member?.active !== true || watch.run.streak < watch.lens.plan.guards.persistence.clear) return;
  member.active = false;
  clearRun(watch.run);
  closeIfOver(watch.group, timeMs, seenMs, changes);
}

/** Lets go of the members that have been silent since before `seenMs`, at the time when their silence was certain. */
export function dropSilent(group: Group, seenMs: number, changes: Changes): void {
  if (group.episode === undefined) return;
  let closedMs = Number.NEGATIVE_INFINITY;
  let closedSeenMs = Number.NEGATIVE_INFINITY;
  for (const member of group.episode.members) {
    const { watch } = member;
    if (!member.active || seenMs <= watch.lastSeenMs + watch.lens.silentMs) continue;
    member.active = false;
    clearRun(watch.run);
    closedMs = Math.max(closedMs, watch.lastMs + watch.lens.silentMs);
    closedSeenMs = Math.max(closedSeenMs, watch.lastSeenMs + watch.lens.silentMs);
  }
  if (closedMs > Number.NEGATIVE_INFINITY) closeIfOver(group, closedMs, closedSeenMs, changes);
}

function memberOf(watch: Watch): Member | undefined {
  return watch.group.episode?.members.find((member) => member.watch === watch);
}

function openEpisode(watch: Watch, verdict: Verdict, room: number): Episode {
  const { group, run } = watch;
  const opening = evidenceAt(watch, run.place, room);
  const first = placesOf(run, verdict)[0] ?? run.place;
  const family = familyKey(watch.info.labels);
  return {
    id: findingId(watch.info.detector, group.settings.text, family, opening.timeMs),
    family,
    opener: watch,
    opening,
    startMs: fieldOf(run, first, 'timeMs'),
    confirmedMs: opening.timeMs,
    seenMs: fieldOf(run, run.place, 'seenMs'),
    members: [],
    peak: opening,
    lastAnomalousMs: opening.timeMs,
  };
}

function closeIfOver(group: Group, closedMs: number, closedSeenMs: number, changes: Changes): void {
  const { episode } = group;
  if (episode === undefined || episode.members.some((member) => member.active)) return;
  note(episode, changes, { endMs: episode.lastAnomalousMs, closedMs, closedSeenMs });
  group.episode = undefined;
  group.open.delete(group);
}

/** Writes the finding down as it now is, behind all that changed before. */
function note(
  episode: Episode,
  changes: Changes,
  closed: { readonly endMs?: number; readonly closedMs?: number; readonly closedSeenMs?: number } = {},
): void {
  const { info, lens } = episode.opener;
  const { source, destination } = info.labels;
  changes.delete(episode.id);
  changes.set(episode.id, {
    id: episode.id,
    detector: info.detector,
    entity: entityOf(info.labels),
    family: episode.family,
    metric: familyName(info.labels),
    ...(source === undefined || destination === undefined ? {} : { call: { source, destination } }),
    direction: episode.opening.score < 0 ? 'below' : 'above',
    startMs: episode.startMs,
    confirmedMs: episode.confirmedMs,
    seenMs: episode.seenMs,
    ...closed,
    ...(lens.plan.alert === undefined ? {} : { alert: alertRuleAt(lens.plan.alert, info.stepMs) }),
    opening: episode.opening,
    peak: episode.peak,
    members: episode.members.map(({ watch, peakScore, points }) => ({
      series: watch.info.series,
      metricName: metricNameOf(watch.info.labels),
      peakScore,
      points,
    })),
  });
}
