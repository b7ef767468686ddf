// What methods that score whole windows do around their own arithmetic: leave out what is missing, and put scores back where
// the points were.
import type { Scores } from './contract.ts';
import { isMeasured } from './measured.ts';

/** Columns of so many points without a score. */
export function noScores(length: number): Scores {
  const filled = () => new Float64Array(length).fill(Number.NaN);
  return { scores: filled(), expected: filled(), lower: filled(), upper: filled() };
}

/** Where the measured values are. */
export function measuredIndices(values: Float64Array): Int32Array {
  const found = new Int32Array(values.length);
  let count = 0;
  for (let index = 0; index < values.length; index++) if (isMeasured(values[index] as number)) found[count++] = index;
  return found.subarray(0, count);
}
