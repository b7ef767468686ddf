// Least squares where errors are no straight function of the parameters: Levenberg (1944) and Marquardt (1963), with
// differences for derivatives. For few parameters of the size of 1 and many errors: (parameters + 1) passes over the errors
// a step, and five to ten steps. Finds the lowest point near its start, which need not be the lowest of all.

/** Fills `out` with the errors at `x`. */
export type ErrorsAt = (x: Float64Array, out: Float64Array) => void;

export interface SquaresFitter {
  /** Moves `x` to where the sum of squares of the errors in `from .. to` is least near by, and returns that sum. */
  fit(errorsAt: ErrorsAt, from: number, to: number, x: Float64Array): number;
}

const DIFFERENCE = 1e-5;
const MOST_STEPS = 50;
/** A step that gains a smaller part than this is the last. */
const GAIN = 1e-7;
const FIRST_DAMPING = 1e-3;
const MOST_DAMPING = 1e6;

/** A fitter whose memory is for so many at most; it holds no more than that from one fit to the next. */
export function createSquaresFitter(mostParameters: number, mostErrors: number): SquaresFitter {
  const slopes = Array.from({ length: mostParameters }, () => new Float64Array(mostErrors));
  const errors = [new Float64Array(mostErrors), new Float64Array(mostErrors)] as const;
  const normal = new Float64Array(mostParameters * mostParameters);
  const damped = new Float64Array(mostParameters * mostParameters);
  const right = new Float64Array(mostParameters);
  const moved = new Float64Array(mostParameters);

  function derive(errorsAt: ErrorsAt, from: number, to: number, x: Float64Array, at: Float64Array): void {
    const size = x.length;
    for (let column = 0; column < size; column++) {
      const slope = slopes[column] as Float64Array;
      const before = x[column] as number;
      x[column] = before + DIFFERENCE;
      errorsAt(x, slope);
      x[column] = before;
      for (let index = from; index < to; index++) {
        slope[index] = ((slope[index] as number) - (at[index] as number)) / DIFFERENCE;
      }
      right[column] = -dot(slope, at, from, to);
      for (let other = 0; other <= column; other++) {
        const product = dot(slope, slopes[other] as Float64Array, from, to);
        normal[column * size + other] = product;
        normal[other * size + column] = product;
      }
    }
  }

  /** Fills `moved` with where the damped step leads; false when it leads nowhere. */
  function step(x: Float64Array, damping: number): boolean {
    const size = x.length;
    damped.set(normal);
    let largest = 0;
    for (let row = 0; row < size; row++) largest = Math.max(largest, normal[row * size + row] as number);
    for (let row = 0; row < size; row++) {
      const at = row * size + row;
      // A parameter that changes nothing must not make the matrix singular.
      damped[at] = (normal[at] as number) * (1 + damping) + 1e-12 * largest;
    }
    moved.set(right);
    if (!solveSymmetric(damped, moved, size)) return false;
    for (let row = 0; row < size; row++) moved[row] = (x[row] as number) + (moved[row] as number);
    return true;
  }

  return {
    fit(errorsAt, from, to, x) {
      let [now, next] = errors as readonly [Float64Array, Float64Array];
      errorsAt(x, now);
      let squares = dot(now, now, from, to);
      let damping = FIRST_DAMPING;
      const target = moved.subarray(0, x.length);
      for (let round = 0; round < MOST_STEPS && squares > 0 && x.length > 0; round++) {
        derive(errorsAt, from, to, x, now);
        let gained = 0;
        while (gained === 0 && damping < MOST_DAMPING) {
          const tried = step(x, damping);
          if (tried) errorsAt(target, next);
          const squaresThere = tried ? dot(next, next, from, to) : Number.NaN;
          if (squaresThere < squares) {
            gained = (squares - squaresThere) / squares;
            squares = squaresThere;
            x.set(target);
            [now, next] = [next, now];
            damping /= 10;
          } else damping *= 10;
        }
        if (gained < GAIN) break;
      }
      return squares;
    },
  };
}

function dot(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

/** Solves in place by Cholesky's square root; false when the matrix is not positive. */
function solveSymmetric(matrix: Float64Array, vector: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++) {
    for (let col = 0; col <= row; col++) {
      let sum = matrix[row * size + col] as number;
      for (let k = 0; k < col; k++) sum -= (matrix[row * size + k] as number) * (matrix[col * size + k] as number);
      if (row !== col) matrix[row * size + col] = sum / (matrix[col * size + col] as number);
      else if (sum > 0) matrix[row * size + col] = Math.sqrt(sum);
      else return false;
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = vector[row] as number;
    for (let k = 0; k < row; k++) sum -= (matrix[row * size + k] as number) * (vector[k] as number);
    vector[row] = sum / (matrix[row * size + row] as number);
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = vector[row] as number;
    for (let k = row + 1; k < size; k++) sum -= (matrix[k * size + row] as number) * (vector[k] as number);
    vector[row] = sum / (matrix[row * size + row] as number);
  }
  return true;
}
