// The anomalies of the generated series: where, of which kind and how large, and what each does to the level, to the noise or to
// the value.
import type { Rng } from '#stats/rng.ts';
import type { Run } from '../runs.ts';

export const MINUTES_A_DAY = 1440;

const KINDS = ['spike', 'shift', 'drift', 'drop-out', 'noise', 'season'] as const;
export type InjectedKind = (typeof KINDS)[number];

export interface Injected extends Run {
  readonly kind: InjectedKind;
  /** Sigmas of the noise, signed; what it means depends on the kind. */
  readonly size: number;
}

/** Least and most minutes that each lasts. */
const MINUTES: Readonly<Record<InjectedKind, readonly [number, number]>> = {
  spike: [1, 6],
  shift: [20, 180],
  drift: [60, 240],
  'drop-out': [5, 60],
  noise: [20, 120],
  season: [120, 360],
};
const MOST = 8;
const LEAST = 3;
/** They are kept so far from each other, and none comes in the first week. */
const APART = 4 * 60;
const FROM = 7 * MINUTES_A_DAY;

/** What a series can bear: tiny counts cannot fall so that it would be seen, and shares near 1 cannot rise. */
interface Bearing {
  readonly tiny: boolean;
  readonly capped: boolean;
}

/** How far, in sigmas, a swapped season must be from the usual one on average: a label on what nobody could see judges nothing. */
const LEAST_SEASON = 3;

/** In order of time. */
export function placeAnomalies(
  levels: Float64Array,
  noise: Around['noise'],
  { tiny, capped }: Bearing,
  random: Rng,
): Injected[] {
  const minutes = levels.length;
  const kinds = tiny ? (['spike', 'shift', 'drift'] as const) : KINDS;
  const wanted = LEAST + Math.floor(random.uniform() * (MOST - LEAST + 1));
  const placed: Injected[] = [];
  for (let attempt = 0; placed.length < wanted && attempt < 1000; attempt++) {
    const chosen = kinds[Math.floor(random.uniform() * kinds.length)] ?? 'spike';
    const [least, most] = MINUTES[chosen];
    const first = FROM + Math.floor(random.uniform() * (minutes - FROM - most - 1));
    const last = first + least + Math.floor(random.uniform() * (most - least + 1)) - 1;
    if (placed.some((other) => first - APART <= other.last && last + APART >= other.first)) continue;
    if (chosen === 'season' && seasonMoves(levels, noise, first, last) < LEAST_SEASON) continue;
    const sign = tiny || (!capped && random.uniform() < 0.7) ? 1 : -1;
    placed.push({ kind: chosen, first, last, size: sign * (4 + 8 * random.uniform()) });
  }
  return placed.sort((a, b) => a.first - b.first);
}

/** Mean distance, in sigmas, to the hours of half a day earlier. */
function seasonMoves(levels: Float64Array, noise: Around['noise'], first: number, last: number): number {
  let sum = 0;
  for (let minute = first; minute <= last; minute++) {
    const level = levels[minute] as number;
    sum += Math.abs((levels[minute - MINUTES_A_DAY / 2] as number) - level) / noise(level);
  }
  return sum / (last - first + 1);
}

interface Around {
  /** One sigma at a level. */
  noise(level: number): number;
  /** A value around a level; draws from the series' own noise. */
  draw(level: number, sigma: number): number;
}

/** Values around the levels, with the anomalies in them. */
export function inject(levels: Float64Array, anomalies: readonly Injected[], around: Around): Float64Array {
  let next = 0;
  return levels.map((level, minute) => {
    while (next < anomalies.length && (anomalies[next]?.last ?? 0) < minute) next++;
    const anomaly = anomalies[next];
    if (anomaly === undefined || minute < anomaly.first) return around.draw(level, around.noise(level));
    return anomalousValue(levels, minute, anomaly, around);
  });
}

function anomalousValue(levels: Float64Array, minute: number, anomaly: Injected, { noise, draw }: Around): number {
  const level = levels[minute] as number;
  const sigma = noise(level);
  const moved = anomaly.size * sigma;
  switch (anomaly.kind) {
    case 'spike':
    case 'shift':
      return draw(level + moved, sigma);
    case 'drift':
      return draw(level + (moved * (minute - anomaly.first + 1)) / (anomaly.last - anomaly.first + 1), sigma);
    case 'drop-out':
      return draw(level * 0.02, sigma * 0.02);
    case 'noise':
      return draw(level, (sigma * Math.abs(anomaly.size)) / 2);
    case 'season':
      // The hours of half a day earlier.
      return draw(levels[minute - MINUTES_A_DAY / 2] as number, sigma);
  }
}
