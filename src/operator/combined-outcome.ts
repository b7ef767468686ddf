// What a detector with several metrics came to, from what each of them did. A pod counts by its largest score of all.
import type { Analysed, Silent, WindowOutcome } from '#pipeline/window-plan.ts';

/**
 * The one outcome of several, at least one. While something is scored, what failed beside it is told with it; who failed knows
 * no better which pods are anomalous than its last answer did, which is among `answers`.
 */
export function combinedOutcome(
  outcomes: readonly WindowOutcome[],
  answers: readonly WindowOutcome[] = [],
): WindowOutcome | undefined {
  const [first, ...more] = outcomes;
  if (first === undefined || more.length === 0) return first;
  const analysed = outcomes.filter((outcome) => outcome.kind === 'analysed');
  const before = answers.filter((outcome) => outcome.kind === 'analysed');
  const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
  const silent = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [] : (outcome.silent ?? [])));
  if (analysed.length > 0) {
    const [fault] = failed;
    return joined(analysed, { before, refused: failed.length, silent, ...(fault && { message: fault.message }) });
  }
  // Nothing is there of any: that it was there once says more.
  return failed[0] ?? { ...first, ...longest(silent) };
}

/** Series that it was found to have. */
export function seriesIn(outcome: WindowOutcome): number {
  return outcome.kind === 'no-metrics' ? 0 : (outcome.series ?? 0);
}

/** Of all plans but this one. */
export function seriesBeside(outcomes: ReadonlyMap<string, WindowOutcome>, exceptKey: string): number {
  let total = 0;
  for (const [key, outcome] of outcomes) if (key !== exceptKey) total += seriesIn(outcome);
  return total;
}

interface Beside {
  /** Of those that failed. */
  readonly before: readonly Analysed[];
  readonly refused: number;
  readonly silent: readonly Silent[];
  readonly message?: string;
}

function joined(all: readonly Analysed[], beside: Beside): Analysed {
  const sum = (of: (outcome: Analysed) => number) => all.reduce((total, outcome) => total + of(outcome), 0);
  const latestScores = new Map<string, number>();
  const known = [...all, ...beside.before];
  for (const outcome of known) {
    for (const [pod, score] of outcome.latestScores) {
      if (!(Math.abs(latestScores.get(pod) ?? 0) > Math.abs(score))) latestScores.set(pod, score);
    }
  }
  const size = (pod: string) => Math.abs(latestScores.get(pod) ?? 0);
  const anomalous = [...new Set(known.flatMap(({ anomalousPods }) => anomalousPods))];
  const newest = all.map(({ newestMs }) => newestMs).filter((timeMs) => !Number.isNaN(timeMs));
  const scored = sum(({ scored: count }) => count);
  return {
    kind: 'analysed',
    checkedMs: Math.max(...all.map(({ checkedMs }) => checkedMs)),
    anomalousPods: anomalous.sort((one, other) => size(other) - size(one) || (one < other ? -1 : 1)),
    series: sum(({ series }) => series),
    scored,
    warming: sum(({ warming }) => warming),
    newestMs: newest.length === 0 ? Number.NaN : Math.max(...newest),
    refused: beside.refused + sum(({ refused }) => refused),
    ...firstOf(all, beside),
    ...(scored === 0 && warmUpOf(all)),
    ...longest(beside.silent),
    confirmedMs: all.flatMap(({ confirmedMs }) => confirmedMs),
    latestScores,
  };
}

function firstOf(all: readonly Analysed[], { message: fault }: { readonly message?: string }) {
  const message = fault ?? all.find((outcome) => outcome.message !== undefined)?.message;
  const absent = all.find((outcome) => outcome.absent !== undefined)?.absent;
  return { ...(message !== undefined && { message }), ...(absent !== undefined && { absent }) };
}

/** Of those that are silent, the one that is so for longest. */
function longest(silent: readonly Silent[]): { readonly silent?: Silent } {
  const [most] = [...silent].sort((one, other) => one.sinceMs - other.sinceMs);
  return most === undefined ? {} : { silent: most };
}

/** As long as nothing is scored: until the first is, or what it lacks. */
function warmUpOf(all: readonly Analysed[]) {
  const waits = all.flatMap(({ warmMs }) => warmMs ?? []);
  if (waits.length > 0) return { warmMs: Math.min(...waits) };
  const tooShort = all.find((outcome) => outcome.tooShort !== undefined)?.tooShort;
  return tooShort === undefined ? {} : { tooShort };
}
