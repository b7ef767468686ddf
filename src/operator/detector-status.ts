// The status of a detector from what a reconcile or a check came to. Pure: the same outcome and the same status before give
// the same status, so that nothing is written when nothing has changed.
import type { Analysed, Silent, WindowOutcome } from '#pipeline/window-plan.ts';
import { MOST_ANOMALOUS_PODS } from '#resource/anomaly-detector/status.ts';
import { conditionOf, type DetectorCondition, MOST_LETTERS } from './condition.ts';
import { type DetectorHealth, healthOf } from './detector-health.ts';
import type { DetectorRecord } from './detector-record.ts';
import type { DetectorState } from './detector-state.ts';
import { extensionConditions } from './extension-condition.ts';
import { podsCommand } from './watch.ts';

export interface DetectorStatus {
  readonly state: DetectorState;
  readonly monitoredPods: number;
  /** RFC 3339; absent before the first analysis. */
  readonly lastCheckTime?: string;
  readonly anomalousPods: readonly string[];
  readonly anomalousPodCount: number;
  /** With two decimals; absent before the first. */
  readonly latestScore?: number;
  /** As of the last analysis of this spec. */
  readonly health?: DetectorHealth;
  readonly observedGeneration: number;
  readonly conditions: readonly DetectorCondition[];
}

/** What is known of a detector at a moment. */
export type Standing =
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | { readonly kind: 'suspended' }
  /** It asks for what this version does not have. */
  | { readonly kind: 'unavailable'; readonly why: string }
  | { readonly kind: 'no-pods' }
  | {
      readonly kind: 'checked';
      readonly pods: ReadonlySet<string>;
      /** Of those, what was not looked at yet in all that is watched of it. */
      readonly unseenPods?: ReadonlySet<string>;
      readonly outcome: WindowOutcome;
      /** Of which nothing came, while something may have come of others. */
      readonly absentMetrics?: readonly string[];
      readonly findingsPerDay: number;
    };

interface Words {
  readonly state: DetectorState;
  /** Of the condition Ready. */
  readonly ready: boolean;
  readonly reason: string;
  readonly message: string;
}

export function statusOf(record: DetectorRecord, standing: Standing, nowMs: number): DetectorStatus {
  const words = wordsOf(record, standing);
  const { status: before, generation } = record;
  const { conditions = [] } = before;
  const outcome = standing.kind === 'checked' ? standing.outcome : undefined;
  const { names, count, asOf } = anomalousOf(record, standing);
  const latestScore = latestScoreOf(record, outcome);
  const checked = outcome?.kind === 'analysed' ? new Date(outcome.checkedMs).toISOString() : before.lastCheckTime;
  return {
    state: words.state,
    monitoredPods: standing.kind === 'checked' ? standing.pods.size : 0,
    ...(checked === undefined ? {} : { lastCheckTime: checked }),
    anomalousPods: names.slice(0, MOST_ANOMALOUS_PODS),
    anomalousPodCount: count,
    ...(latestScore === undefined ? {} : { latestScore }),
    ...healthPart(record, standing),
    observedGeneration: generation,
    conditions: [
      conditionOf(
        {
          ...{ type: 'Ready', status: words.ready ? 'True' : 'False', reason: words.reason },
          message: `${words.message.slice(0, MOST_LETTERS - asOf.length)}${asOf}`,
          observedGeneration: generation,
        },
        conditions,
        nowMs,
      ),
      ...extensionConditions(record.extension, conditions, generation, nowMs),
      ...warnedConditions(record, nowMs),
    ],
  };
}

/**
 * A check that failed knows no better than the last one did: in an incident that takes Prometheus along, "none" would be a
 * lie. Nor does one of a part, of the parts that were not looked at yet by who leads now. What was found of another spec, or of
 * a pod that is gone, is let go; `asOf` tells how old the rest is.
 */
