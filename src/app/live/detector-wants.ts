// Which detectors are to be looked at again, and when: those that a changed pod concerns, all of them when this process begins
// to lead, and all of them every ten minutes, whatever was not heard of.
import type { Clock } from '#kit/clock.ts';
import type { PodRecord } from '#kube/objects.ts';
import type { DetectorRecord } from '#operator/detector-record.ts';
import { choosesPod, looksInto } from '#operator/watch.ts';
import type { Cluster } from './cluster.ts';
import type { Detectors } from './detectors.ts';

export interface DetectorWants {
  start(): void;
  all(): void;
  stop(): Promise<void>;
}

export interface DetectorWantsOptions {
  readonly cluster: Pick<Cluster, 'onPod'>;
  readonly detectors: Pick<Detectors, 'list'>;
  readonly want: (record: DetectorRecord) => void;
  readonly steadyClock: Clock;
}

const RESYNC_MS = 600_000;

export function createDetectorWants({ cluster, detectors, want, steadyClock }: DetectorWantsOptions): DetectorWants {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | undefined;
  const all = () => {
    for (const record of detectors.list()) want(record);
  };
  const endEar = cluster.onPod((pod, before) => {
    for (const record of detectors.list()) if (concerns(record, pod, before)) want(record);
  });
  const resync = async () => {
    while (!signal.aborted) {
      await steadyClock.sleep(RESYNC_MS, signal);
      if (!signal.aborted) all();
    }
  };
  return {
    start: () => {
      running ??= resync();
    },
    all,
    stop: async () => {
      endEar();
      stopping.abort();
      await running;
    },
  };
}

/** A pod concerns the detectors that select it, and those that did before its labels changed. */
function concerns({ namespace, watch }: DetectorRecord, pod: PodRecord, before: PodRecord | undefined): boolean {
  if (watch === undefined || !looksInto(watch, namespace, pod.namespace)) return false;
  return choosesPod(watch.pods, pod) || (before !== undefined && choosesPod(watch.pods, before));
}
