// Judges findings against what was injected, by the one definition that the page, the back-test and the accuracy bench
// share: a fault is coloured when a new finding on its own pod or service is confirmed within five minutes.
import { type Entity, entityKey } from './entity.ts';
import type { Finding } from './finding.ts';
import type { KnownFault } from './signal.ts';

export const REACTION_MS = 5 * 60_000;
/** Detectors are given this long at the beginning of the quiet hours before anything is held against them. */
export const WARM_UP_MINUTES = 60;
const MINUTE_MS = 60_000;

/**
 * `neighbour-only`: not its own service but any other was coloured, whether or not the two call each other. `pending`: not
 * coloured yet, and its five minutes are not over.
 */
export type Outcome = 'coloured' | 'neighbour-only' | 'missed' | 'pending';

/** What judging needs of a finding; whoever has whole findings gets whole findings back. */
export type JudgedFinding = Pick<Finding, 'id' | 'entity' | 'seenMs'>;

export interface JudgedFault<F extends JudgedFinding = Finding> {
  readonly fault: KnownFault;
  readonly outcome: Outcome;
  /** From injection to when production could have known; absent unless coloured. */
  readonly delayMs?: number;
  /** The first finding that coloured it. */
  readonly finding?: F;
  /** Any other services (of the own service: other pods) coloured in the same five minutes, sorted. */
  readonly neighbours: readonly string[];
}

/**
 * One judgement a fault, in their order, as far as could be known at `nowMs`. A finding counts when its `seenMs` is in
 * (injection, injection + 5 min]; one that was open before is not new and does not count. `serviceOf` names the
 * service that an entity belongs to.
 */
export function judgeFaults<F extends JudgedFinding>(
  faults: readonly KnownFault[],
  findings: readonly F[],
  nowMs: number,
  serviceOf: (entity: Entity) => string,
): JudgedFault<F>[] {
  const known = findings
    .filter(({ seenMs }) => seenMs <= nowMs)
    .sort((a, b) => a.seenMs - b.seenMs || compare(a.id, b.id));
  return faults.map((fault) => {
    const fresh = known.filter(({ seenMs }) => seenMs > fault.timeMs && seenMs <= fault.timeMs + REACTION_MS);
    const own = fresh.find(({ entity }) => isOwn(entity, fault));
    const others = fresh
      .filter(({ entity }) => !isOwn(entity, fault))
      .map(({ entity }) => nameOf(entity, fault, serviceOf));
    const neighbours = [...new Set(others)].sort(compare);
    if (own !== undefined) {
      return { fault, outcome: 'coloured', delayMs: own.seenMs - fault.timeMs, finding: own, neighbours };
    }
    if (nowMs < fault.timeMs + REACTION_MS) return { fault, outcome: 'pending', neighbours };
    return { fault, outcome: neighbours.length > 0 ? 'neighbour-only' : 'missed', neighbours };
  });
}

/** A call counts to its callee: its finding's entity is that service already. */
function isOwn(entity: Entity, fault: KnownFault): boolean {
  if (entity.kind === 'pod') return entity.name === fault.pod;
  return entity.kind === 'service' && entity.name === fault.service;
}

function nameOf(entity: Entity, fault: KnownFault, serviceOf: (entity: Entity) => string): string {
  const service = serviceOf(entity);
  return service === fault.service || service === '' ? entity.name || entityKey(entity) : service;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Unexplained {
  /** Findings of the hours with faults that were confirmed in nobody's five minutes. */
  readonly findings: number;
  /** All findings of those hours. */
  readonly of: number;
}

/**
 * How many findings, outside the warm-up, no injection explains by the rule that colours a fault. A fault's late effects
 * count here as well, because nothing in the recording tells them from a false alarm.
 */
export function countUnexplained(
  faults: readonly KnownFault[],
  findings: readonly Pick<Finding, 'seenMs'>[],
  segments: readonly (Stretch & { readonly warmUp: boolean })[],
): Unexplained {
  const inFaultHours = findings.filter(({ seenMs }) =>
    segments.some(({ warmUp, fromMs, toMs }) => !warmUp && seenMs >= fromMs && seenMs < toMs),
  );
  const explained = inFaultHours.filter(({ seenMs }) =>
    faults.some(({ timeMs }) => seenMs > timeMs && seenMs <= timeMs + REACTION_MS),
  );
  return { findings: inFaultHours.length - explained.length, of: inFaultHours.length };
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The quiet minutes of a tape: its warm-up segments on whole minutes, each less its first hour. */
export function quietStretches(segments: readonly (Stretch & { readonly warmUp: boolean })[]): Stretch[] {
  return segments
    .filter(({ warmUp }) => warmUp)
    .map(({ fromMs, toMs }) => ({
      fromMs: (Math.floor(fromMs / MINUTE_MS) + WARM_UP_MINUTES) * MINUTE_MS,
      toMs: Math.ceil(toMs / MINUTE_MS) * MINUTE_MS,
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);
}

/** How many minutes (of the clock) a stretch touches; 0 when it is empty. */
export function minutesIn({ fromMs, toMs }: Stretch): number {
  return toMs > fromMs ? Math.ceil(toMs / MINUTE_MS) - Math.floor(fromMs / MINUTE_MS) : 0;
}

/** Minutes of the stretch in which any finding was open at some moment: confirmed (seenMs) ≤ t < closed (closedSeenMs). */
export function redMinutes(
  findings: readonly Pick<Finding, 'seenMs' | 'closedSeenMs'>[],
  { fromMs, toMs }: Stretch,
): number {
  const first = Math.floor(fromMs / MINUTE_MS);
  const red = new Uint8Array(minutesIn({ fromMs, toMs }));
  for (const { seenMs, closedSeenMs } of findings) {
    const from = Math.max(seenMs, fromMs);
    const to = Math.min(closedSeenMs ?? Number.POSITIVE_INFINITY, toMs);
    if (from < to) red.fill(1, Math.floor(from / MINUTE_MS) - first, Math.ceil(to / MINUTE_MS) - first);
  }
  return red.reduce((sum, minute) => sum + minute, 0);
}
