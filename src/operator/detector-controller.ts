// From a detector to its plan, and from a check to its status. Reconciling never queries: it says what is to be watched, and
// the scheduler asks. Level-based: whatever happened, reconciling looks at what there is now.
import type { Clock } from '#kit/clock.ts';
import type { ObjectKey, ReconcileResult } from '#kube/contract.ts';
import { objectKey } from '#kube/object-key.ts';
import type { Scheduler } from '#pipeline/scheduler.ts';
import { OVER_BUDGET, overBudget, type WindowOutcome, type WindowPlan } from '#pipeline/window-plan.ts';
import { combinedOutcome, seriesBeside, seriesIn } from './combined-outcome.ts';
import { addFindings, type FindingsRate } from './detector-health.ts';
import {
  type ChosenPods,
  calledOutcome,
  chosenPods,
  isSamePlan,
  podName,
  type WatchedPod,
  windowPlansOf,
} from './detector-plans.ts';
import type { DetectorRecord } from './detector-record.ts';
import { REQUEUE_MS } from './detector-state.ts';
import { type DetectorStatus, type Standing, statusOf } from './detector-status.ts';

export interface DetectorControllerOptions {
  readonly clock: Clock;
  readonly detector: (key: ObjectKey) => DetectorRecord | undefined;
  /** Of the namespaces that it looks into. */
  readonly podsOf: (record: DetectorRecord) => Iterable<WatchedPod>;
  readonly scheduler: Scheduler<WindowPlan>;
  /** It is not checked any more, for now or for good: what is open of it is over. */
  readonly unwatch: (planKey: string) => void;
  readonly forget: (uid: string) => void;
  /** All that it watches was looked at for the first time; `detector` is what its findings call it. */
  readonly onFirstCheck?: (detector: string) => void;
  /** One that was is checked no more. */
  readonly onForgotten?: (detector: string) => void;
  /** Prometheus has no such metric of these pods. */
  readonly onAbsent: (record: DetectorRecord, namespace: string, pods: ReadonlySet<string>) => void;
  readonly putStatus: (key: ObjectKey, uid: string, status: DetectorStatus) => void;
  /** Between two points of a window, whatever the detectors say: where pods are scraped, and an hour is kept. */
  readonly stepMs?: number;
}

