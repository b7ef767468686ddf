// All alerts of ours that are not over for long, in memory: findings are taken in, time passes, and what came of it is one
// commit. Nothing is changed here before it is stored.
import type { Alert, AlertCommit } from '#model/alert.ts';
import { endOf, type Finding } from '#model/finding.ts';
import { toldOf } from './alert-of-finding.ts';
import { RESOLVED_FOR_MS } from './contract.ts';
import { advance, dropFinding, takeFinding } from './lifecycle.ts';

/** Alerts that are held at once: what is more is counted, and nobody is told of it. */
const MOST_ALERTS = 10_000;

export interface LedgerStep {
  readonly put: readonly Alert[];
  readonly forget: readonly string[];
  /** Of those in `put`: that began to fire or were resolved. */
  readonly turned: readonly Alert[];
  /** Findings for which there was no room. */
  readonly crowded: number;
}

export interface Ledger {
  /** That fire, or were resolved lately. */
  alerts(): readonly Alert[];
  counts(): { readonly firing: number; readonly pending: number };
  /** What these findings and the time make of it. Changes nothing. */
  step(findings: readonly Finding[], nowMs: number): LedgerStep;
  /** It is stored. */
  apply(step: Pick<AlertCommit, 'put' | 'forget'>, nowMs: number): void;
}

export function createLedger(stored: readonly Alert[], holdMs: number): Ledger {
  const alerts = new Map(stored.map((alert) => [alert.key, alert]));
  /** Of findings that are open: the key of their alert. */
  const homes = new Map<string, string>();
  const settle = (alert: Alert) => {
    for (const id of alert.stretch?.open ?? []) homes.set(id, alert.key);
  };
  for (const alert of stored) settle(alert);
  return {
    alerts: () => [...alerts.values()].filter(({ state }) => state !== 'pending'),
    counts: () => {
      const of = (wanted: Alert['state']) => [...alerts.values()].filter(({ state }) => state === wanted).length;
      return { firing: of('firing'), pending: of('pending') };
    },
    step(findings, nowMs) {
      const { next, crowded } = takeAll({ alerts, homes }, findings, nowMs);
      const [put, forget, turned]: [Alert[], string[], Alert[]] = [[], [], []];
      for (const key of new Set([...alerts.keys(), ...next.keys()])) {
        const before = alerts.get(key);
        const taken = next.get(key) ?? before;
        const after = taken && advance(taken, nowMs, holdMs);
        if (after === before) continue;
        if (after === undefined) {
          if (before !== undefined) forget.push(key);
          continue;
        }
        put.push(after);
        if (after.state !== (before?.state ?? 'pending')) turned.push(after);
      }
      return { put, forget, turned, crowded };
    },
    apply({ put, forget }, nowMs) {
      for (const alert of put) {
        for (const id of alerts.get(alert.key)?.stretch?.open ?? []) if (homes.get(id) === alert.key) homes.delete(id);
        alerts.set(alert.key, alert);
      }
      for (const alert of put) settle(alert);
      for (const key of forget) alerts.delete(key);
      for (const [key, { state, updatedMs, stretch }] of alerts) {
        if (state === 'resolved' && stretch === undefined && nowMs - updatedMs >= RESOLVED_FOR_MS) alerts.delete(key);
      }
    },
  };
}

interface Held {
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly homes: ReadonlyMap<string, string>;
}

function takeAll({ alerts, homes }: Held, findings: readonly Finding[], nowMs: number) {
  const next = new Map<string, Alert>();
  const moved = new Map<string, string>();
  let crowded = 0;
  const alertOf = (key: string) => next.get(key) ?? alerts.get(key);
  for (const finding of findings) {
    const { id, alert: rule } = finding;
    const told = rule && toldOf(finding, rule);
    const home = moved.get(id) ?? homes.get(id);
    const old = home === undefined || home === told?.key ? undefined : alertOf(home);
    // Its detector says it in another way now, or not at all.
    if (old !== undefined) next.set(old.key, dropFinding(old, id, nowMs));
    if (told === undefined) continue;
    const before = alertOf(told.key);
    if (before === undefined && alerts.size + next.size >= MOST_ALERTS) {
      crowded++;
      continue;
    }
    const after = takeFinding(before, told, finding, nowMs);
    if (after === undefined) continue;
    next.set(told.key, after);
    if (endOf(finding) === undefined) moved.set(id, told.key);
  }
  return { next, crowded };
}