function anomalousOf({ status: before, generation }: DetectorRecord, standing: Standing) {
  if (standing.kind !== 'checked') return { names: [], count: 0, asOf: '' };
  const { outcome, pods, unseenPods } = standing;
  const { anomalousPods: last = [], anomalousPodCount = 0, lastCheckTime = '' } = before;
  if (outcome.kind === 'analysed') {
    const isKept = (name: string) => unseenPods?.has(name) === true && !outcome.anomalousPods.includes(name);
    const kept = before.observedGeneration === generation ? last.filter(isKept) : [];
    const names = [...outcome.anomalousPods, ...kept];
    return { names, count: names.length, asOf: '' };
  }
  if (outcome.kind !== 'failed' || before.observedGeneration !== generation) return { names: [], count: 0, asOf: '' };
  const names = last.filter((name) => pods.has(name));
  // More than are named may be counted.
  const count = anomalousPodCount - (last.length - names.length);
  return { names, count, asOf: count === 0 ? '' : ` The anomalous pods are those of ${lastCheckTime}.` };
}

/** A check that failed keeps the last one; of another spec it says nothing. */
function healthPart(
  { status: before, generation, watch }: DetectorRecord,
  standing: Standing,
): { readonly health?: DetectorHealth } {
  if (standing.kind !== 'checked') return {};
  const { outcome, findingsPerDay } = standing;
  if (outcome.kind === 'analysed' && watch !== undefined) return { health: healthOf(outcome, watch, findingsPerDay) };
  const isKept = outcome.kind === 'failed' && before.observedGeneration === generation;
  return isKept && before.health !== undefined ? { health: before.health } : {};
}

/** The largest by size, with its sign. A check that failed keeps the last one, like the names above. */
function latestScoreOf(
  { status: before, generation }: DetectorRecord,
  outcome: WindowOutcome | undefined,
): number | undefined {
  if (outcome?.kind === 'failed') return before.observedGeneration === generation ? before.latestScore : undefined;
  if (outcome?.kind !== 'analysed') return undefined;
  const scores = [...outcome.latestScores.values()].filter(Number.isFinite);
  const worst = scores.reduce<number | undefined>(
    (most, score) => (most !== undefined && Math.abs(most) >= Math.abs(score) ? most : score),
    undefined,
  );
  // What is printed beside a name has two decimals, and no minus before a zero.
  return worst === undefined ? undefined : Math.round(worst * 100) / 100 + 0;
}

function wordsOf(record: DetectorRecord, standing: Standing): Words {
  if (standing.kind === 'invalid') {
    const message = `The spec cannot be used: ${standing.problems.join('; ')}. Correct it and apply it again.`;
    return { state: 'Error', ready: false, reason: 'InvalidSpec', message };
  }
  if (standing.kind === 'suspended') {
    const message = 'It is suspended: nothing is checked until spec.suspend is false again.';
    return { state: 'Pending', ready: false, reason: 'Suspended', message };
  }
  if (standing.kind === 'unavailable') {
    return { state: 'Error', ready: false, reason: 'ExecutionUnavailable', message: `${standing.why}.` };
  }
  if (standing.kind === 'no-pods') {
    const see = record.watch === undefined ? '' : ` See: ${podsCommand(record.namespace, record.watch)}`;
    const where = record.namespace === '' ? 'its namespaces' : record.namespace;
    const message = `No pod of ${where} matches the selector.${see}`;
    return { state: 'NoPodsFound', ready: false, reason: 'NoPodsFound', message };
  }
  return checkedWords(record, standing);
}