/** What the page shows of a detector. */
export interface DetectorView {
  readonly record: DetectorRecord;
  readonly status: DetectorStatus;
  readonly outcome: WindowOutcome | undefined;
  /** `namespace/name` of the pods that it watches. */
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
  /** Of the plans that are scheduled. */
  planKeys: readonly string[];
  /** Of its pods, as its status calls them. */
  podNames: ReadonlySet<string>;
  /** By plan, what its last check came to. */
  readonly outcomes: Map<string, WindowOutcome>;
  /** By plan, what its last check came to that did not fail. */
  readonly answers: Map<string, WindowOutcome>;
  status: DetectorStatus | undefined;
  findings: FindingsRate | undefined;
  /** By plan, its newest scored point. */
  readonly newestMs: Map<string, number>;
  /** As it was last told, by this name. */
  lookedAs: string | undefined;
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
    const pods: ChosenPods = watch === undefined ? new Map() : chosenPods(watch, podsOf(record));
    const idle = idleStanding(record, pods);
    if (watch === undefined || idle !== undefined) {
      this.#unplan(entry, []);
      return idle === undefined ? {} : this.#stand(entry, key, record, idle);
    }
    const seriesLeft = (planKey: string) => watch.maxSeries - seriesBeside(entry.outcomes, planKey);
    const plans = windowPlansOf(record, watch, pods, { owner: key, scrapedMs: stepMs, seriesLeft });
    entry.podNames = new Set(
      [...pods].flatMap(([namespace, names]) => names.map((name) => podName(record, namespace, name))),
    );
    this.#unplan(
      entry,
      plans.map((plan) => plan.key),
    );
    for (const plan of plans) if (!isSamePlan(scheduler.get(plan.key), plan)) scheduler.put(plan);
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
      const plans = planKeys.flatMap((planKey) => scheduler.get(planKey) ?? []);
      const pods = new Set(plans.flatMap(({ namespace, pods }) => [...pods].map((pod) => objectKey(namespace, pod))));
      const outcome = combinedOutcome([...outcomes.values()]);
      // Before its first check it stands as the last run left it.
      return [{ record, status: status ?? { ...NOT_LOOKED_AT, ...record.status }, outcome, pods }];
    });
  }

  #entryOf(key: ObjectKey, { uid, generation }: DetectorRecord): Known {
    const nothing = {
      outcomes: new Map<string, WindowOutcome>(),
      answers: new Map<string, WindowOutcome>(),
      newestMs: new Map<string, number>(),
      planKeys: [],
      podNames: new Set<string>(),
      status: undefined,
      findings: undefined,
      lookedAs: undefined,
    };
    const entry: Known = this.#known.get(key) ?? { uid, generation, ...nothing };
    this.#known.set(key, entry);
    // What was found of another spec is not what this one comes to.
    if (entry.generation !== generation) {
      for (const known of [entry.outcomes, entry.answers, entry.newestMs]) known.clear();
      entry.findings = undefined;
    }
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
    const stays = new Set(kept);
    for (const planKey of entry.planKeys) {
      if (stays.has(planKey)) continue;
      this.#options.scheduler.remove(planKey);
      this.#options.unwatch(planKey);
      for (const known of [entry.outcomes, entry.answers, entry.newestMs]) known.delete(planKey);
    }
    entry.planKeys = kept;
    if (kept.length > 0 || entry.lookedAs === undefined) return;
    this.#options.onForgotten?.(entry.lookedAs);
    entry.lookedAs = undefined;
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
    this.#countFindings(entry, record, plan, outcome);
    const called = calledOutcome(record, plan, outcome);
    entry.outcomes.set(plan.key, called);
    if (called.kind !== 'failed') entry.answers.set(plan.key, called);
    // A query may well have no answer of pods whose metrics are all there: scraped once more, they would come twice.
    const isOwnMetric = plan.plan.query === undefined;
    if (outcome.kind === 'no-metrics' && isOwnMetric) this.#options.onAbsent(record, plan.namespace, plan.pods);
    const looked = entry.planKeys.flatMap((planKey) => entry.outcomes.get(planKey) ?? []);
    const all = withinBudget(record, looked, combinedOutcome(looked, answersBeside(entry)) ?? outcome);
    // It is not to do what it must not cost: what is open of it is over.
    if (isOverBudget(all)) for (const planKey of entry.planKeys) this.#options.unwatch(planKey);
    if (looked.length === entry.planKeys.length && looked.every(isLook)) this.#lookedAt(entry, plan);
    const findingsPerDay = entry.findings?.perDay ?? 0;
    const standing: Standing = {
      ...{ kind: 'checked', pods: entry.podNames, unseenPods: this.#unseenPods(entry, record) },
      ...{ outcome: all, absentMetrics: this.#absentMetrics(entry), findingsPerDay },
    };
    const { requeueAfterMs } = this.#stand(entry, plan.owner, record, standing);
    return entry.status?.state === 'Active' ? record.watch?.intervalMs : requeueAfterMs;
  }

  /** Of plans that were not looked at yet since this process began to, as the status calls them. */
  #unseenPods(entry: Known, record: DetectorRecord): ReadonlySet<string> {
    const { anomalousPods: last = [] } = entry.status ?? record.status;
    // Of all others nobody asks, and they may be very many.
    const unseen = last.length === 0 ? [] : entry.planKeys.filter((planKey) => !entry.outcomes.has(planKey));
    const plans = unseen.flatMap((planKey) => this.#options.scheduler.get(planKey) ?? []);
    return new Set(plans.flatMap(({ namespace, pods }) => [...pods].map((pod) => podName(record, namespace, pod))));
  }

  /** Of which nothing came from any namespace; one that came once and stopped is told as that. */
  #absentMetrics(entry: Known): readonly string[] {
    const isAbsent = new Map<string, boolean>();
    for (const planKey of entry.planKeys) {
      const metricName = this.#options.scheduler.get(planKey)?.plan.metricName;
      const outcome = entry.outcomes.get(planKey);
      const isNothing = outcome?.kind === 'no-metrics' && outcome.silent === undefined;
      if (metricName !== undefined) isAbsent.set(metricName, isNothing && isAbsent.get(metricName) !== false);
    }
    return [...isAbsent].flatMap(([metricName, is]) => (is ? [metricName] : []));
  }

  /** A window is judged again after a restart: what was confirmed before its last score is known already. */
  #countFindings(entry: Known, record: DetectorRecord, { key }: WindowPlan, outcome: WindowOutcome): void {
    if (outcome.kind !== 'analysed') return;
    const written = record.status.observedGeneration === record.generation ? record.status : {};
    const knownMs = entry.newestMs.get(key) ?? Date.parse(written.health?.lastScoreTime ?? '');
    if (!Number.isNaN(outcome.newestMs)) entry.newestMs.set(key, outcome.newestMs);
    const opened = outcome.confirmedMs.filter((timeMs) => !(timeMs <= knownMs)).length;
    const { findingsPerDay: perDay } = written.health ?? {};
    const before = perDay === undefined ? undefined : { perDay, atMs: Date.parse(written.lastCheckTime ?? '') || 0 };
    entry.findings = addFindings(entry.findings ?? before, outcome.checkedMs, opened);
  }

  #lookedAt(entry: Known, { plan }: WindowPlan): void {
    if (entry.lookedAs !== undefined) return;
    entry.lookedAs = plan.detector;
    this.#options.onFirstCheck?.(plan.detector);
  }
}

