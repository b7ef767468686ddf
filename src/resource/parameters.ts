// An algorithm's own parameters: checked against what it declares, and completed with its defaults.
import type { Algorithm, Param, ParamValues } from '#detect/contract.ts';
import { type Path, type Problem, shown, unknownName } from './problem.ts';

/** As much of an algorithm as is needed to check what is written for it. */
export type Checkable = Pick<Algorithm, 'params' | 'problemWith'>;

/** The values with every default filled in, and what is wrong with them; `at` is where they stand in the resource. */
export function checkParameters(
  given: ParamValues,
  { params, problemWith }: Checkable,
  at: Path,
): { readonly values: ParamValues; readonly problems: readonly Problem[] } {
  const values: Record<string, number | string | boolean> = {};
  const problems: Problem[] = [];
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(params, name)) continue;
    problems.push({ path: [...at, name], atKey: true, message: unknownName('parameter', name, Object.keys(params)) });
  }
  for (const [name, param] of Object.entries(params)) {
    const value = Object.hasOwn(given, name) ? given[name] : param.default;
    if (value === undefined) {
      if (param.kind === 'number' && param.optional !== true) {
        problems.push({ path: at, message: `"${name}" is missing: ${expectation(param)} (${param.summary})` });
      }
    } else if (isGood(value, param)) {
      values[name] = value;
    } else {
      problems.push({ path: [...at, name], message: `${expectation(param)}, got ${shown(value)}` });
    }
  }
  // What no single value shows, once each is right by itself.
  const joint = problems.length === 0 ? problemWith?.(values) : undefined;
  if (joint !== undefined) problems.push({ path: at, message: joint });
  return { values, problems };
}

function isGood(value: number | string | boolean, param: Param): boolean {
  switch (param.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && param.choices.includes(value);
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (param.integer === true && !Number.isInteger(value)) return false;
      return value >= (param.min ?? -Infinity) && value <= (param.max ?? Infinity);
  }
}

/** What a right value is, in words: `expected a whole number from 1 to 1440 (minutes)`. */
function expectation(param: Param): string {
  if (param.kind === 'boolean') return 'expected true or false';
  if (param.kind === 'choice') return `expected one of: ${param.choices.join(', ')}`;
  const kind = param.integer === true ? 'a whole number' : 'a number';
  const unit = param.unit === undefined ? '' : ` (${param.unit})`;
  if (param.min !== undefined && param.max !== undefined)
    return `expected ${kind} from ${param.min} to ${param.max}${unit}`;
  if (param.min !== undefined) return `expected ${kind} of at least ${param.min}${unit}`;
  if (param.max !== undefined) return `expected ${kind} of at most ${param.max}${unit}`;
  return `expected ${kind}${unit}`;
}
