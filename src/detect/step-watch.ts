// What happens to one watched series at one sample, in order: silences end, the value is scored, guards decide, the
// verdict goes into the run, and the run into the family's episode.
import { FLAG } from '#model/score.ts';
import { type Changes, dropSilent, isActive, takeAnomalous, takeNormal } from './episode.ts';
import { evaluateGuards } from './guards.ts';
import { clearRun, pushPoint } from './run.ts';
import type { Watch } from './watch.ts';

/** Steps the watch, leaving its `score` and `flags` as they are after this sample; notes what changed in its episode. */
export function stepWatch(watch: Watch, timeMs: number, seenMs: number, value: number, changes: Changes): void {
  dropSilent(watch.group, seenMs, changes);
  // Points before a silence do not count towards persistence after it.
  if (seenMs > watch.lastSeenMs + watch.silentMs) clearRun(watch.run);
  watch.online.step(watch.state, timeMs, value, watch.score);
  const flags = evaluateGuards(watch.plan, value, watch.score.expected, watch.score.score);
  const missing = (flags & FLAG.missing) !== 0;
  if (!missing) {
    watch.lastMs = timeMs;
    watch.lastSeenMs = seenMs;
  }
  watch.flags = flags | judge(watch, flags, timeMs, seenMs, value, changes);
  if (isActive(watch)) watch.flags |= FLAG.findingOpen;
}

/** Takes the point into run and episode; returns `failedPersistence` when only that held it back. */
function judge(watch: Watch, flags: number, timeMs: number, seenMs: number, value: number, changes: Changes): number {
  const { run, score } = watch;
  if (flags === FLAG.beyondThreshold) {
    const verdict = score.score < 0 ? -1 : 1;
    pushPoint(run, verdict, timeMs, seenMs, value, score);
    return takeAnomalous(watch, verdict, changes) ? 0 : FLAG.failedPersistence;
  }
  // A value out of range is not believed, one without a score (warm-up) says nothing: both are as good as missing.
  const unknown = (flags & (FLAG.missing | FLAG.failedRange)) !== 0 || Number.isNaN(score.score);
  if (unknown && watch.plan.guards.missing === 'ignore') return 0;
  pushPoint(run, 0, timeMs, seenMs, value, score);
  takeNormal(watch, timeMs, seenMs, changes);
  return 0;
}
