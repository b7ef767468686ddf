// An alert is what somebody is told: that a detector of which its author said so found something, or what another system
// tells of. It is named by its labels, so that what begins and ends again and again is one alert.
import { digestOf } from './digest.ts';
import type { Finding } from './finding.ts';
import type { Labels } from './series.ts';

export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Labels that each alert of ours has or may have: no detector adds one of these names. */
export const RESERVED_ALERT_LABELS = [
  'alertname',
  'detector',
  'metric',
  'name',
  'namespace',
  'node',
  'pod',
  'service',
  'severity',
] as const;

/** "Alert on this", as a detector says it. */
export interface AlertRule {
  /** So long a finding must have been open before anybody is told. */
  readonly afterMs: number;
  /** And no less than so many points of its series take, where they lie further apart. */
  readonly afterPoints?: number;
  readonly severity: AlertSeverity;
  /** Beside ours. */
  readonly labels: Labels;
  /** In place of the sentence that is made of the finding. */
  readonly summary?: string;
  /** Address of what to do. */
  readonly runbook?: string;
}

/** The rule of a series with a point each `stepMs`. */
export function alertRuleAt({ afterPoints = 0, ...rule }: AlertRule, stepMs: number): AlertRule {
  return { ...rule, afterMs: Math.max(rule.afterMs, afterPoints * stepMs) };
}

/**
 * What another system said fires and did not say again for so long is over, and nobody will say so: an Alertmanager repeats it
 * every four hours unless told.
 */
export const FORGOTTEN_MS = 24 * 3_600_000;

export type AlertState = 'pending' | 'firing' | 'resolved';

export interface Alert {
  /** Of its labels. */
  readonly key: string;
  /** Ours, or what an Alertmanager sent. */
  readonly source: 'own' | 'alertmanager';
  readonly state: AlertState;
  /** What it is; they never change. */
  readonly labels: Labels;
  /** What is to be read; they may change while it lasts. */
  readonly annotations: Labels;
  /** Of ours: the path of its finding in the page. Of others: an address, or ''. */
  readonly link: string;
  /** Since when; it never moves while it is the same alert. */
  readonly startsMs: number;
  /** Of one that is resolved: when the trouble ended. */
  readonly endsMs?: number;
  /** When it was last heard of; of one that is resolved, when that became certain. */
  readonly updatedMs: number;
  /** Only of ours. */
  readonly stretch?: Stretch;
}

/** What an alert of ours is made of: for how long something was open without a break, and since when it is quiet. */
export interface Stretch {
  readonly afterMs: number;
  /** When the first of them began. */
  readonly startsMs: number;
  /** When production knew of the first of the findings that are open; of those that were, when none is. */
  readonly sinceMs: number;
  /** Ids of the findings that are open. */
  readonly open: readonly string[];
  /** When the last of them was known to be over; absent while one is open. */
  readonly quietMs?: number;
}

/** What is to be told to one receiver, once: an alert as it was when it began to fire or was resolved. */
export interface AlertMessage {
  readonly number: number;
  readonly alert: Alert;
  /** Since when it waits. */
  readonly sinceMs: number;
}

/** What waits for one receiver. */
export interface MessageQueue {
  /** The oldest that wait, at most so many as one answer holds. */
  readonly messages: readonly AlertMessage[];
  /** Numbers of those that cannot be read any more. */
  readonly damaged: readonly number[];
  readonly waiting: number;
  /** Since when the oldest of them waits. */
  readonly oldestMs?: number;
}

/** Findings that changed and that no alert knows of yet, as they now are. */
export interface AlertChanges {
  /** All up to this number. */
  readonly number: number;
  readonly findings: readonly Finding[];
}

/** Findings, alerts and messages that belong together: all of it is kept, or nothing. */
export interface AlertCommit {
  /** Changes up to this number are in it. */
  readonly handled?: number;
  readonly put: readonly Alert[];
  /** Keys of alerts of which nothing is left to say. */
  readonly forget: readonly string[];
  /** Receiver and key of an alert in `put`. */
  readonly tell: readonly { readonly receiver: string; readonly key: string }[];
  readonly nowMs: number;
}

/** The same key for the same labels, in any order. */
export function alertKey(labels: Labels): string {
  const text = JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
  return Array.from(digestOf(text), (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
