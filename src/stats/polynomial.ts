// Polynomials fitted by weighted least squares in a basis that is orthogonal on the points themselves, made by a
// recurrence of three terms (Forsythe 1957): no system to solve, no loss of digits where x are epoch times.
// O(points · degree) in time.

export interface Polynomial {
  readonly degree: number;
  /** The value at `x`. */
  at(x: number): number;
}

/**
 * The polynomial of `degree` (or of as many points with different x as there are, less one) nearest to the points.
 * Points with a NaN, or a weight that is not above 0, are left out. NaN everywhere when none is left.
 */
export function fitPolynomial(x: Float64Array, y: Float64Array, degree: number, weights?: Float64Array): Polynomial {
  const used = (_: number, index: number) =>
    !Number.isNaN((x[index] as number) + (y[index] as number)) && (weights === undefined || (weights[index] ?? 0) > 0);
  const xs = x.filter(used);
  const rest = y.filter(used);
  const w = weights?.filter(used) ?? new Float64Array(xs.length).fill(1);
  if (xs.length === 0) return { degree: 0, at: () => Number.NaN };
  // From −1 to 1, so that no power is huge.
  const low = xs.reduce((a, b) => Math.min(a, b));
  const high = xs.reduce((a, b) => Math.max(a, b));
  const centre = low + (high - low) / 2;
  const scale = high > low ? 2 / (high - low) : 1;
  const t = xs.map((value) => (value - centre) * scale);
  const most = Math.min(degree, new Set(t).size - 1);
  const basis = fitBasis(t, rest, w, most);
  return { degree: most, at: (value) => evaluate(basis, (value - centre) * scale) };
}

/** p₀ = 1, p₊ = (t − shift) p − share p₋ and the coefficient of each. */
interface Basis {
  readonly coefficients: Float64Array;
  readonly shifts: Float64Array;
  readonly shares: Float64Array;
}

/** Takes each polynomial's part off `rest` before the next: rounding of one is mended by those that follow. */
function fitBasis(t: Float64Array, rest: Float64Array, weights: Float64Array, degree: number): Basis {
  const coefficients = new Float64Array(degree + 1);
  const shifts = new Float64Array(degree + 1);
  const shares = new Float64Array(degree + 1);
  let before: Float64Array = new Float64Array(t.length);
  let now = new Float64Array(t.length).fill(1);
  let sizeBefore = 1;
  for (let power = 0; power <= degree; power++) {
    let size = 0;
    let shift = 0;
    let dot = 0;
    for (let index = 0; index < t.length; index++) {
      const value = now[index] as number;
      const weighted = (weights[index] as number) * value;
      size += weighted * value;
      shift += weighted * value * (t[index] as number);
      dot += weighted * (rest[index] as number);
    }
    shifts[power] = shift / size;
    shares[power] = power === 0 ? 0 : size / sizeBefore;
    coefficients[power] = dot / size;
    const next = new Float64Array(t.length);
    for (let index = 0; index < t.length; index++) {
      const value = now[index] as number;
      rest[index] = (rest[index] as number) - (dot / size) * value;
      next[index] =
        ((t[index] as number) - (shifts[power] as number)) * value -
        (shares[power] as number) * (before[index] as number);
    }
    before = now;
    now = next;
    sizeBefore = size;
  }
  return { coefficients, shifts, shares };
}

function evaluate({ coefficients, shifts, shares }: Basis, t: number): number {
  let before = 0;
  let now = 1;
  let sum = 0;
  for (let power = 0; power < coefficients.length; power++) {
    sum += (coefficients[power] as number) * now;
    const next = (t - (shifts[power] as number)) * now - (shares[power] as number) * before;
    before = now;
    now = next;
  }
  return sum;
}
