// The plans of a detector: one for each namespace in which it has pods, and each of its metrics.
import type { ObjectKey } from '#kube/contract.ts';
import { objectKey } from '#kube/object-key.ts';
import type { Labels } from '#model/series.ts';
import { WINDOW_MS, type WindowOutcome, type WindowPlan, windowGroup } from '#pipeline/window-plan.ts';
import type { DetectorRecord } from './detector-record.ts';
import { type ChosenPod, choosesPod, type Watch } from './watch.ts';

/** What the controller needs to know of a pod. */
export interface WatchedPod extends ChosenPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly phase: string;
  readonly deleting: boolean;
}

/** Names of pods by their namespace, both in order. */
export type ChosenPods = ReadonlyMap<string, readonly string[]>;

/** Pods that run or are about to: one that has ended measures nothing any more. */
export function chosenPods({ pods: choice }: Watch, pods: Iterable<WatchedPod>): ChosenPods {
  const chosen = new Map<string, string[]>();
  for (const pod of pods) {
    if (pod.deleting || pod.phase === 'Succeeded' || pod.phase === 'Failed' || !choosesPod(choice, pod)) continue;
    const names = chosen.get(pod.namespace) ?? [];
    chosen.set(pod.namespace, names);
    names.push(pod.name);
  }
  for (const names of chosen.values()) names.sort();
  return new Map([...chosen].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** How its status calls a pod: with its namespace where the detector has none of its own. */
export function podName({ namespace: own }: Pick<DetectorRecord, 'namespace'>, namespace: string, pod: string): string {
  return own === '' ? objectKey(namespace, pod) : pod;
}

export interface PlanOptions {
  readonly owner: ObjectKey;
  /** Between two points, whatever the detector says: where pods are scraped, and an hour is kept. */
  readonly scrapedMs: number | undefined;
  /** Series that a plan may have, for what the detector's others have. */
  readonly seriesLeft: (planKey: string) => number;
}

export function windowPlansOf(
  { uid, generation }: Pick<DetectorRecord, 'uid' | 'generation'>,
  watch: Watch,
  chosen: ChosenPods,
  { owner, scrapedMs, seriesLeft }: PlanOptions,
): WindowPlan[] {
  const { plans, intervalMs, isHere } = watch;
  const windowMs = scrapedMs === undefined ? watch.windowMs : Math.min(watch.windowMs, WINDOW_MS);
  const stepMs = scrapedMs ?? watch.stepMs;
  return [...chosen].flatMap(([namespace, names]) => {
    const pods = new Set(names);
    return plans.map((plan): WindowPlan => {
      const { expressions: _, ...rest } = plan;
      // A detector of one metric in its own namespace, as most are, is called as its object is.
      const where = watch.namespaces === undefined ? '' : `/${namespace}`;
      const key = `${uid}${where}${plans.length === 1 ? '' : `/${plan.metricName}`}`;
      return {
        ...{ key, group: windowGroup(namespace, plan, stepMs, windowMs) },
        ...{ uid, owner, namespace, generation, pods, intervalMs, isHere, windowMs, stepMs },
        seriesLeft: () => seriesLeft(key),
        // Its pods are chosen by their labels here; the series of these pods carry others.
        plan: { ...rest, selector: {} },
      };
    });
  });
}

export function isSamePlan(before: WindowPlan | undefined, after: WindowPlan): boolean {
  if (before === undefined || before.generation !== after.generation || before.pods.size !== after.pods.size)
    return false;
  return [...after.pods].every((pod) => before.pods.has(pod));
}

/** The outcome with pods called as the detector's status calls them. */
export function calledOutcome(
  record: DetectorRecord,
  { namespace }: WindowPlan,
  outcome: WindowOutcome,
): WindowOutcome {
  if (record.namespace !== '' || outcome.kind !== 'analysed') return outcome;
  const call = (pod: string) => podName(record, namespace, pod);
  const latestScores = new Map([...outcome.latestScores].map(([pod, score]) => [call(pod), score]));
  return { ...outcome, anomalousPods: outcome.anomalousPods.map(call), latestScores };
}
