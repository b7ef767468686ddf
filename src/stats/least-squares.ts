// Small dense least squares by Householder reflections with column pivoting (Golub & Van Loan, Matrix Computations,
// 5.2 and 5.4): twice the digits of the normal equations. Weights scale the rows; a ridge appends √λ to each column.
// O(rows · columns²). A column that depends on those before it gets 0, where the least-norm solution would share.

export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** Row by row. */
  readonly values: Float64Array;
}

export interface LeastSquaresOptions {
  /** One for each row, 0 or more: what a row's squared residual counts. */
  readonly weights?: Float64Array;
  /** λ of a ridge (Hoerl & Kennard 1970): adds λ · Σ coefficient² to what is minimised. */
  readonly ridge?: number;
}

export interface LeastSquares {
  readonly coefficients: Float64Array;
  /** The weighted sum of squared residuals that is left, with the ridge's part. */
  readonly residual: number;
  /** How many columns are independent. */
  readonly rank: number;
}

/** A column whose remainder is a smaller part of the first one's depends on the others. */
const DEPENDENT = 1e-13;

/**
 * The coefficients c that minimise |values − matrix · c|². A row with a NaN, in the matrix, its value or its weight, is
 * left out. Fewer rows than columns leave coefficients at 0.
 */
export function leastSquares(matrix: Matrix, values: Float64Array, options: LeastSquaresOptions = {}): LeastSquares {
  const { cols } = matrix;
  const { work, rows } = prepare(matrix, values, options);
  const order = Array.from({ length: cols }, (_, col) => col);
  const width = cols + 1;
  let rank = 0;
  let first = 0;
  for (let step = 0; step < Math.min(rows, cols); step++) {
    const { col, norm } = longest(work, rows, width, order, step);
    if (step === 0) first = norm;
    if (!(norm > DEPENDENT * first)) break;
    const chosen = order[col] as number;
    order[col] = order[step] as number;
    order[step] = chosen;
    reflect(work, rows, width, order, step, norm);
    rank++;
  }
  let residual = 0;
  for (let row = rank; row < rows; row++) residual += (work[row * width + cols] as number) ** 2;
  return { coefficients: substitute(work, cols, order, rank), residual, rank };
}

/** Rows of weighted columns and, behind them, the value; rows of the ridge at the end. */
function prepare(matrix: Matrix, values: Float64Array, { weights, ridge = 0 }: LeastSquaresOptions) {
  const { cols } = matrix;
  const width = cols + 1;
  const work = new Float64Array((matrix.rows + cols) * width);
  let rows = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const root = weights === undefined ? 1 : Math.sqrt(weights[row] as number);
    let whole = 0;
    for (let col = 0; col <= cols; col++) {
      const value = (col === cols ? values[row] : matrix.values[row * cols + col]) as number;
      work[rows * width + col] = root * value;
      whole += root * value;
    }
    if (!Number.isNaN(whole)) rows++;
  }
  // What the last row with a NaN left behind.
  work.fill(0, rows * width);
  if (ridge > 0) {
    for (let col = 0; col < cols; col++) work[rows++ * width + col] = Math.sqrt(ridge);
  }
  return { work, rows };
}

/** Among the columns not yet taken the longest below row `step`, by its place in `order`. */
function longest(work: Float64Array, rows: number, width: number, order: readonly number[], step: number) {
  let col = step;
  let norm = -1;
  for (let place = step; place < order.length; place++) {
    let squares = 0;
    for (let row = step; row < rows; row++) squares += (work[row * width + (order[place] as number)] as number) ** 2;
    if (squares > norm) {
      norm = squares;
      col = place;
    }
  }
  return { col, norm: Math.sqrt(Math.max(0, norm)) };
}

/** Makes the column at `step` vanish below its row, and turns the others and the values alike. */
function reflect(
  work: Float64Array,
  rows: number,
  width: number,
  order: readonly number[],
  step: number,
  norm: number,
): void {
  const own = order[step] as number;
  const head = work[step * width + own] as number;
  // Away from the head, so that nothing cancels.
  const turned = head > 0 ? -norm : norm;
  const pivot = head - turned;
  const factor = -1 / (turned * pivot);
  for (let place = step + 1; place <= order.length; place++) {
    const col = place === order.length ? width - 1 : (order[place] as number);
    let dot = pivot * (work[step * width + col] as number);
    for (let row = step + 1; row < rows; row++) {
      dot += (work[row * width + own] as number) * (work[row * width + col] as number);
    }
    const scale = dot * factor;
    work[step * width + col] = (work[step * width + col] as number) - scale * pivot;
    for (let row = step + 1; row < rows; row++) {
      work[row * width + col] = (work[row * width + col] as number) - scale * (work[row * width + own] as number);
    }
  }
  work[step * width + own] = turned;
}

function substitute(work: Float64Array, cols: number, order: readonly number[], rank: number): Float64Array {
  const width = cols + 1;
  const coefficients = new Float64Array(cols);
  for (let step = rank - 1; step >= 0; step--) {
    let value = work[step * width + cols] as number;
    for (let place = step + 1; place < rank; place++) {
      const col = order[place] as number;
      value -= (work[step * width + col] as number) * (coefficients[col] as number);
    }
    const own = order[step] as number;
    coefficients[own] = value / (work[step * width + own] as number);
  }
  return coefficients;
}
