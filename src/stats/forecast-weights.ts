// The weights by which the last points of an even series foretell the next: the value, one step ahead, of a polynomial of
// degree 0 to 2 fitted to them by least squares with tricube weights (Cleveland 1979), the newest counting most. Fixed for a
// number of points, as Savitzky & Golay's (1964) are. Polynomials are orthogonal on the points, so nothing is solved.

/**
 * Fills `out[0 .. count)` with the weights, the newest point's first, and returns the sum of their squares: the forecast's
 * variance in units of one point's. They add up to 1. The degree is at most `count` − 1. Allocates nothing.
 */
export function forecastWeights(count: number, degree: number, out: Float64Array): number {
  const most = Math.min(degree, count - 1);
  // Times are 0 for what is foretold, and −1 for the oldest point.
  const timeOf = (index: number) => -(index + 1) / count;
  let size0 = 0;
  let sum1 = 0;
  for (let index = 0; index < count; index++) {
    const weight = tricube(index / count);
    size0 += weight;
    sum1 += weight * timeOf(index);
  }
  const shift1 = sum1 / size0;
  let size1 = 0;
  let sum2 = 0;
  for (let index = 0; index < count; index++) {
    const weighted = tricube(index / count) * (timeOf(index) - shift1) ** 2;
    size1 += weighted;
    sum2 += weighted * timeOf(index);
  }
  const shift2 = sum2 / size1;
  const share2 = size1 / size0;
  const second = (time: number) => (time - shift2) * (time - shift1) - share2;
  let size2 = 0;
  for (let index = 0; index < count; index++) size2 += tricube(index / count) * second(timeOf(index)) ** 2;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    const time = timeOf(index);
    let sum = 1 / size0;
    if (most >= 1) sum += ((time - shift1) * -shift1) / size1;
    if (most >= 2) sum += (second(time) * second(0)) / size2;
    const weight = tricube(index / count) * sum;
    out[index] = weight;
    squares += weight * weight;
  }
  return squares;
}

/** (1 − |x|³)³ for |x| < 1. */
function tricube(x: number): number {
  return (1 - x * x * x) ** 3;
}
