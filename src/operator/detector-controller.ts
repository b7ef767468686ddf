// From a detector to its plan, and from a check to its status. Reconciling never queries: it says what is to be watched, and
// the scheduler asks. Level-based: whatever happened, reconciling looks at what there is now.
import type { Clock } from '#kit/clock.ts';
import type { ObjectKey, ReconcileResult } from '#kube/contract.ts';
import type { Labels } from '#model/series.ts';
import type { Scheduler } from '#pipeline/scheduler.ts';
import { WINDOW_MS, type WindowOutcome, type WindowPlan, windowGroup } from '#pipeline/window-plan.ts';
import { combinedOutcome } from './combined-outcome.ts';
import type { DetectorRecord } from './detector-record.ts';
import { REQUEUE_MS } from './detector-state.ts';
import { type DetectorStatus, type Standing, statusOf } from './detector-status.ts';
import { type ChosenPod, choosesPod, type PodChoice, type Watch } from './watch.ts';

/** What the controller needs to know of a pod. */
export interface WatchedPod extends ChosenPod {
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
  readonly forget: (uid: string) => void;
  /** Prometheus has no such metric of these pods. */
  readonly onAbsent: (record: DetectorRecord, pods: ReadonlySet<string>) => void;
  readonly putStatus: (key: ObjectKey, uid: string, status: DetectorStatus) => void;
  /** Between two points of a window, whatever the detectors say: where pods are scraped, and an hour is kept. */
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
  readonly uid: string;
  generation: number;
  /** Of the plans that are scheduled; one for each metric. */
  planKeys: readonly string[];
  /** By plan, what its last check came to. */
  readonly outcomes: Map<string, WindowOutcome>;
  status: DetectorStatus | undefined;
}

const NOT_LOOKED_AT: DetectorStatus = {
  ...{ state: 'Pending', monitoredPods: 0, anomalousPods: [], anomalousPodCount: 0 },
  ...{ observedGeneration: 0, conditions: [] },
};

export function createDetectorController(options: DetectorControllerOptions): DetectorController {
  return new PlanningController(options);
}

class PlanningController implements DetectorController {
  readonly #options: DetectorControllerOptions;
  readonly #known = new Map<ObjectKey, Known>();

  constructor(options: DetectorControllerOptions) {
    this.#options = options;
  }

  reconcile(key: ObjectKey): ReconcileResult {
    const { detector, podsOf, scheduler, stepMs } = this.#options;
    const record = detector(key);
    // Another object of the same name begins with nothing.
    if (record === undefined || record.deleting || this.#known.get(key)?.uid !== record.uid) this.#drop(key);
    if (record === undefined || record.deleting) return {};
    const entry = this.#entryOf(key, record);
    const { watch } = record;
    const pods = watch === undefined ? [] : matchingPods(watch.pods, podsOf(record.namespace));
    const idle = idleStanding(record, pods);
    if (watch === undefined || idle !== undefined) {
      this.#unplan(entry, []);
      return idle === undefined ? {} : this.#stand(entry, key, record, idle);
    }
    const plans = windowPlansOf(key, record, watch, pods, stepMs);
    this.#unplan(
      entry,
      plans.map((plan) => plan.key),
    );
    for (const plan of plans) if (!isSame(scheduler.get(plan.key), plan)) scheduler.put(plan);
    // From here on the scheduler comes back: by itself, in the plan's own interval.
    return {};
  }

  settle(plans: readonly WindowPlan[], outcomes: ReadonlyMap<string, WindowOutcome>): ReadonlyMap<string, number> {
    const next = new Map<string, number>();
    for (const plan of plans) {
      const outcome = outcomes.get(plan.key);
      const afterMs = outcome === undefined ? undefined : this.#settleOne(plan, outcome);
      if (afterMs !== undefined) next.set(plan.key, afterMs);
    }
    return next;
  }

