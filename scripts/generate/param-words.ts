// A parameter's default, range and values in words, as generated pages tell them.
import type { Param } from '#detect/contract.ts';

/** The default with its unit, or that there is none. */
export function defaultOf(param: Param): string {
  if (param.default === undefined) {
    return param.kind === 'text' || (param.kind === 'number' && param.optional) ? 'none' : 'must be given';
  }
  return valueText(param, param.default);
}

/** A value as it is written, with its unit; milliseconds also as people say them. */
export function valueText(param: Param, value: number | string | boolean): string {
  if (param.kind !== 'number' || param.unit === undefined) return `${value}`;
  return param.unit === 'ms' ? `${value} (${span(Number(value))})` : `${value} ${param.unit}`;
}

/** What is allowed, in words. */
export function rangeOf(param: Param): string {
  if (param.kind === 'boolean') return 'true, false';
  if (param.kind === 'choice') return param.choices.join(', ');
  if (param.kind === 'text') return param.expected;
  const { min, max, unit, integer } = param;
  const inWords = (limit: number) => (unit === 'ms' ? span(limit) : `${limit}`);
  const what = integer ? 'whole' : '';
  const limits = [
    ...(min === undefined ? [] : [`from ${inWords(min)}`]),
    ...(max === undefined ? [] : [`to ${inWords(max)}`]),
  ];
  return [what, ...limits].filter((word) => word !== '').join(' ') || 'any';
}

const SPANS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** Milliseconds as people say them: the largest unit of which there is a whole number. */
function span(ms: number): string {
  const found = SPANS.find(([one]) => Math.abs(ms) >= one && ms % one === 0);
  return found === undefined ? `${ms} ms` : `${ms / found[0]} ${found[1]}`;
}
