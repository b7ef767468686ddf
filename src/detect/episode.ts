// An episode is one stretch in which a family (near copies of one thing) was not normal under one set of settings. It
// opens when the first member's run is long enough; others join when theirs are; it closes when each member was normal
// for `clear` points in a row or fell silent. Every change leaves a whole finding as it was at that point, so that the
// output does not depend on how the stream is cut into blocks.
import { entityOf } from '#model/entity.ts';
import type { Evidence, Finding } from '#model/finding.ts';
import { familyKey, familyName, metricNameOf } from '#model/series.ts';
import { findingId } from './finding-id.ts';
import { clearRun, countVerdict, fieldOf, placesOf, type Verdict } from './run.ts';
import { evidenceAt, type Watch } from './watch.ts';

/** All that watch one family with the same settings. */
export interface Group {
  /** The family's key, or what stands for it where that is not held. */
  readonly name: string;
  readonly settings: string;
  /** The groups of the same engine that have an open episode; this one is in it while it has. */
  readonly open: Set<Group>;
  episode: Episode | undefined;
  /** That watch in it. */
  watches: number;
}

interface Member {
  readonly watch: Watch;
  /** False once it was normal again; true again if it relapses while others keep the episode open. */
  active: boolean;
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
  if (joins && among < watch.plan.guards.persistence.points) return false;
  let changed = joins;
  const episode = group.episode ?? openEpisode(watch, verdict);
  group.episode = episode;
  group.open.add(group);
  if (member === undefined) {
    member = { watch, active: true, points: 0, peakScore: 0 };
    episode.members.push(member);
  }
  member.points += joins ? among : 1;
  member.active = true;
  episode.lastAnomalousMs = fieldOf(run, run.place, 'timeMs');
  for (const place of joins ? placesOf(run, verdict) : [run.place]) {
    const score = fieldOf(run, place, 'score');
    if (Math.abs(score) > Math.abs(member.peakScore)) member.peakScore = score;
    if (Math.abs(score) > Math.abs(episode.peak.score)) {
      episode.peak = evidenceAt(watch, place);
      changed = true;
    }
  }
  if (changed) note(episode, changes);
  return true;
}

/** Takes a normal point, the newest of the watch's run: enough of them and the member leaves. */
export function takeNormal(watch: Watch, timeMs: number, seenMs: number, changes: Changes): void {
  const member = memberOf(watch);
  if (member?.active !== true || watch.run.streak < watch.plan.guards.persistence.clear) return;
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
    if (!member.active || seenMs <= watch.lastSeenMs + watch.silentMs) continue;
    member.active = false;
    clearRun(watch.run);
    closedMs = Math.max(closedMs, watch.lastMs + watch.silentMs);
    closedSeenMs = Math.max(closedSeenMs, watch.lastSeenMs + watch.silentMs);
  }
  if (closedMs > Number.NEGATIVE_INFINITY) closeIfOver(group, closedMs, closedSeenMs, changes);
}

function memberOf(watch: Watch): Member | undefined {
  return watch.group.episode?.members.find((member) => member.watch === watch);
}

function openEpisode(watch: Watch, verdict: Verdict): Episode {
  const { group, run } = watch;
  const opening = evidenceAt(watch, run.place);
  const first = placesOf(run, verdict)[0] ?? run.place;
  const family = familyKey(watch.info.labels);
  return {
    id: findingId(watch.info.detector, group.settings, family, opening.timeMs),
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
  const { info } = episode.opener;
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
