// What a detector's status says (D1), and what a reconcile and an analysis know of it. The words are the resource's: they
// never change.

export const DETECTOR_STATES = ['Pending', 'NoPodsFound', 'AwaitingMetrics', 'Active', 'Error'] as const;
export type DetectorState = (typeof DETECTOR_STATES)[number];

/** Names in `status.anomalousPods` at most; the count beside it counts all. */
export const MOST_ANOMALOUS_PODS = 100;

/** When to look again, by state (D2). */
export const REQUEUE_MS: Readonly<Record<DetectorState, number>> = {
  Pending: 0,
  NoPodsFound: 60_000,
  AwaitingMetrics: 30_000,
  Active: 60_000,
  Error: 300_000,
};

export interface DetectorCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** UpperCamelCase. */
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

export interface DetectorStatus {
  readonly state: DetectorState;
  readonly monitoredPods: number;
  /** Of the last analysis, RFC 3339; absent before the first. */
  readonly lastCheckTime?: string;
  readonly anomalousPods: readonly string[];
  readonly anomalousPodCount: number;
  readonly observedGeneration: number;
  readonly conditions: readonly DetectorCondition[];
}
