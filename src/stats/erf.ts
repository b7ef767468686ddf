// The error function and its complement by the rational Chebyshev approximations of Cody (1969), whose coefficients these
// are: full precision also far out, where erfc is tiny.

const ERF_TOP = [3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694, 0.18577770618460315];
const ERF_BOTTOM = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const MIDDLE_TOP = [
  0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972, 2.1531153547440383e-8,
];
const MIDDLE_BOTTOM = [
  15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
];
const FAR_TOP = [
  0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378,
  0.016315387137302097,
];
const FAR_BOTTOM = [
  2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];
const ROOT_PI_INVERSE = 0.5641895835477563;

/** 2 ÷ √π times the integral of exp(−t²) from 0 to x, to 1e-15. NaN for NaN. */
export function erf(x: number): number {
  return Math.abs(x) <= 0.46875 ? near(x) : x > 0 ? 1 - beyond(x) : beyond(-x) - 1;
}

/** 1 − erf(x) without its loss of digits: to 1e-14 of the value until that underflows (x above 26). NaN for NaN. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - near(x);
  return x > 0 ? beyond(x) : 2 - beyond(-x);
}

function near(x: number): number {
  const square = x * x;
  return x * ratio(square, ERF_TOP, ERF_BOTTOM);
}

/** erfc above 0.46875. */
function beyond(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x <= 4) return ratio(x, MIDDLE_TOP, MIDDLE_BOTTOM) * expOfSquare(x);
  const inverse = 1 / (x * x);
  return ((ROOT_PI_INVERSE - inverse * ratio(inverse, FAR_TOP, FAR_BOTTOM)) / x) * expOfSquare(x);
}

/** exp(−x²): a square of few digits is exact, and the rest is small. */
function expOfSquare(x: number): number {
  const rough = Math.trunc(x * 16) / 16;
  return Math.exp(-rough * rough) * Math.exp(-(x - rough) * (x + rough));
}

/** Quotient of two polynomials as Cody lays them out: the last of the upper coefficients belongs to the highest power. */
function ratio(x: number, top: readonly number[], bottom: readonly number[]): number {
  let upper = (top.at(-1) as number) * x;
  let lower = x;
  for (let index = 0; index < bottom.length - 1; index++) {
    upper = (upper + (top[index] as number)) * x;
    lower = (lower + (bottom[index] as number)) * x;
  }
  const last = bottom.length - 1;
  return (upper + (top[last] as number)) / (lower + (bottom[last] as number));
}