/** What is said of a detector that has nothing to do, or must not do it. */
function idleStanding({ watch, problems }: DetectorRecord, pods: ChosenPods): Standing | undefined {
  if (watch === undefined) return { kind: 'invalid', problems };
  if (watch.isSuspended) return { kind: 'suspended' };
  if (watch.unavailable !== undefined) return { kind: 'unavailable', why: watch.unavailable };
  return pods.size === 0 ? { kind: 'no-pods' } : undefined;
}

/** Whether a check has said what there is; one that failed has not. */
function isLook(outcome: WindowOutcome): boolean {
  return outcome.kind !== 'failed' || isOverBudget(outcome);
}

function isOverBudget(outcome: WindowOutcome): boolean {
  return outcome.kind === 'failed' && outcome.code === OVER_BUDGET;
}

/** Of the plans whose check failed: what they came to before, as far as it is of pods that are still there. */
function answersBeside({ outcomes, answers, podNames }: Known): WindowOutcome[] {
  return [...outcomes].flatMap(([planKey, { kind }]) => {
    const before = kind === 'failed' ? answers.get(planKey) : undefined;
    if (before?.kind !== 'analysed') return [];
    const anomalousPods = before.anomalousPods.filter((name) => podNames.has(name));
    return [{ ...before, anomalousPods }];
  });
}

/** All that it watches counts together, whichever part of it went beyond. */
function withinBudget({ watch }: DetectorRecord, parts: readonly WindowOutcome[], all: WindowOutcome): WindowOutcome {
  const total = parts.reduce((sum, part) => sum + seriesIn(part), 0);
  if (watch === undefined || total <= watch.maxSeries) return all;
  const metrics = [...new Set(watch.plans.map(({ metricName }) => metricName))].join(', ');
  return overBudget(all.checkedMs, metrics, total, watch.maxSeries);
}
