// What a fault of docs/reliability.md is: something that is broken on purpose under real parts, with a seed that repeats
// it, and a verdict that is a set difference of what was sent and what arrived.
import type { Rng } from '#stats/rng.ts';
import type { PartName } from '../parts/catalogue.ts';

export interface FaultContext {
  /** Everything random follows from it. */
  readonly rng: Rng;
  /** Empty; removed afterwards. */
  readonly folder: string;
  /** It may last as long as the target says; else no longer than a build may take. */
  readonly long: boolean;
  say(line: string): void;
}

export interface Outcome {
  /** What was broken and how often, as it happened. */
  readonly broken: string;
  /** What was seen, with its figures. */
  readonly seen: string;
  readonly lost: number;
  readonly doubled: number;
}

export interface Fault {
  /** As the table calls it, e.g. F1. */
  readonly id: string;
  readonly title: string;
  readonly needs: readonly PartName[];
  /** Rejects, with what was seen instead, when anything but the ledger is wrong. */
  run(context: FaultContext): Promise<Outcome>;
}

export function demand(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise);
}
