// A finding is an episode in which something was not normal: scores that passed every guard, near copies joined.
import type { AlertRule } from './alert.ts';
import type { Entity } from './entity.ts';

export const GUARD_NAMES = [
  'direction',
  'absolute',
  'relative',
  'range',
  'calendar',
  'denominator',
  'persistence',
  'ends',
] as const;
export type GuardName = (typeof GUARD_NAMES)[number];

/** One guard's decision with the figures it was made from, so that it can be shown and not only believed. */
export interface GuardResult {
  readonly guard: GuardName;
  readonly passed: boolean;
  /** What was asked for, in words a program can format: a number in the guard's own unit, or a direction. */
  readonly limit: number | string;
  readonly actual: number | string;
}

/** A scored point with all that led to its verdict. */
export interface Evidence {
  readonly series: string;
  readonly metricName: string;
  readonly timeMs: number;
  readonly value: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  readonly score: number;
  readonly threshold: number;
  readonly algorithm: string;
  readonly baseline: { readonly count: number; readonly fromMs: number; readonly toMs: number };
  /** Anomalous points in a row (or of the last `of`) when this was decided. */
  readonly points: number;
  readonly guards: readonly GuardResult[];
}

export interface FindingMember {
  readonly series: string;
  readonly metricName: string;
  readonly peakScore: number;
  readonly points: number;
}

export interface Finding {
  /** Stable over replays: derived from the detector's name and settings, family and first confirmed time. */
  readonly id: string;
  readonly detector: string;
  readonly entity: Entity;
  /** The family's key and its metric's name without percentile. */
  readonly family: string;
  readonly metric: string;
  /** For a call: who called whom. The finding counts to the callee. */
  readonly call?: { readonly source: string; readonly destination: string };
  readonly direction: 'above' | 'below';
  /** Time of the first anomalous point of the run that opened it. */
  readonly startMs: number;
  /** Time of the point that confirmed it, and when production could have known. */
  readonly confirmedMs: number;
  readonly seenMs: number;
  /**
   * Time of the last anomalous point, and of the point that closed it; absent while it is open. Where nobody looked any
   * more, it ended when it was last known to be open.
   */
  readonly endMs?: number;
  readonly closedMs?: number;
  readonly closedSeenMs?: number;
  /** Its detector wants somebody to be told. */
  readonly alert?: AlertRule;
  readonly opening: Evidence;
  readonly peak: Evidence;
  readonly members: readonly FindingMember[];
}

/**
 * When it ended: at its last anomalous point, as its chart and its length say, and not when that was certain, which is minutes
 * later. Undefined while it is open.
 */
export function endOf({ endMs, closedSeenMs }: Pick<Finding, 'endMs' | 'closedSeenMs'>): number | undefined {
  return closedSeenMs === undefined ? undefined : (endMs ?? closedSeenMs);
}

export type Severity = 'red' | 'amber' | 'green';

const RANK = { green: 0, amber: 1, red: 2 } as const;

export function worseOf(a: Severity, b: Severity): Severity {
  return RANK[a] >= RANK[b] ? a : b;
}

/** The colour of a size of score, for tiles and marks (D8): above 3.5 red, above 2.5 amber, else green. NaN is green. */
export function severityOf(score: number): Severity {
  const size = Math.abs(score);
  if (size > 3.5) return 'red';
  return size > 2.5 ? 'amber' : 'green';
}
