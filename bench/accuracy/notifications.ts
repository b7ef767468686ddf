// Who would have been told, were "alert on this" said of every detector: the findings of a run go through the very ledger that
// makes alerts of them in production, in the order of time, with what `spec.findings` and the hold are by default.
import { toldOf } from '#act/alert-of-finding.ts';
import { createLedger } from '#act/ledger.ts';
import { AppError } from '#kit/errors.ts';
import type { Alert, AlertRule } from '#model/alert.ts';
import { quietStretches } from '#model/answer-key.ts';
import type { Finding } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import { alertRuleOf, findings } from '#resource/anomaly-detector/findings.ts';
import type { TapeHeader } from '#tape/contract.ts';
import { ALERT_HOLD_MS } from '../../src/app/notify-options.ts';

/** An alert that began to fire: one message for each receiver, and one more when it is over. */
export interface Notification {
  readonly timeMs: number;
  readonly alert: Alert;
  /** That it began with, as it was in the end. */
  readonly finding: Finding;
}

/** What `findings: { alert: true }` means and nothing else said, of a detector that ends as `ends` says. */
export function defaultRule(ends: 'back' | 'scored' = 'back'): AlertRule {
  const rule = alertRuleOf(findings.parse({ alert: true }), ends, undefined);
  if (rule === undefined) throw new AppError('internal', 'a detector that alerts has no rule');
  return rule;
}

/** The same plans, with "alert on this". */
export function alerting(plans: readonly Plan[]): readonly Plan[] {
  return plans.map((plan) => ({ ...plan, alert: defaultRule(plan.guards.ends ?? 'scored') }));
}

/** As often as a tape of minutes has something new; in production it looks every few seconds. */
const LOOK_MS = 60_000;

/**
 * What a run's findings would have made somebody hear, in order. Each goes in as production had it: open from when it was known,
 * over from when its end was. Throws `too-much` when the ledger has no room.
 */
export function notificationsOf(found: readonly Finding[], holdMs = ALERT_HOLD_MS): readonly Notification[] {
  const ledger = createLedger([], holdMs);
  const all: Notification[] = [];
  const look = (changed: readonly Finding[], nowMs: number) => {
    const step = ledger.step(changed, nowMs);
    if (step.crowded > 0) throw new AppError('too-much', `${step.crowded} findings found no room among the alerts`);
    ledger.apply(step, nowMs);
    for (const alert of step.turned) {
      if (alert.state === 'firing') all.push({ timeMs: nowMs, alert, finding: beginningOf(alert, found) });
    }
  };
  const changes = changesOf(found);
  // Nothing changes later than this without a finding that does.
  const untilMs = Math.max(holdMs, ...found.map(({ alert }) => alert?.afterMs ?? 0)) + LOOK_MS;
  for (const [index, [timeMs, changed]] of changes.entries()) {
    look(changed, timeMs);
    const endMs = Math.min(timeMs + untilMs, changes[index + 1]?.[0] ?? Number.POSITIVE_INFINITY);
    for (let nowMs = timeMs + LOOK_MS; nowMs < endMs; nowMs += LOOK_MS) look([], nowMs);
  }
  return all;
}

/** The first of the findings that an alert was made of since it was quiet. */
function beginningOf({ key, stretch }: Alert, found: readonly Finding[]): Finding {
  const first = found.find(
    (finding) =>
      finding.startMs === stretch?.startsMs &&
      finding.alert !== undefined &&
      toldOf(finding, finding.alert).key === key,
  );
  if (first === undefined) throw new AppError('internal', `no finding began the alert ${key}`);
  return first;
}

/** By time, the findings as they were known then. */
function changesOf(found: readonly Finding[]): readonly (readonly [timeMs: number, changed: readonly Finding[]])[] {
  const changes = found.flatMap((finding): { timeMs: number; finding: Finding }[] => {
    const { endMs: _, closedMs: __, closedSeenMs, ...open } = finding;
    const opened = { timeMs: open.seenMs, finding: open };
    return closedSeenMs === undefined ? [opened] : [opened, { timeMs: closedSeenMs, finding }];
  });
  return [...Map.groupBy(changes, ({ timeMs }) => timeMs)]
    .sort(([one], [other]) => one - other)
    .map(([timeMs, all]) => [timeMs, all.map(({ finding }) => finding)]);
}

/** Those that came in quiet time. */
export function inQuietTime(
  all: readonly Notification[],
  { segments }: Pick<TapeHeader, 'segments'>,
): readonly Notification[] {
  const stretches = quietStretches(segments);
  return all.filter(({ timeMs }) => stretches.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs));
}
