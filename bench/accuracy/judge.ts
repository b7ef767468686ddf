// Figures of one method on one set, as docs/accuracy.md defines them. Pure: findings in, figures out.
import {
  countUnexplained,
  type JudgedFault,
  judgeFaults,
  minutesIn,
  quietStretches,
  REACTION_MS,
  redMinutes,
  type Unexplained,
} from '#model/answer-key.ts';
import type { Entity } from '#model/entity.ts';
import type { Finding } from '#model/finding.ts';
import type { KnownFault } from '#model/signal.ts';
import type { TapeHeader } from '#tape/contract.ts';

export interface Figures {
  readonly quietMinutes: number;
  readonly redRatio: number;
  readonly findingsPerSeriesAndDay: number;
  readonly faults: readonly JudgedFault[];
  readonly own: number;
  /** Own or any neighbour. */
  readonly any: number;
  /** What the same faults, slid through the quiet hours, would have scored; NaN without quiet hours as long as they last. */
  readonly chanceOwn: number;
  readonly chanceAny: number;
  /** The same in the five minutes before each injection. */
  readonly beforeOwn: number;
  readonly beforeAny: number;
  readonly delaysMinutes: readonly number[];
  readonly unexplained: Unexplained;
}

export interface JudgeInput {
  readonly header: TapeHeader;
  readonly findings: readonly Finding[];
  readonly series: number;
  readonly serviceOf: (entity: Entity) => string;
}

/** Steps by which the faults slide. */
const SLIDE_MS = 10 * 60_000;

export function judge({ header, findings, series, serviceOf }: JudgeInput): Figures {
  const stretches = quietStretches(header.segments);
  const quietMinutes = stretches.reduce((sum, stretch) => sum + minutesIn(stretch), 0);
  const red = stretches.reduce((sum, stretch) => sum + redMinutes(findings, stretch), 0);
  const opened = stretches.reduce(
    (sum, { fromMs, toMs }) => sum + findings.filter(({ seenMs }) => seenMs >= fromMs && seenMs < toMs).length,
    0,
  );
  const count = (faults: readonly KnownFault[]) => {
    const judged = judgeFaults(faults, findings, Number.POSITIVE_INFINITY, serviceOf);
    const own = judged.filter(({ outcome }) => outcome === 'coloured').length;
    return { judged, own, any: own + judged.filter(({ outcome }) => outcome === 'neighbour-only').length };
  };
  const { answerKey } = header;
  const seen = count(answerKey);
  const slid = slides(answerKey, stretches).map(count);
  const before = count(answerKey.map((fault) => ({ ...fault, timeMs: fault.timeMs - REACTION_MS })));
  const mean = (pick: (one: { own: number; any: number }) => number) =>
    slid.reduce((sum, one) => sum + pick(one), 0) / slid.length;
  return {
    quietMinutes,
    redRatio: red / quietMinutes,
    findingsPerSeriesAndDay: opened / series / (quietMinutes / 1440),
    faults: seen.judged,
    own: seen.own,
    any: seen.any,
    chanceOwn: mean((one) => one.own),
    chanceAny: mean((one) => one.any),
    beforeOwn: before.own,
    beforeAny: before.any,
    unexplained: countUnexplained(answerKey, findings, header.segments),
    delaysMinutes: seen.judged.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs / 60_000])),
  };
}

/** The faults moved, as one, to every place in the quiet hours where all of them fit. */
function slides(
  faults: readonly KnownFault[],
  stretches: readonly { readonly fromMs: number; readonly toMs: number }[],
): KnownFault[][] {
  const first = Math.min(...faults.map((fault) => fault.timeMs));
  const last = Math.max(...faults.map((fault) => fault.timeMs));
  if (faults.length === 0) return [];
  return stretches.flatMap(({ fromMs, toMs }) => {
    const moved: KnownFault[][] = [];
    for (let startMs = fromMs; startMs + (last - first) + REACTION_MS <= toMs; startMs += SLIDE_MS) {
      moved.push(faults.map((fault) => ({ ...fault, timeMs: fault.timeMs - first + startMs })));
    }
    return moved;
  });
}

/** The value below which `share` of the values lie, by linear interpolation; NaN for none. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  return below + ((sorted[Math.ceil(place)] ?? below) - below) * (place - Math.floor(place));
}