function checkedWords(record: DetectorRecord, standing: Extract<Standing, { kind: 'checked' }>): Words {
  const { outcome, absentMetrics = [] } = standing;
  const pods = standing.pods.size;
  const metric = (record.watch?.plans ?? []).map(({ metricName }) => metricName).join(', ');
  if (outcome.kind === 'failed') {
    return { state: 'Error', ready: false, reason: reasonOf(outcome.code), message: outcome.message };
  }
  if (outcome.kind === 'no-metrics' && outcome.silent !== undefined) {
    return { state: 'AwaitingMetrics', ready: false, ...stopped(outcome.silent, outcome.absent) };
  }
  if (outcome.kind === 'no-metrics') {
    const message =
      outcome.absent ??
      `Prometheus has no ${metric} with the labels namespace and pod for the ${pods} pods. Is the metric scraped, and is its name right?`;
    return { state: 'AwaitingMetrics', ready: false, reason: 'NoSeries', message };
  }
  const { series, scored, warming, refused, message, absent } = outcome;
  const nothing =
    absentMetrics.length === 0
      ? ''
      : ` Nothing came of ${absentMetrics.join(', ')}: is it scraped, and is its name right?`;
  const without = `${absent === undefined ? '' : ` ${absent}`}${nothing}`;
  if (outcome.silent !== undefined) return { state: 'Active', ready: false, ...stopped(outcome.silent, absent) };
  if (scored > 0) {
    const rest = `${warming > 0 ? `; ${warming} still warm up` : ''}${refused > 0 ? `; ${refused} refused: ${message ?? ''}` : ''}`;
    const reason = refused > 0 ? 'PartlyRefused' : 'Scoring';
    return {
      state: 'Active',
      ready: refused === 0,
      reason,
      message: `${scored} of ${series} series of ${pods} pods are scored${rest}.${without}`,
    };
  }
  if (refused > 0)
    return { state: 'Error', ready: false, reason: 'Refused', message: message ?? 'The analyser refused.' };
  const warm = `All ${series} series are too short for a score yet: ${firstScore(outcome)}.${without}`;
  return { state: 'AwaitingMetrics', ready: false, reason: 'WarmingUp', message: warm };
}

function stopped({ metricName, sinceMs }: Silent, absent: string | undefined) {
  const since = `Nothing new of ${metricName} was scored since ${new Date(sinceMs).toISOString().slice(0, 16)}Z`;
  const message = `${since}: it came once, and comes no more. Is it still scraped, and are its pods well?`;
  return { reason: 'ScoringStopped', message: absent === undefined ? message : `${message} ${absent}` };
}

function firstScore({ warmMs, tooShort }: Analysed): string {
  if (tooShort !== undefined) return tooShort;
  return `the first comes with ten points${warmMs === undefined ? '' : `, in about ${roundTime(warmMs)}`}`;
}

function roundTime(ms: number): string {
  return ms >= 90_000 ? `${Math.round(ms / 60_000)} min` : `${Math.ceil(ms / 1000)} s`;
}

/** `too-much` → `TooMuch`: a reason is one word of UpperCamelCase. */
function reasonOf(code: string): string {
  return code.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** What it asks for and does not get is to be seen where nobody warned its author, as where no webhook runs. */
function warnedConditions({ warnings, status, generation }: DetectorRecord, nowMs: number): DetectorCondition[] {
  if (warnings === undefined) return [];
  const words = { type: 'Warned', status: 'True', reason: 'NotAllOfIt', observedGeneration: generation } as const;
  return [conditionOf({ ...words, message: `${warnings.join('; ')}.` }, status.conditions ?? [], nowMs)];
}

/** Its statuses are refused, in the server's words. */
export function rejectedCondition(message: string, observedGeneration: number, nowMs: number): DetectorCondition {
  const words = { type: 'Rejected', status: 'True', reason: 'StatusRefused', observedGeneration } as const;
  const told = `The status is refused, and not sent again before the detector is changed: ${message}`;
  return conditionOf({ ...words, message: told }, [], nowMs);
}

/** Whether anything differs but what each check brings: its time, and what is written along with it, score and health. */
export function differs(a: Partial<DetectorStatus>, b: DetectorStatus): boolean {
  const plain = ({ lastCheckTime: _, latestScore: __, health: ___, ...rest }: Partial<DetectorStatus>) =>
    JSON.stringify(inOrder(rest));
  return plain(a) !== plain(b);
}

/** The API server may give the fields back in another order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, inOrder(inner)]),
  );
}
