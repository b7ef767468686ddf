// What happens to one series through one lens at one sample, in order: silences end, the value is scored, guards decide,
// the verdict goes into the run, and the run into the family's episode. A series that is simply normal has no run and no
// part in an episode: of it nothing is looked at but its score.
import { FLAG } from '#model/score.ts';
import { evaluateGuards } from '../guards.ts';
import type { Directory } from './directory.ts';
import { type Changes, dropSilent, isActive, sideStillOff, takeAnomalous, takeNormal } from './episode.ts';
import type { Lens } from './lens.ts';
import { clearRun, pushPoint } from './run.ts';
import type { Watch } from './watch.ts';

/** A sample on its way; one object for all of them. */
export interface Sample {
  timeMs: number;
  seenMs: number;
  value: number;
  /** What the value is of, where a guard asks for it; NaN where that is not known. */
  denominator: number;
}

/** Steps the series, leaving the lens' `score` and `flags` as they are after this sample; notes what changed in its episode. */
export function stepWatch(
  directory: Directory,
  series: number,
  lens: Lens,
  place: number,
  sample: Sample,
  changes: Changes,
): void {
  const { columns, groups, awake } = directory;
  const { timeMs, seenMs, value, denominator } = sample;
  const group = groups.find(columns.familyOf(series), lens.settings);
  if (group !== undefined) dropSilent(group, seenMs, changes);
  let watch = awake.size === 0 ? undefined : awake.get(place);
  // Points before a silence do not count towards persistence after it.
  if (watch !== undefined && seenMs > watch.lastSeenMs + lens.silentMs) clearRun(watch.run);
  lens.online.step(columns.states[place] as Float64Array, timeMs, value, lens.score);
  const flags = evaluateGuards(lens.plan, timeMs, value, lens.score.expected, lens.score.score, denominator);
  lens.flags = flags;
  if (watch === undefined) {
    if (flags !== FLAG.beyondThreshold) return;
    watch = directory.wake(series, lens, place);
  }
  if ((flags & FLAG.missing) === 0) {
    watch.lastMs = timeMs;
    watch.lastSeenMs = seenMs;
  }
  lens.flags |= judge(watch, flags, sample, changes);
  if (isActive(watch)) lens.flags |= FLAG.findingOpen;
  // A member stays what it is until the episode is over, for it may relapse.
  if (watch.run.points === undefined && watch.group.episode === undefined) directory.sleep(place);
}

/** Takes the point into run and episode; returns `failedPersistence` when only that held it back. */
function judge(watch: Watch, flags: number, sample: Sample, changes: Changes): number {
  const { run, lens } = watch;
  const { timeMs, seenMs, value, denominator } = sample;
  const { score, plan } = lens;
  if (flags === FLAG.beyondThreshold) {
    const verdict = score.score < 0 ? -1 : 1;
    pushPoint(run, verdict, timeMs, seenMs, value, score, denominator);
    return takeAnomalous(watch, verdict, changes) ? 0 : FLAG.failedPersistence;
  }
  // A value out of range is not believed, one without a score (warm-up) says nothing: both are as good as missing.
  const unknown = (flags & (FLAG.missing | FLAG.failedRange)) !== 0 || Number.isNaN(score.score);
  if (unknown && plan.guards.missing === 'ignore') return 0;
  const side = flags === 0 && plan.guards.ends === 'back' ? sideNotBack(watch, sample) : 0;
  pushPoint(run, side, timeMs, seenMs, value, score, denominator);
  if (side === 0) takeNormal(watch, timeMs, seenMs, changes);
  else takeAnomalous(watch, side, changes);
  return 0;
}

/** The side of a point that the method got used to and that is not back; what it must pass beside the threshold it passes still. */
function sideNotBack(watch: Watch, { timeMs, value, denominator }: Sample): 1 | -1 | 0 {
  const { plan, score } = watch.lens;
  const side = sideStillOff(watch, value - score.expected);
  if (side === 0) return 0;
  const flags = evaluateGuards(plan, timeMs, value, score.expected, side * Number.POSITIVE_INFINITY, denominator);
  return flags === FLAG.beyondThreshold ? side : 0;
}
