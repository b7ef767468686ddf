// What of the injected faults would have been caught: by kind and size, by detector, and what held back the rest. Pure.
import type { WhyMissed } from '#detect/caught-fault.ts';
import type { FaultKind } from '#stats/fault.ts';
import { median } from '#stats/median.ts';
import type { WantedFault, WhySkipped } from '#stats/place-faults.ts';
import type { JudgedByDetector, JudgedInjection } from './judge-faults.ts';

/** Counts are of (fault, detector) pairs: a fault that two detectors look for is two to be caught. */
export interface CaughtRow {
  readonly injected: number;
  readonly caught: number;
  /** 0..1; null where nothing was injected. */
  readonly caughtRatio: number | null;
  /** From the first faulty point to when production could have known. */
  readonly medianDelayMinutes: number | null;
}

export interface KindRow extends CaughtRow {
  readonly kind: FaultKind;
  /** Sigmas; null where the kind has no size. */
  readonly size: number | null;
  /** Why the others were missed, with how many. */
  readonly missed: Readonly<Partial<Record<WhyMissed, number>>>;
}

export interface DetectorFaultsRow extends CaughtRow {
  readonly detector: string;
}

export interface SkippedRow {
  readonly kind: FaultKind;
  readonly why: WhySkipped;
  /** In how many families it never found a place. */
  readonly families: number;
}

export interface FaultsReport {
  readonly seed: number;
  /** How often the history was played again. */
  readonly rounds: number;
  readonly total: CaughtRow;
  readonly kinds: readonly KindRow[];
  readonly detectors: readonly DetectorFaultsRow[];
  readonly skipped: readonly SkippedRow[];
  readonly faults: readonly JudgedInjection[];
}

export interface FaultsInput {
  readonly seed: number;
  readonly rounds: number;
  readonly judged: readonly JudgedInjection[];
  readonly skipped: readonly (WantedFault & { readonly family: string; readonly why: WhySkipped })[];
  readonly detectors: readonly string[];
  readonly kinds: readonly FaultKind[];
}

/** Kinds in the order that is given, a row for each size; a detector that had nothing injected has no share. */
export function reportFaults({ seed, rounds, judged, skipped, detectors, kinds }: FaultsInput): FaultsReport {
  const rows = kinds.flatMap((kind): KindRow[] => {
    const own = judged.filter((one) => one.kind === kind);
    const sizes = [...new Set(own.map(({ size }) => Math.abs(size)))].sort((a, b) => a - b);
    return sizes.map((size) => {
      const verdicts = own.filter((one) => Math.abs(one.size) === size).flatMap((one) => one.verdicts);
      return { kind, size: size === 0 ? null : size, ...caughtOf(verdicts), missed: whyMissed(verdicts) };
    });
  });
  const all = judged.flatMap(({ verdicts }) => verdicts);
  return {
    ...{ seed, rounds, total: caughtOf(all), kinds: rows, faults: judged },
    detectors: detectors.map((detector) => ({ detector, ...caughtOf(all.filter((one) => one.detector === detector)) })),
    skipped: neverPlaced(judged, skipped),
  };
}

function caughtOf(verdicts: readonly JudgedByDetector[]): CaughtRow {
  const delays = verdicts.flatMap(({ delayMs }) => (delayMs === undefined ? [] : [delayMs / 60_000]));
  return {
    injected: verdicts.length,
    caught: delays.length,
    caughtRatio: verdicts.length === 0 ? null : delays.length / verdicts.length,
    medianDelayMinutes: delays.length === 0 ? null : median(Float64Array.from(delays)),
  };
}

function whyMissed(verdicts: readonly JudgedByDetector[]): KindRow['missed'] {
  const counts: Partial<Record<WhyMissed, number>> = {};
  for (const { why } of verdicts) if (why !== undefined) counts[why] = (counts[why] ?? 0) + 1;
  return counts;
}

function neverPlaced(judged: readonly JudgedInjection[], skipped: FaultsInput['skipped']): SkippedRow[] {
  const placed = new Set(judged.map(({ family, kind }) => `${kind} ${family}`));
  const never = skipped.filter(({ family, kind }) => !placed.has(`${kind} ${family}`));
  return [...Map.groupBy(never, ({ kind, why }) => `${kind} ${why}`).values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    return [{ kind: first.kind, why: first.why, families: new Set(alike.map(({ family }) => family)).size }];
  });
}
