// Decimal digits to the nearest double, without a string: the same bits as Number(text), for the numbers that servers
// print. Up to 15 digits one exact division does it (Clinger, 1990). Up to 18, the quotient is corrected by its exact
// remainder (Dekker's products, 1971), and given only when the bounds of that correction round to the same double.

/** Most digits of the head: so many fit into a whole number of 31 bits, in which they are added up. */
export const HEAD_DIGITS = 9;
/** Most digits in all. */
export const MOST_DIGITS = 18;
/** Most digits that a double holds exactly. */
const EXACT_DIGITS = 15;
/** Powers of ten up to this are exact doubles. */
export const MOST_SCALE = 22;

const POWERS = Float64Array.from({ length: MOST_SCALE + 1 }, (_, power) => Number(`1e${power}`));
const INVERSES = POWERS.map((power) => 1 / power);
/** 2^27 + 1: splits a double into two halves of 26 bits. */
const SPLIT = 134217729;
/** The upper halves of the powers. */
const UPPERS = POWERS.map((power) => SPLIT * power - (SPLIT * power - power));
/** The correction is exact to 2^-103 of the result; the bounds are much wider than that. */
const DOUBT = 2 ** -96;

/**
 * (head × 10^tailDigits + tail) / 10^scale, correctly rounded. `head` has at most 9 digits, `tail` 12, and both
 * together `digits`, at most 18; a head of fewer than 6 has no tail. `scale` is 0 to 22. NaN when this way cannot tell (a tie): the caller then asks Number.
 */
export function toDouble(head: number, tail: number, tailDigits: number, digits: number, scale: number): number {
  const power = POWERS[scale] as number;
  // Exact: 9 digits and 5^9 have 51 bits, 6 digits and 5^12 have 48.
  const high = head * (POWERS[tailDigits] as number);
  const sum = high + tail;
  const quotient = sum / power;
  if (digits <= EXACT_DIGITS) return quotient;
  const rest = tail - (sum - high);
  // quotient × power as the exact sum of two doubles.
  const product = quotient * power;
  const big = SPLIT * quotient;
  const upper = big - (big - quotient);
  const lower = quotient - upper;
  const powerUpper = UPPERS[scale] as number;
  const powerLower = power - powerUpper;
  const productRest = upper * powerUpper - product + upper * powerLower + lower * powerUpper + lower * powerLower;
  const correction = (sum - product + (rest - productRest)) * (INVERSES[scale] as number);
  const doubt = quotient * DOUBT;
  const least = quotient + (correction - doubt);
  return least === quotient + (correction + doubt) ? least : Number.NaN;
}
