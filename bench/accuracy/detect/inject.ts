// The anomalies of the generated series: where, of which kind and how large. What each does is in #stats/fault.ts.
import { FAULT_KINDS, FAULT_POINTS, type Fault, faultyLevel, LEAST_SEASON, seasonMoves } from '#stats/fault.ts';
import type { Rng } from '#stats/rng.ts';

export const MINUTES_A_DAY = 1440;
const HALF_DAY = MINUTES_A_DAY / 2;

/** A point is a minute. */
export type Injected = Fault;

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

/** In order of time. */
export function placeAnomalies(
  levels: Float64Array,
  noise: Around['noise'],
  { tiny, capped }: Bearing,
  random: Rng,
): Injected[] {
  const minutes = levels.length;
  const kinds = tiny ? (['spike', 'shift', 'drift'] as const) : FAULT_KINDS;
  const wanted = LEAST + Math.floor(random.uniform() * (MOST - LEAST + 1));
  const placed: Injected[] = [];
  for (let attempt = 0; placed.length < wanted && attempt < 1000; attempt++) {
    const chosen = kinds[Math.floor(random.uniform() * kinds.length)] ?? 'spike';
    const [least, most] = FAULT_POINTS[chosen];
    const first = FROM + Math.floor(random.uniform() * (minutes - FROM - most - 1));
    const last = first + least + Math.floor(random.uniform() * (most - least + 1)) - 1;
    if (placed.some((other) => first - APART <= other.last && last + APART >= other.first)) continue;
    if (chosen === 'season' && seasonMoves(levels, noise, { first, last }, HALF_DAY) < LEAST_SEASON) continue;
    const sign = tiny || (!capped && random.uniform() < 0.7) ? 1 : -1;
    placed.push({ kind: chosen, first, last, size: sign * (4 + 8 * random.uniform()) });
  }
  return placed.sort((a, b) => a.first - b.first);
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
    const sigma = around.noise(level);
    const faulty = faultyLevel(anomaly, { levels, index: minute, sigma, halfSeason: HALF_DAY });
    return around.draw(faulty.level, sigma * faulty.spread);
  });
}
