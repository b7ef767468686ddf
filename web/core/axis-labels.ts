// Figures that stand together and must be told apart: the labels of an axis, and the two ends of a band. Three digits do for
// one figure; where a whole range lies within the last of them, all would read the same.
import { type Format, formatNumber } from './format.ts';
import { scaleFor, type Unit } from './units.ts';

/** Beside an axis there is no room for long ones: CPU as Kubernetes writes it. */
const SYMBOLS: Readonly<Record<string, string>> = { cores: '', millicores: 'm' };
/** More says less than a figure that is a little off. */
const MOST_DECIMALS = 9;

/** So many decimals that each figure is off by a twentieth of a step at most. */
export function decimalsFor(values: readonly number[], step: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++) {
    if (values.every((value) => Math.abs(value - Number(value.toFixed(decimals))) <= step / 20)) return decimals;
  }
  return MOST_DECIMALS;
}

/** All labels of an axis share the scale of its largest value; the unit stands beside each. */
export function axisLabels(splits: readonly number[], max: number, unit: Unit): string[] {
  const { factor, symbol } = scaleFor(max, unit);
  const values = splits.map((value) => Number((value / factor).toPrecision(12)));
  const decimals = decimalsFor(values, Math.abs((values[1] ?? 0) - (values[0] ?? 0)));
  const word = SYMBOLS[symbol] ?? symbol;
  const space = word === '' || /^(m$|[KMGT]i)/.test(word) ? '' : '\u202f';
  return values.map((value) => `${formatNumber(value, decimals)}${space}${word}`);
}

/** From one figure to another; where both would read the same, with as many decimals as tell them apart. */
export function rangeWords(lower: number, upper: number, unit: Unit, format: Format): string {
  const [low, high] = [format.figure(lower, unit), format.figure(upper, unit)];
  if (low !== high || lower === upper) return `${low} … ${high}`;
  const { factor } = scaleFor(upper, unit);
  const decimals = decimalsFor([lower / factor, upper / factor], (upper - lower) / factor);
  return `${format.figure(lower, unit, decimals)} … ${format.figure(upper, unit, decimals)}`;
}
