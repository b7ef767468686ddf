// Which faults go where in one run: few in each family, so that the baselines stay what they are, and first of all those that
// its detectors have had least of. It follows from the history and the seed.

import type { FaultKind } from '#stats/fault.ts';
import { injectFaults } from '#stats/inject-faults.ts';
import { type Ground, placeFaults, type WantedFault, type WhySkipped } from '#stats/place-faults.ts';
import { createRng, type Rng } from '#stats/rng.ts';
import type { Family, Member } from './families.ts';

export interface InjectedFault {
  readonly family: string;
  /** The series that it was placed by. */
  readonly series: string;
  readonly kind: FaultKind;
  /** Sigmas, signed; 0 where the kind has no size. */
  readonly size: number;
  /** Of its first and of its last point. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** That look into its direction. */
  readonly detectors: readonly string[];
}

export interface Round {
  readonly faults: readonly InjectedFault[];
  /** What is measured in place of what was: by series and time. */
  readonly values: ReadonlyMap<number, ReadonlyMap<number, number>>;
  readonly skipped: readonly (WantedFault & { readonly family: string; readonly why: WhySkipped })[];
}

/** Points between two faults of a series. */
const APART = 120;
/** So many points bear one fault, and no family more than so many in a run. */
const POINTS_A_FAULT = 700;
const MOST_FAULTS = 8;
/** Of its points this share is warm-up: at least an hour's worth of points, and no more than a week. */
const WARM_SHARE = 0.25;
const LEAST_WARM = 60;
const WEEK_MS = 7 * 86_400_000;
/** Points before and after a finding in which nothing is injected: what would have opened there says nothing. */
const NEAR = 10;

/** `had` counts what each detector has had, and is added to. */
export function planRound(
  families: readonly Family[],
  wanted: readonly WantedFault[],
  seed: number,
  had: Map<string, number>,
): Round {
  const faults: InjectedFault[] = [];
  const skipped: Round['skipped'][number][] = [];
  const values = new Map<number, Map<number, number>>();
  for (const [index, family] of families.entries()) {
    const random = createRng(seed * 7919 + index);
    const ground = groundOf(family, random);
    const usable = ground.values.length - ground.from;
    const count = Math.min(MOST_FAULTS, Math.max(1, Math.floor(usable / POINTS_A_FAULT)));
    const placed = placeFaults(leastHad(wanted, family, had, random), ground, count);
    for (const one of placed.skipped) skipped.push({ ...one, family: family.key });
    const [lead] = family.members;
    for (const { kind, size, first, last } of placed.faults) {
      const fault: InjectedFault = {
        ...{ family: family.key, series: lead.key, kind, size, stepMs: lead.info.stepMs },
        ...{ fromMs: lead.timesMs[first] ?? 0, toMs: lead.timesMs[last] ?? 0 },
        detectors: family.lookers.flatMap(({ detector, plan }) =>
          looksFor(plan.guards.direction, kind, size) ? [detector] : [],
        ),
      };
      faults.push(fault);
      for (const member of family.members) putInto(member, fault, random, values);
    }
    for (const { kind, size } of [...placed.faults, ...placed.skipped]) {
      for (const { detector } of family.lookers) add(had, hadKey(detector, kind, size));
    }
  }
  return { faults, skipped, values };
}

/** What a detector has had of a kind in a size, by this name. */
export function hadKey(detector: string, kind: FaultKind, size: number): string {
  return `${kind} ${Math.abs(size)} ${detector}`;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function leastHad(wanted: readonly WantedFault[], { lookers }: Family, had: ReadonlyMap<string, number>, random: Rng) {
  const ranked = wanted.map((wish) => {
    const counts = lookers.map(({ detector }) => had.get(hadKey(detector, wish.kind, wish.size)) ?? 0);
    return { wish, count: Math.min(...counts), chance: random.uniform() };
  });
  return ranked.sort((a, b) => a.count - b.count || a.chance - b.chance).map(({ wish }) => wish);
}

function looksFor(direction: 'above' | 'below' | 'both', kind: FaultKind, size: number): boolean {
  if (direction === 'both' || kind === 'noise' || kind === 'season') return true;
  if (kind === 'drop-out') return direction === 'below';
  return (direction === 'above') === size > 0;
}

function groundOf({ members: [lead], lookers, scoredFromMs, findings }: Family, random: Rng): Ground {
  const { timesMs, values, info } = lead;
  const directions = lookers.map(({ plan }) => plan.guards.direction);
  const signs = ([1, -1] as const).filter((sign) => directions.some((one) => one !== (sign === 1 ? 'below' : 'above')));
  const share = Math.min(Math.ceil(values.length * WARM_SHARE), Math.ceil(WEEK_MS / info.stepMs));
  const scored = timesMs.findIndex((timeMs) => timeMs >= scoredFromMs);
  const from = Math.max(LEAST_WARM, share, scored < 0 ? values.length : scored);
  const nearMs = NEAR * info.stepMs;
  const busy = findings.map((one) => [one.startMs - nearMs, (one.closedMs ?? Infinity) + nearMs] as const);
  return {
    ...lead.still,
    random,
    ...{ values, from, apart: APART, signs },
    isFree(first, last) {
      const [fromMs, toMs] = [timesMs[first] ?? 0, timesMs[last] ?? 0];
      if (toMs - fromMs > 1.5 * (last - first) * info.stepMs) return false;
      const missing = values.subarray(first, last + 1).filter(Number.isNaN).length;
      if (missing * 2 > last - first) return false;
      return !busy.some(([sinceMs, untilMs]) => fromMs <= untilMs && toMs >= sinceMs);
    },
  };
}

/** The same fault in a near copy, at its own points of that time. */
function putInto(member: Member, fault: InjectedFault, random: Rng, into: Map<number, Map<number, number>>): void {
  const { timesMs, values, info, still } = member;
  const first = timesMs.findIndex((timeMs) => timeMs >= fault.fromMs);
  const last = timesMs.findLastIndex((timeMs) => timeMs <= fault.toMs);
  if (first < 0 || last < first) return;
  const faulty = injectFaults(values, [{ ...fault, first, last }], { ...still, random });
  const own = into.get(info.id) ?? new Map<number, number>();
  into.set(info.id, own);
  for (let index = first; index <= last; index++) own.set(timesMs[index] as number, faulty[index] as number);
}
