// Where faults go in a series: after its warm-up, apart from each other, where nothing else is the matter, and only where
// somebody could see them. What finds no place is told with the reason. It follows from the series and the random numbers.
import { FAULT_POINTS, type Fault, type FaultKind, LEAST_SEASON, seasonMoves } from './fault.ts';
import { type Injection, injectFaults } from './inject-faults.ts';

/** The sizes that are tried, in sigmas. */
export const FAULT_SIZES = [4, 8, 16] as const;
/** Their size is the series' own: how far it falls to nothing, how far apart its hours are. */
export const SIZELESS: readonly FaultKind[] = ['drop-out', 'season'];

export interface WantedFault {
  readonly kind: FaultKind;
  /** Sigmas, without a sign; 0 where the kind has no size. */
  readonly size: number;
}

/** Each kind in each size. */
export function wantedFaults(kinds: readonly FaultKind[]): WantedFault[] {
  return kinds.flatMap((kind) => (SIZELESS.includes(kind) ? [0] : FAULT_SIZES).map((size) => ({ kind, size })));
}

export type WhySkipped = 'never-moves' | 'not-looked-for' | 'no-season' | 'not-seen' | 'no-room';

export interface Ground extends Injection {
  readonly values: Float64Array;
  /** Index of the first point after the warm-up. */
  readonly from: number;
  /** Points that are kept between two faults. */
  readonly apart: number;
  /** The directions in which somebody looks: 1 above, −1 below. */
  readonly signs: readonly (1 | -1)[];
  /** Whether nothing else is the matter from `first` to `last`: no gap, no finding of its own. */
  isFree(first: number, last: number): boolean;
}

export interface Placed {
  /** In order of time. */
  readonly faults: readonly Fault[];
  readonly skipped: readonly (WantedFault & { readonly why: WhySkipped })[];
}

const ATTEMPTS = 60;
/** What falls by less than so many sigmas falls to where it nearly was. */
const LEAST_FALL = 2;
/** Of its move at least so much must be left by what the metric can be. */
const LEAST_LEFT = 0.5;

/** The first `most` of the wanted faults that find a place. */
export function placeFaults(wanted: readonly WantedFault[], ground: Ground, most = Infinity): Placed {
  const faults: Fault[] = [];
  const skipped: Placed['skipped'][number][] = [];
  for (const wish of wanted) {
    if (faults.length >= most) break;
    const found = placeOne(wish, faults, ground);
    if (typeof found === 'string') skipped.push({ ...wish, why: found });
    else faults.push(found);
  }
  return { faults: faults.sort((a, b) => a.first - b.first), skipped };
}

function placeOne({ kind, size }: WantedFault, placed: readonly Fault[], ground: Ground): Fault | WhySkipped {
  const { values, from, apart, signs, sigma, random } = ground;
  if (!(sigma > 0)) return 'never-moves';
  if (kind === 'drop-out' && !signs.includes(-1)) return 'not-looked-for';
  let why: WhySkipped = 'no-room';
  const [least, most] = FAULT_POINTS[kind];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const length = least + Math.floor(random.uniform() * (most - least + 1));
    const first = from + Math.floor(random.uniform() * (values.length - from - length));
    const last = first + length - 1;
    const sign = kind === 'drop-out' ? -1 : (signs[Math.floor(random.uniform() * signs.length)] ?? 1);
    if (first < from || placed.some((other) => first - apart <= other.last && last + apart >= other.first)) continue;
    if (!ground.isFree(first, last)) continue;
    const fault: Fault = { kind, first, last, size: sign * size };
    const visible = whyUnseen(fault, ground);
    if (visible === undefined) return fault;
    why = visible;
  }
  return why;
}

/** Undefined where it can be seen. */
function whyUnseen(fault: Fault, ground: Ground): WhySkipped | undefined {
  const { levels, sigma, halfSeason, signs } = ground;
  const { kind } = fault;
  if (kind === 'season') {
    if (!(seasonMoves(levels, () => sigma, fault, halfSeason) >= LEAST_SEASON)) return 'no-season';
    const [sign] = signs;
    // The hours of half a day earlier are lower, or higher; whoever looks the other way only sees nothing.
    if (signs.length === 1 && sign !== undefined && sign * meanMove(levels, fault, halfSeason) < 0)
      return 'not-looked-for';
  }
  const { least: _, most: __, ...free } = ground;
  const moved = moveOf(fault, ground);
  if (kind === 'drop-out' && moved < LEAST_FALL * sigma) return 'not-seen';
  return moved >= LEAST_LEFT * moveOf(fault, free) ? undefined : 'not-seen';
}

/** How far its points are from where they were: the root of their mean square. */
function moveOf(fault: Fault, ground: Pick<Ground, 'values'> & Injection): number {
  const { first, last } = fault;
  const faulty = injectFaults(ground.values.subarray(0, last + 1), [fault], ground);
  let sum = 0;
  for (let index = first; index <= last; index++) {
    const move = (faulty[index] as number) - (ground.values[index] as number);
    // What is missing moved nowhere.
    if (!Number.isNaN(move)) sum += move * move;
  }
  return Math.sqrt(sum / (last - first + 1));
}

function meanMove(levels: Float64Array, { first, last }: Fault, halfSeason: number): number {
  let sum = 0;
  for (let index = first; index <= last; index++) {
    sum += (levels[index - halfSeason] ?? Number.NaN) - (levels[index] as number);
  }
  return sum / (last - first + 1);
}
