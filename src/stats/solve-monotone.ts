// A root of a function that only rises or only falls, by Newton's steps that a bracket keeps in bounds: where a step
// leaves it, or hardly gains, the bracket is halved. Quantiles are found so from tails and densities.

const MOST_ROUNDS = 200;

/**
 * The x where `evaluate` is 0, from `start` on. It returns the value and the slope there, whose sign is the same
 * everywhere (0 where it underflows). Answers to about 1e-15 of 1 + |x|.
 */
export function solveMonotone(
  evaluate: (x: number) => readonly [number, number],
  start: number,
  rising: boolean,
): number {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let x = start;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [value, slope] = evaluate(x);
    if (value === 0 || Number.isNaN(value)) break;
    if (value < 0 === rising) low = x;
    else high = x;
    let next = x - value / slope;
    // One step far out may go anywhere.
    const most = 2 + Math.abs(x);
    if (Math.abs(next - x) > most) next = x + Math.sign(next - x) * most;
    if (!(next > low && next < high)) next = between(low, high, most);
    if (Math.abs(next - x) <= 2e-16 * Math.max(1e-3, Math.abs(x))) return next;
    x = next;
  }
  return x;
}

function between(low: number, high: number, most: number): number {
  if (low === Number.NEGATIVE_INFINITY) return high - most;
  if (high === Number.POSITIVE_INFINITY) return low + most;
  return low + (high - low) / 2;
}
