// One work, done by us and by its peers: first the check that it is the same work, then both sides in turn, on one machine, as
// often as wanted. Without the peers only our side is timed, and the line says so.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import { medianOf, type Run, spread, timed } from '../measure.ts';
import type { PythonPeer } from '../reference/python-peer.ts';

/** A row of the table of speed. */
export interface Line {
  readonly row: string;
  readonly work: string;
  readonly peer: string;
  /** Milliseconds of each side. */
  readonly ours: string;
  readonly theirs: string;
  /** How many times as fast as the peer, by the clock: the ratio of medians, with the range of the rounds. */
  readonly faster: string;
  /** The same ratio in CPU seconds. */
  readonly lessCpu: string;
  /** In what the two sides are equal. */
  readonly equal: string;
  readonly target: string;
}

interface Opponent {
  /** As the peers' script calls it. */
  readonly name: string;
  readonly target: string;
  /** What the script calls that part of the work that is timed; all of it when absent. */
  readonly timedAs?: string;
  /** Says in what the peer's result is the same as ours, or that it differs. Throws where that is a fault of one of the two. */
  check(result: Float64Array): string | Differing;
}

/** No time is worth printing of sides that do not do the same. */
interface Differing {
  /** In what, and by how much. */
  readonly differs: string;
}

export interface Duel {
  readonly row: string;
  readonly work: string;
  ours(): void;
  /** The part that is timed, where all of it would take too long for the peer. */
  timed?(): void;
  readonly opponents: readonly Opponent[];
}

const NOT_MEASURED = 'NOT MEASURED';
const NO_TIMES = { ours: '–', theirs: '–', faster: '–', lessCpu: '–' };
/** Not counted: the first calls compile. */
const WARM_UPS = 3;

export async function fight(duel: Duel, peer: PythonPeer | undefined, folder: string, times: number): Promise<Line[]> {
  const work = duel.timed ?? duel.ours;
  for (let round = 0; round < WARM_UPS; round++) duel.ours();
  if (peer === undefined) return [lineAlone(duel, times)];
  const lines: Line[] = [];
  for (const opponent of duel.opponents) {
    const path = join(folder, 'result');
    await peer.run(opponent.name, path);
    const equal = opponent.check(float64Of(await readFile(path)));
    const named = { row: duel.row, work: duel.work, peer: opponent.name, target: opponent.target };
    if (typeof equal !== 'string') {
      lines.push({ ...named, ...NO_TIMES, equal: `**differs: ${equal.differs}**` });
      continue;
    }
    const ours: Run[] = [];
    const theirs: Run[] = [];
    for (let round = 0; round < times; round++) {
      ours.push(timed(work));
      theirs.push(await peer.run(opponent.timedAs ?? opponent.name));
    }
    lines.push({ ...named, equal, ...compareRuns(ours, theirs) });
  }
  return lines;
}

function lineAlone({ row, work, ours, timed: part = ours }: Duel, times: number): Line {
  const runs = Array.from({ length: times }, () => timed(part));
  const rest = { theirs: NOT_MEASURED, faster: '', lessCpu: '', equal: '', target: '' };
  return { row, work, peer: 'none', ours: spread(millisecondsOf(runs)), ...rest };
}

/** Ratios above 1 are in our favour. */
export function compareRuns(
  ours: readonly Run[],
  theirs: readonly Run[],
): Pick<Line, 'ours' | 'theirs' | 'faster' | 'lessCpu'> {
  const mine = millisecondsOf(ours);
  const other = millisecondsOf(theirs);
  const ratios = other.map((ms, round) => ms / (mine[round] ?? Number.NaN));
  const cpu = (runs: readonly Run[]) => medianOf(runs.map(({ cpuSeconds }) => cpuSeconds));
  return {
    ours: spread(mine),
    theirs: spread(other),
    faster: `${timesText(medianOf(other) / medianOf(mine))} (${shown(Math.min(...ratios))}–${shown(Math.max(...ratios))})`,
    lessCpu: timesText(cpu(theirs) / cpu(ours)),
  };
}

function millisecondsOf(runs: readonly Run[]): number[] {
  return runs.map(({ wallSeconds }) => wallSeconds * 1000);
}

function timesText(ratio: number): string {
  return `${shown(ratio)}×`;
}

function shown(ratio: number): string {
  return ratio.toLocaleString('en', { maximumSignificantDigits: 3 });
}

export function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function float64Of(bytes: Buffer): Float64Array {
  return new Float64Array(new Uint8Array(bytes).buffer);
}

/** The largest difference, relative where the value is above 1; infinite where only one side has a value. */
function farthest(ours: Float64Array, theirs: Float64Array): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [index, value] of ours.entries()) {
    const other = theirs[index] as number;
    if (Number.isNaN(value) && Number.isNaN(other)) continue;
    const apart = Math.abs(value - other) / Math.max(1, Math.abs(other));
    most = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(most, apart);
  }
  return most;
}

/** Says how far apart the two are at most. Throws where that is more than `tolerance`: no time is worth printing. */
export function checkApart(work: string, ours: Float64Array, theirs: Float64Array, tolerance: number): string {
  const apart = farthest(ours, theirs);
  if (apart <= tolerance) return `to ${apart.toExponential(0)}`;
  throw new AppError(
    'gate-failed',
    `${work}: the peer gives another result (${apart} apart): no time is worth printing`,
  );
}
