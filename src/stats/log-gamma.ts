// The logarithm of the gamma function: Stirling's series (Abramowitz & Stegun 6.1.41) above 10, the series of ζ(k) − 1
// about 2 (6.1.33) near its zeros at 1 and 2, where nothing may cancel, and the recurrence in between.

const EULER = 0.5772156649015329;
const HALF_LOG_TURN = 0.9189385332046728;

/** ζ(k) − 1 for k from 2 on. */
const ZETA_LESS_ONE = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645,
  0.0002460865533080483, 0.00012271334757848915, 0.00006124813505870483, 0.00003058823630702049, 0.00001528225940865187,
  0.000007637197637899763, 0.00000381729326499984, 0.000001908212716553939, 9.539620338727962e-7, 4.769329867878064e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
  7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9, 9.313274324196682e-10, 4.656629065033784e-10,
];

/** Coefficients B(2k) ÷ (2k (2k − 1)) of Stirling's series. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

/** ln Γ(x) for x > 0, to 1e-14 of the value, also near the zeros at 1 and 2. Infinity at 0, NaN below and for NaN. */
export function logGamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x > 0.5 && x < 2.5) return x < 1.5 ? aboutTwo(x - 1) - Math.log(x) : aboutTwo(x - 2);
  let product = 1;
  let shifted = x;
  for (; shifted < 10; shifted++) product *= shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TURN + stirlingError(shifted) - Math.log(product);
}

/** ln Γ(2 + z) for |z| up to a half. */
function aboutTwo(z: number): number {
  let sum = 0;
  for (let index = ZETA_LESS_ONE.length - 1; index >= 0; index--) {
    const power = index + 2;
    sum = ((power % 2 === 0 ? 1 : -1) * (ZETA_LESS_ONE[index] as number)) / power + sum * z;
  }
  return z * (1 - EULER) + sum * z * z;
}

/** What Stirling's formula lacks: ln Γ(x) − (x − ½) ln x + x − ½ ln 2π, for x > 0. */
export function stirlingError(x: number): number {
  if (x < 10) {
    // The recurrence: what one step of x changes, until the series will do.
    let sum = 0;
    let shifted = x;
    for (; shifted < 10; shifted++) sum += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
    return sum + stirlingError(shifted);
  }
  const square = 1 / (x * x);
  let series = 0;
  for (let index = STIRLING.length - 1; index >= 0; index--) series = series * square + (STIRLING[index] as number);
  return series / x;
}
