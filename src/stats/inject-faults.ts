// Puts faults onto what was really measured: the level moves as each kind has it, and the point keeps its own noise about it.
import { type Fault, faultyLevel } from './fault.ts';
import type { LevelAndNoise } from './level-and-noise.ts';
import type { Rng } from './rng.ts';

export interface Injection extends LevelAndNoise {
  /** Points from a moment to the opposite one of the season: half a day. */
  readonly halfSeason: number;
  /** What the metric can be at least and at most: a share is never above 1. Absent: anything. */
  readonly least?: number;
  readonly most?: number;
  /** Only `noise` draws from it. */
  readonly random: Rng;
}

/** A copy of `values` with the faults in it, which must not overlap; what is missing (NaN) stays so. */
export function injectFaults(values: Float64Array, faults: readonly Fault[], injection: Injection): Float64Array {
  const { levels, sigma, halfSeason, least = -Infinity, most = Infinity, random } = injection;
  const faulty = Float64Array.from(values);
  for (const fault of faults) {
    for (let index = Math.max(0, fault.first); index <= fault.last && index < values.length; index++) {
      const { level, spread } = faultyLevel(fault, { levels, index, sigma, halfSeason });
      const rest = (values[index] as number) - (levels[index] as number);
      // Independent noises add up by their squares.
      const noise = spread <= 1 ? spread * rest : rest + Math.sqrt(spread ** 2 - 1) * sigma * random.normal();
      faulty[index] = Math.min(most, Math.max(least, level + noise));
    }
  }
  return faulty;
}
