// What a reconcile and an analysis make of a detector (D1, D2): the states, when to look again, and how conditions go on
// from what they were.
import type { DETECTOR_STATES } from '#resource/anomaly-detector/status.ts';

export type DetectorState = (typeof DETECTOR_STATES)[number];

/** When to look again, by state (D2). */
export const REQUEUE_MS: Readonly<Record<DetectorState, number>> = {
  Pending: 0,
  NoPodsFound: 60_000,
  AwaitingMetrics: 30_000,
  Active: 60_000,
  Error: 300_000,
};
