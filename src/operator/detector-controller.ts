// From a detector to its plan, and from a check to its status. Reconciling never queries: it says what is to be watched, and
// the scheduler asks. Level-based: whatever happened, reconciling looks at what there is now.
import type { Clock } from '#kit/clock.ts';
import type { ObjectKey, ReconcileResult } from '#kube/contract.ts';
import type { Labels } from '#model/series.ts';
import { matchesLabels } from '#model/series.ts';
import type { Scheduler } from '#pipeline/scheduler.ts';
import { WINDOW_MS, WINDOW_STEP_MS, type WindowOutcome, type WindowPlan, windowGroup } from '#pipeline/window-plan.ts';
import type { DetectorRecord } from './detector-record.ts';
import { REQUEUE_MS } from './detector-state.ts';
import { type DetectorStatus, type Standing, statusOf } from './detector-status.ts';

/** What the controller needs to know of a pod. */
export interface WatchedPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly phase: string;
  readonly deleting: boolean;
}

export interface DetectorControllerOptions {
  readonly clock: Clock;
  readonly detector: (key: ObjectKey) => DetectorRecord | undefined;
  readonly podsOf: (namespace: string) => Iterable<WatchedPod>;
  readonly scheduler: Scheduler<WindowPlan>;
  /** It is not checked any more, for now or for good: what is open of it is over. */
  readonly unwatch: (planKey: string) => void;
  readonly forget: (planKey: string) => void;
  /** Prometheus has no such metric of these pods. */
  readonly onAbsent: (record: DetectorRecord, pods: ReadonlySet<string>) => void;
  readonly putStatus: (key: ObjectKey, uid: string, status: DetectorStatus) => void;
  /** Between two points of a window; half a minute unless told. */
  readonly stepMs?: number;
}

/** What the page shows of a detector. */
export interface DetectorView {
  readonly record: DetectorRecord;
  readonly status: DetectorStatus;
  readonly outcome: WindowOutcome | undefined;
  /** Names of the pods that its selector matches. */
  readonly pods: ReadonlySet<string>;
}

export interface DetectorController {
  reconcile(key: ObjectKey): ReconcileResult;
  /** Takes the outcomes of a check, and says when each plan wants the next. */
  settle(plans: readonly WindowPlan[], outcomes: ReadonlyMap<string, WindowOutcome>): ReadonlyMap<string, number>;
  views(): readonly DetectorView[];
}

interface Known {
  readonly planKey: string;
  outcome: WindowOutcome | undefined;
  status: DetectorStatus | undefined;
}

const NOT_LOOKED_AT: DetectorStatus = {
  ...{ state: 'Pending', monitoredPods: 0, anomalousPods: [], anomalousPodCount: 0 },
  ...{ observedGeneration: 0, conditions: [] },
};

export function createDetectorController(options: DetectorControllerOptions): DetectorController {
  const known = new Map<ObjectKey, Known>();

  function drop(key: ObjectKey): void {
    const planKey = known.get(key)?.planKey;
    known.delete(key);
    if (planKey === undefined) return;
    unplan(planKey);
    options.forget(planKey);
  }

  function unplan(planKey: string): void {
    options.scheduler.remove(planKey);
    options.unwatch(planKey);
  }

  function stand(key: ObjectKey, record: DetectorRecord, standing: Standing): ReconcileResult {
    const entry = known.get(key) ?? { planKey: record.uid, outcome: undefined, status: undefined };
    known.set(key, entry);
    const before = entry.status ?? record.status;
    const status = statusOf({ ...record, status: before }, standing, options.clock.nowMs());
    entry.status = status;
    options.putStatus(key, record.uid, status);
    return { requeueAfterMs: REQUEUE_MS[status.state] };
  }

  function reconcile(key: ObjectKey): ReconcileResult {
    const record = options.detector(key);
    // Another object of the same name begins with nothing.
    if (record === undefined || record.deleting || known.get(key)?.planKey !== record.uid) drop(key);
    if (record === undefined || record.deleting) return {};
    if (record.plan === undefined) {
      unplan(record.uid);
      return stand(key, record, { kind: 'invalid', problems: record.problems });
    }
    const pods = matchingPods(record.plan.selector, options.podsOf(record.namespace));
    if (pods.length === 0) {
      unplan(record.uid);
      return stand(key, record, { kind: 'no-pods' });
    }
    if (!known.has(key)) known.set(key, { planKey: record.uid, outcome: undefined, status: undefined });
    const plan = windowPlanOf(record, pods, options.stepMs ?? WINDOW_STEP_MS);
    if (!isSame(options.scheduler.get(plan.key), plan)) options.scheduler.put(plan);
    // From here on the scheduler comes back: by itself, in the plan's own interval.
    return {};
  }

  function settle(
    plans: readonly WindowPlan[],
    outcomes: ReadonlyMap<string, WindowOutcome>,
  ): ReadonlyMap<string, number> {
    const next = new Map<string, number>();
    for (const plan of plans) {
      const key = `${plan.namespace}/${plan.name}`;
      const record = options.detector(key);
      const entry = known.get(key);
      const outcome = outcomes.get(plan.key);
      // It changed or went while it was checked: what was found is of something that is no more.
      if (record?.uid !== plan.key || record.generation !== plan.generation || entry === undefined) continue;
      if (outcome === undefined) continue;
      entry.outcome = outcome;
      if (outcome.kind === 'no-metrics') options.onAbsent(record, plan.pods);
      const { requeueAfterMs } = stand(key, record, { kind: 'checked', pods: plan.pods, outcome });
      if (requeueAfterMs !== undefined) next.set(plan.key, requeueAfterMs);
    }
    return next;
  }

  function views(): DetectorView[] {
    return [...known].flatMap(([key, { status, outcome }]): DetectorView[] => {
      const record = options.detector(key);
      if (record === undefined) return [];
      const pods = options.scheduler.get(record.uid)?.pods ?? new Set<string>();
      // Before its first check it stands as the last run left it.
      return [{ record, status: status ?? { ...NOT_LOOKED_AT, ...record.status }, outcome, pods }];
    });
  }

  return { reconcile, settle, views };
}

/** Pods that run or are about to: one that has ended measures nothing any more. */
function matchingPods(selector: Labels, pods: Iterable<WatchedPod>): string[] {
  const names: string[] = [];
  for (const { name, labels, phase, deleting } of pods) {
    if (deleting || phase === 'Succeeded' || phase === 'Failed') continue;
    if (matchesLabels(labels, selector)) names.push(name);
  }
  return names.sort();
}

function windowPlanOf(record: DetectorRecord, pods: readonly string[], stepMs: number): WindowPlan {
  const { uid, namespace, name, generation, plan } = record;
  if (plan === undefined) throw new Error('unreachable: only a detector with a plan is planned');
  return {
    key: uid,
    group: windowGroup(namespace, plan, stepMs, WINDOW_MS),
    namespace,
    name,
    generation,
    // Its pods are chosen by their labels here; the series of these pods carry others.
    plan: { ...plan, selector: {} },
    pods: new Set(pods),
    windowMs: WINDOW_MS,
    stepMs,
  };
}

function isSame(before: WindowPlan | undefined, after: WindowPlan): boolean {
  if (before === undefined || before.generation !== after.generation || before.pods.size !== after.pods.size)
    return false;
  return [...after.pods].every((pod) => before.pods.has(pod));
}
