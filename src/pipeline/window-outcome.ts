// What a check says of one detector, from its pods' series: an anomaly belongs to the pod whose series it came from, and a
// pod with several series counts by its largest score in absolute value (D2).
import type { AnalysisOutcome } from '#analysis/contract.ts';
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { FLAG } from '#model/score.ts';
import { NO_POD } from './window-job.ts';
import { type Guard, LEAST_POINTS, RECENT_MS, type WindowOutcome, type WindowPlan } from './window-plan.ts';
import type { WindowSource } from './window-source.ts';

export interface OutcomeDeps {
  readonly guards: Guard;
  readonly source: Pick<WindowSource, 'whyAbsent'>;
}

export interface OutcomeBuilder {
  /** `isOpen`: the series is part of a finding that is open after this check. */
  add(
    pod: string,
    series: FetchedSeries,
    outcome: AnalysisOutcome,
    denominators?: Float64Array,
    isOpen?: boolean,
  ): void;
  /** `confirmedMs`: of the findings that the check opened or changed. */
  finish(confirmedMs: readonly number[]): WindowOutcome;
}

export function createOutcome(plan: WindowPlan, checkedMs: number, { guards, source }: OutcomeDeps): OutcomeBuilder {
  /** The largest recent |score| of each pod that has an anomalous point. */
  const anomalous = new Map<string, number>();
  const latest = new Map<string, number>();
  const counts = { series: 0, scored: 0, warming: 0, refused: 0 };
  const seen = new Set<string>();
  let mostPoints = 0;
  let newestMs = Number.NaN;
  let message: string | undefined;
  let tooShort: string | undefined;

  function take(pod: string, series: FetchedSeries, { scores, expected }: Scored, denominators?: Float64Array): void {
    const fromMs = checkedMs - RECENT_MS - plan.stepMs;
    for (let row = scores.length - 1; row >= 0; row--) {
      const timeMs = at(series.timesMs, row);
      const score = at(scores, row);
      if (Number.isNaN(score)) continue;
      if (!(timeMs <= newestMs)) newestMs = timeMs;
      if (!(timeMs > fromMs)) return;
      const flags = guards(plan.plan, timeMs, at(series.values, row), at(expected, row), score, denominators?.[row]);
      if (flags !== FLAG.beyondThreshold || pod === NO_POD) continue;
      anomalous.set(pod, Math.max(anomalous.get(pod) ?? 0, Math.abs(score)));
    }
  }

  /** As long as nothing is scored: how long still, or what the method lacks. */
  function warmUp(): { readonly warmMs?: number; readonly tooShort?: string } {
    if (counts.scored > 0 || counts.warming === 0) return {};
    if (mostPoints < LEAST_POINTS) return { warmMs: (LEAST_POINTS - mostPoints) * plan.stepMs };
    return tooShort === undefined ? {} : { tooShort };
  }

  return {
    add(pod, series, outcome, denominators, isOpen = false) {
      counts.series++;
      seen.add(pod);
      mostPoints = Math.max(mostPoints, series.timesMs.length);
      if (!outcome.ok) {
        if (outcome.reason === 'too-short') counts.warming++;
        else counts.refused++;
        if (outcome.reason === 'too-short') tooShort ??= outcome.message;
        else message ??= outcome.message;
        return;
      }
      const score = outcome.scores.findLast((one) => !Number.isNaN(one));
      if (score === undefined) {
        counts.warming++;
        return;
      }
      counts.scored++;
      if (!(Math.abs(latest.get(pod) ?? 0) > Math.abs(score))) latest.set(pod, score);
      take(pod, series, outcome, denominators);
      // What the method got used to is still the matter where the value must be back.
      if (isOpen && plan.plan.guards.ends === 'back' && pod !== NO_POD)
        anomalous.set(pod, Math.max(anomalous.get(pod) ?? 0, Math.abs(score)));
    },
    finish(confirmedMs) {
      const absent = whyAbsent(plan, seen, source);
      if (counts.series === 0) return { kind: 'no-metrics', checkedMs, ...absent };
      const worstFirst = [...anomalous].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([pod]) => pod);
      const said = message === undefined ? {} : { message };
      return {
        kind: 'analysed',
        checkedMs,
        anomalousPods: worstFirst,
        ...counts,
        ...warmUp(),
        newestMs,
        ...said,
        ...absent,
        latestScores: latest,
        confirmedMs,
      };
    },
  };
}

type Scored = Extract<AnalysisOutcome, { ok: true }>;

function at(column: Float64Array, row: number): number {
  return column[row] ?? Number.NaN;
}

/** Of the pods that have no series, where the source knows. */
function whyAbsent(
  { namespace, plan: { metricName, query }, pods: all }: WindowPlan,
  seen: ReadonlySet<string>,
  source: OutcomeDeps['source'],
): { readonly absent?: string } {
  const pods = [...all].filter((pod) => !seen.has(pod));
  // An aggregate need not tell pods apart.
  if (pods.length === 0 || (query !== undefined && seen.size > 0)) return {};
  const absent = source.whyAbsent?.({ namespace, metricName, pods });
  return absent === undefined ? {} : { absent };
}
