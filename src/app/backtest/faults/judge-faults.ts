// Which injected faults were caught, how late, and what held back the others: a fault is caught by a detector when a finding of
// the fault's family, which was not there without the fault, is confirmed while it lasts or within minutes after it.
import {
  type FaultScores,
  isOfFault,
  noFaultScores,
  noteFaultScore,
  type WhyMissed,
  whyMissed,
} from '#detect/caught-fault.ts';
import type { Finding } from '#model/finding.ts';
import type { TickOutput } from '#pipeline/records.ts';
import { eachRow } from '../play.ts';
import type { Family } from './families.ts';
import type { InjectedFault } from './plan-round.ts';

export interface JudgedByDetector {
  readonly detector: string;
  readonly caught: boolean;
  /** From its first point to when production could have known; undefined unless caught. */
  readonly delayMs: number | undefined;
  /** The largest |score| while it lasted; NaN without one. */
  readonly peak: number;
  readonly why: WhyMissed | undefined;
}

export interface JudgedInjection extends InjectedFault {
  readonly round: number;
  readonly verdicts: readonly JudgedByDetector[];
}

/** Scores within the faults of one run, as they go by. */
export interface FaultWatch {
  look(tick: TickOutput): void;
  judge(findings: readonly Finding[], round: number): readonly JudgedInjection[];
}

/** A watch over one run; a fault counts by its family, from its first point to some time after its last. */
export function watchFaults(faults: readonly InjectedFault[], families: ReadonlyMap<string, Family>): FaultWatch {
  const seen = new Map<InjectedFault, Map<string, FaultScores>>();
  const byTrack = new Map<string, readonly InjectedFault[]>();
  for (const fault of faults) seen.set(fault, new Map());
  for (const [key, own] of Map.groupBy(faults, ({ family }) => family)) {
    const { lookers = [], members = [] } = families.get(key) ?? {};
    for (const { detector } of lookers) for (const member of members) byTrack.set(`${detector}|${member.key}`, own);
  }
  return {
    look(tick) {
      const { timesMs, scores, flags } = tick.scores;
      eachRow(tick, ({ key, detector }, row) => {
        const timeMs = timesMs[row] as number;
        const fault = byTrack.get(key)?.find(({ fromMs, toMs }) => timeMs >= fromMs && timeMs <= toMs);
        if (fault !== undefined) note(seen.get(fault), detector, scores[row] as number, flags[row] as number);
      });
    },
    judge: (findings, round) => {
      const byFamily = Map.groupBy(findings, ({ family }) => family);
      return faults.map((fault) => {
        const family = families.get(fault.family);
        const known = new Set(family?.findings.map(({ id }) => id));
        const fresh = (byFamily.get(fault.family) ?? []).filter(
          (finding) => !known.has(finding.id) && isOfFault(finding, fault),
        );
        const verdicts = fault.detectors.map((detector) => verdictOf(fault, detector, family, fresh, seen.get(fault)));
        return { ...fault, round, verdicts };
      });
    },
  };
}

function note(all: Map<string, FaultScores> | undefined, detector: string, score: number, flags: number): void {
  if (all === undefined) return;
  const own = all.get(detector) ?? noFaultScores();
  all.set(detector, own);
  noteFaultScore(own, score, flags);
}

/** Detectors with the same settings make one finding of a family together, whichever of them is named in it. */
function verdictOf(
  { fromMs }: InjectedFault,
  detector: string,
  family: Family | undefined,
  fresh: readonly Finding[],
  seen: ReadonlyMap<string, FaultScores> | undefined,
): JudgedByDetector {
  const lookers = family?.lookers ?? [];
  const settings = new Set(lookers.filter((one) => one.detector === detector).map((one) => one.settings));
  const alike = new Set(lookers.filter((one) => settings.has(one.settings)).map((one) => one.detector));
  const [first] = fresh.filter((finding) => alike.has(finding.detector)).sort((a, b) => a.seenMs - b.seenMs);
  const scores = seen?.get(detector) ?? noFaultScores();
  const { peak } = scores;
  if (first !== undefined) return { detector, caught: true, delayMs: first.seenMs - fromMs, peak, why: undefined };
  return { detector, caught: false, delayMs: undefined, peak, why: whyMissed(scores) };
}
