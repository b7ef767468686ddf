// The life of an alert of ours, as pure functions. What is open for so long as its detector asks fires; it is over when nothing
// of it was open for a while (the hold), so that what flaps is told once and taken back once.
import type { Alert, AlertRule, Stretch } from '#model/alert.ts';
import { endOf, type Finding } from '#model/finding.ts';

/** Findings of one alert that are known to be open; of more it would need no other verdict. */
const MOST_OPEN = 1000;

/** What an alert says, made of the newest of its findings. */
export interface Told extends Pick<Alert, 'key' | 'labels' | 'annotations' | 'link'> {
  readonly rule: AlertRule;
}

/** The alert with a finding as it now is taken in; undefined when there is still none. */
export function takeFinding(alert: Alert | undefined, told: Told, finding: Finding, nowMs: number): Alert | undefined {
  const { rule, ...words } = told;
  const stretch = stretchWith(alert, finding, rule);
  if (stretch === undefined || stretch === alert?.stretch) return alert;
  const { startMs: startsMs } = finding;
  const base = alert ?? ({ source: 'own', state: 'pending', startsMs, updatedMs: nowMs } as const);
  return { ...base, ...words, stretch };
}

/** The alert without a finding that is no longer its own, as when its detector does not want to tell of it any more. */
export function dropFinding(alert: Alert, id: string, nowMs: number): Alert {
  const { stretch } = alert;
  if (stretch?.open.includes(id) !== true) return alert;
  const open = stretch.open.filter((one) => one !== id);
  return { ...alert, stretch: { ...stretch, open, ...(open.length === 0 && { quietMs: nowMs }) } };
}

/** Its stretch with the finding taken in: the very same when nothing changes; undefined for one over before the alert ended. */
function stretchWith(alert: Alert | undefined, finding: Finding, rule: AlertRule): Stretch | undefined {
  const before = alert?.stretch;
  const { id, startMs: startsMs, seenMs, closedSeenMs } = finding;
  const { afterMs } = rule;
  const isFiring = alert?.state === 'firing';
  if (endOf(finding) === undefined || closedSeenMs === undefined) {
    // One that was quiet begins anew, unless somebody was told already.
    if (before === undefined || (before.open.length === 0 && !isFiring))
      return { afterMs, startsMs, sinceMs: seenMs, open: [id] };
    if (before.open.includes(id) || before.open.length >= MOST_OPEN) return before;
    const { quietMs: _, ...rest } = before;
    return { ...rest, afterMs, sinceMs: Math.min(before.sinceMs, seenMs), open: [...before.open, id] };
  }
  const own = { afterMs, startsMs, sinceMs: seenMs, open: [], quietMs: closedSeenMs };
  if (before === undefined) return closedSeenMs > (alert?.endsMs ?? Number.NEGATIVE_INFINITY) ? own : undefined;
  if (!before.open.includes(id)) {
    // It came and went before anybody looked.
    if (before.open.length > 0 || closedSeenMs <= (before.quietMs ?? 0)) return before;
    return isFiring ? { ...before, quietMs: closedSeenMs } : own;
  }
  const open = before.open.filter((one) => one !== id);
  return { ...before, open, ...(open.length === 0 && { quietMs: closedSeenMs }) };
}

/** The alert as it stands at this time; undefined when it never came to anything. */
export function advance(alert: Alert, nowMs: number, holdMs: number): Alert | undefined {
  const { stretch, ...rest } = alert;
  if (stretch === undefined) return alert;
  const { open, sinceMs, afterMs, quietMs = nowMs } = stretch;
  const isOpen = open.length > 0;
  const isOver = !isOpen && nowMs >= quietMs + holdMs;
  if (alert.state === 'firing') {
    if (!isOver) return alert;
    return { ...rest, state: 'resolved', endsMs: Math.max(quietMs, alert.startsMs), updatedMs: nowMs };
  }
  const lasted = (isOpen ? nowMs : quietMs) - sinceMs >= afterMs;
  if (lasted && !isOver) {
    const { endsMs = Number.NEGATIVE_INFINITY, ...open } = rest;
    // An Alertmanager takes what overlaps for one.
    return { ...open, state: 'firing', startsMs: Math.max(stretch.startsMs, endsMs + 1), updatedMs: nowMs, stretch };
  }
  if (isOpen) return alert;
  return alert.state === 'resolved' ? rest : undefined;
}
