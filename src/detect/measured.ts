// What counts as a value. NaN and the infinities are missing, and so is a number so large that the square of its
// deviation would overflow: nothing that is measured comes near it, and one of them would silence a running mean for good.

export const LARGEST_MEASURED = 1e140;

/** Whether the value can be scored and taken into a baseline. */
export function isMeasured(value: number): boolean {
  // NaN compares false.
  return value <= LARGEST_MEASURED && value >= -LARGEST_MEASURED;
}