  views(): DetectorView[] {
    const { detector, scheduler } = this.#options;
    return [...this.#known].flatMap(([key, { status, outcomes, planKeys }]): DetectorView[] => {
      const record = detector(key);
      if (record === undefined) return [];
      const pods = new Set(planKeys.flatMap((planKey) => [...(scheduler.get(planKey)?.pods ?? [])]));
      const outcome = combinedOutcome([...outcomes.values()]);
      // Before its first check it stands as the last run left it.
      return [{ record, status: status ?? { ...NOT_LOOKED_AT, ...record.status }, outcome, pods }];
    });
  }

  #entryOf(key: ObjectKey, { uid, generation }: DetectorRecord): Known {
    const entry = this.#known.get(key) ?? { uid, generation, planKeys: [], outcomes: new Map(), status: undefined };
    this.#known.set(key, entry);
    // What was found of another spec is not what this one comes to.
    if (entry.generation !== generation) entry.outcomes.clear();
    entry.generation = generation;
    return entry;
  }

  #drop(key: ObjectKey): void {
    const entry = this.#known.get(key);
    this.#known.delete(key);
    if (entry === undefined) return;
    this.#unplan(entry, []);
    this.#options.forget(entry.uid);
  }

  /** Ends the plans that are not among `kept`. */
  #unplan(entry: Known, kept: readonly string[]): void {
    for (const planKey of entry.planKeys) {
      if (kept.includes(planKey)) continue;
      this.#options.scheduler.remove(planKey);
      this.#options.unwatch(planKey);
      entry.outcomes.delete(planKey);
    }
    entry.planKeys = kept;
  }

  #stand(entry: Known, key: ObjectKey, record: DetectorRecord, standing: Standing): ReconcileResult {
    const before = entry.status ?? record.status;
    const status = statusOf({ ...record, status: before }, standing, this.#options.clock.nowMs());
    entry.status = status;
    this.#options.putStatus(key, record.uid, status);
    return { requeueAfterMs: REQUEUE_MS[status.state] };
  }

  /** When the plan wants the next check. */
  #settleOne(plan: WindowPlan, outcome: WindowOutcome): number | undefined {
    const record = this.#options.detector(plan.owner);
    const entry = this.#known.get(plan.owner);
    // It changed or went while it was checked: what was found is of something that is no more.
    if (record?.uid !== plan.uid || record.generation !== plan.generation) return undefined;
    if (entry === undefined || !entry.planKeys.includes(plan.key)) return undefined;
    entry.outcomes.set(plan.key, outcome);
    if (outcome.kind === 'no-metrics') this.#options.onAbsent(record, plan.pods);
    const all = combinedOutcome(entry.planKeys.flatMap((planKey) => entry.outcomes.get(planKey) ?? [])) ?? outcome;
    const standing: Standing = { kind: 'checked', pods: plan.pods, outcome: all };
    const { requeueAfterMs } = this.#stand(entry, plan.owner, record, standing);
    return entry.status?.state === 'Active' ? record.watch?.intervalMs : requeueAfterMs;
  }
}

/** What is said of a detector that has nothing to do, or must not do it. */
function idleStanding({ watch, problems }: DetectorRecord, pods: readonly string[]): Standing | undefined {
  if (watch === undefined) return { kind: 'invalid', problems };
  if (watch.isSuspended) return { kind: 'suspended' };
  if (watch.unavailable !== undefined) return { kind: 'unavailable', why: watch.unavailable };
  return pods.length === 0 ? { kind: 'no-pods' } : undefined;
}

/** Pods that run or are about to: one that has ended measures nothing any more. */
function matchingPods(choice: PodChoice, pods: Iterable<WatchedPod>): string[] {
  const names: string[] = [];
  for (const pod of pods) {
    if (pod.deleting || pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    if (choosesPod(choice, pod)) names.push(pod.name);
  }
  return names.sort();
}

function windowPlansOf(
  owner: ObjectKey,
  { uid, namespace, generation }: DetectorRecord,
  { plans, windowMs, stepMs, maxSeries, isHere }: Watch,
  names: readonly string[],
  scrapedMs: number | undefined,
): WindowPlan[] {
  const pods = new Set(names);
  const size =
    scrapedMs === undefined ? { windowMs, stepMs } : { windowMs: Math.min(windowMs, WINDOW_MS), stepMs: scrapedMs };
  return plans.map((plan) => {
    const { expressions: _, ...rest } = plan;
    return {
      // A detector of one metric, as most are, is called as its object is.
      key: plans.length === 1 ? uid : `${uid}/${plan.metricName}`,
      group: windowGroup(namespace, plan, size.stepMs, size.windowMs),
      ...{ uid, owner, namespace, generation, pods, maxSeries, isHere },
      // Its pods are chosen by their labels here; the series of these pods carry others.
      plan: { ...rest, selector: {} },
      ...size,
    };
  });
}

function isSame(before: WindowPlan | undefined, after: WindowPlan): boolean {
  if (before === undefined || before.generation !== after.generation || before.pods.size !== after.pods.size)
    return false;
  return [...after.pods].every((pod) => before.pods.has(pod));
}
