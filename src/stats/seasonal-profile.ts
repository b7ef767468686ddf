// What a period explains of a series: the mean of each phase, and how well it foretells a cycle that took no part in it.
// Seasonal strength (Wang, Smith & Hyndman 2006) with each cycle left out in turn, because with few cycles the means of
// pure noise explain much of that noise. A long period also has its means in fewer, wider phases, which noise moves less.

/** No more phases than this in the coarse profile. */
const COARSE_PHASES = 48;

export interface Profile {
  /** 1 − what is left ÷ what there was, both about the trend: 1 where every cycle is the same, 0 or less for noise. */
  readonly strength: number;
  /** The share of cycles (of those with a value) that the others foretell better than no profile does. */
  readonly agreeing: number;
  /** How many phases the profile that did better has. */
  readonly phases: number;
}

/** The values less their mean over the `period` points around each (fewer at the ends). NaN is missing, and stays so. */
export function withoutTrend(values: Float64Array, period: number, out: Float64Array): Float64Array {
  const before = Math.floor(period / 2);
  const after = period - before;
  let sum = 0;
  let count = 0;
  for (let index = 0; index < Math.min(after, values.length); index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) {
      sum += value;
      count++;
    }
  }
  for (let index = 0; index < values.length; index++) {
    out[index] = (values[index] as number) - sum / count;
    const entering = index + after < values.length ? (values[index + after] as number) : Number.NaN;
    const leaving = index - before >= 0 ? (values[index - before] as number) : Number.NaN;
    if (!Number.isNaN(entering)) {
      sum += entering;
      count++;
    }
    if (!Number.isNaN(leaving)) {
      sum -= leaving;
      count--;
    }
  }
  return out;
}

/** What `period` explains of values whose trend was taken off (`withoutTrend`). NaN is missing. */
export function seasonalStrength(values: Float64Array, period: number): Profile {
  const fine = foretell(values, period, period);
  if (period <= COARSE_PHASES) return fine;
  const coarse = foretell(values, period, COARSE_PHASES);
  return coarse.strength > fine.strength ? coarse : fine;
}

/** Sums, counts and squares of each cycle's points in each phase, then each cycle beside the mean of the others. */
function foretell(values: Float64Array, period: number, phases: number): Profile {
  const cycles = Math.ceil(values.length / period);
  const sums = new Float64Array(cycles * phases);
  const counts = new Float64Array(cycles * phases);
  const allSums = new Float64Array(phases);
  const allCounts = new Float64Array(phases);
  const squares = new Float64Array(cycles);
  for (let index = 0, cycle = 0, place = 0; index < values.length; index++, place++) {
    if (place === period) {
      place = 0;
      cycle++;
    }
    const value = values[index] as number;
    if (Number.isNaN(value)) continue;
    const phase = phases === period ? place : Math.floor((place * phases) / period);
    const cell = cycle * phases + phase;
    sums[cell] = (sums[cell] as number) + value;
    counts[cell] = (counts[cell] as number) + 1;
    allSums[phase] = (allSums[phase] as number) + value;
    allCounts[phase] = (allCounts[phase] as number) + 1;
    squares[cycle] = (squares[cycle] as number) + value * value;
  }
  let total = 0;
  let left = 0;
  let agreeing = 0;
  let judged = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    let gain = 0;
    let held = 0;
    for (let phase = 0; phase < phases; phase++) {
      const count = counts[cycle * phases + phase] as number;
      const others = (allCounts[phase] as number) - count;
      if (count === 0 || others === 0) continue;
      held += count;
      const sum = sums[cycle * phases + phase] as number;
      const mean = ((allSums[phase] as number) - sum) / others;
      // Σx² − Σ(x − mean)²
      gain += mean * (2 * sum - count * mean);
    }
    total += squares[cycle] as number;
    left += (squares[cycle] as number) - gain;
    if (held > 0) judged++;
    if (gain > 0) agreeing++;
  }
  return { strength: total > 0 ? 1 - left / total : 0, agreeing: judged > 0 ? agreeing / judged : 0, phases };
}

/** Takes the mean of each of `phases` phases off `values`, in place; `from` is what the means are taken of. */
export function subtractProfile(values: Float64Array, from: Float64Array, period: number, phases: number): void {
  const sums = new Float64Array(phases);
  const counts = new Float64Array(phases);
  const phaseOf = (index: number) => Math.floor(((index % period) * phases) / period);
  for (let index = 0; index < from.length; index++) {
    const value = from[index] as number;
    if (Number.isNaN(value)) continue;
    const phase = phaseOf(index);
    sums[phase] = (sums[phase] as number) + value;
    counts[phase] = (counts[phase] as number) + 1;
  }
  for (let index = 0; index < values.length; index++) {
    const phase = phaseOf(index);
    const count = counts[phase] as number;
    if (count > 0) values[index] = (values[index] as number) - (sums[phase] as number) / count;
  }
}
