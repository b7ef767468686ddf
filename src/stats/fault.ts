// Faults that are put into a series to see what would be caught: their kinds, how long each lasts, and what each does to the
// level and to the noise about it. Real histories, generated ones and the page share it.

export const FAULT_KINDS = ['spike', 'shift', 'drift', 'drop-out', 'noise', 'season'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Index of its first and of its last point. */
  readonly first: number;
  readonly last: number;
  /** Sigmas of the noise, signed; what it means depends on the kind, and for `drop-out` and `season` it means nothing. */
  readonly size: number;
}

/** Least and most points that each lasts. */
export const FAULT_POINTS: Readonly<Record<FaultKind, readonly [least: number, most: number]>> = {
  spike: [1, 6],
  shift: [20, 180],
  drift: [60, 240],
  'drop-out': [5, 60],
  noise: [20, 120],
  season: [120, 360],
};

/** How far, in sigmas, a swapped season must be from the usual one on average: nobody could see a smaller one. */
export const LEAST_SEASON = 3;

/** A point without a fault: its level in its series, and one sigma of the noise there. */
export interface Usual {
  readonly levels: Float64Array;
  readonly index: number;
  readonly sigma: number;
  /** Points from a moment to the opposite one of the season: half a day. */
  readonly halfSeason: number;
}

export interface Faulty {
  readonly level: number;
  /** The noise about the level, as a multiple of the usual. */
  readonly spread: number;
}

/** What the fault makes of the point, which must lie within it. NaN where there is no level half a season earlier. */
export function faultyLevel({ kind, first, last, size }: Fault, usual: Usual): Faulty {
  const { levels, index, sigma, halfSeason } = usual;
  const level = levels[index] as number;
  const moved = size * sigma;
  switch (kind) {
    case 'spike':
    case 'shift':
      return { level: level + moved, spread: 1 };
    case 'drift':
      return { level: level + (moved * (index - first + 1)) / (last - first + 1), spread: 1 };
    case 'drop-out':
      return { level: level * 0.02, spread: 0.02 };
    case 'noise':
      return { level, spread: Math.abs(size) / 2 };
    case 'season':
      return { level: levels[index - halfSeason] ?? Number.NaN, spread: 1 };
  }
}

/** Mean distance, in sigmas, between the levels from `first` to `last` and those of half a season earlier; NaN without these. */
export function seasonMoves(
  levels: Float64Array,
  sigmaAt: (level: number) => number,
  { first, last }: Pick<Fault, 'first' | 'last'>,
  halfSeason: number,
): number {
  let sum = 0;
  for (let index = first; index <= last; index++) {
    const level = levels[index] as number;
    sum += Math.abs((levels[index - halfSeason] ?? Number.NaN) - level) / sigmaAt(level);
  }
  return sum / (last - first + 1);
}
