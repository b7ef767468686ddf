// The settings of a detector as the back-test page holds them: of parameters and guards only what differs from the default,
// so that address and YAML are short, and a default that is named is the same as one that is not.
import type { Deployed } from '#api/rest/contract.ts';
import type { Algorithm, Param, Params, ParamValues } from '#detect/contract.ts';
import { ALGORITHMS, type AlgorithmName, GUARD_PARAMS, THRESHOLD_PARAM } from '#detect/index.ts';
import { completeParams } from '#detect/settings.ts';
import type { Direction, Guards, MissingPolicy, Plan } from '#model/plan.ts';

export type Value = number | string | boolean;

export interface Settings {
  readonly method: AlgorithmName;
  readonly threshold: number;
  /** Of the method. */
  readonly parameters: ParamValues;
  /** By their names in GUARD_PARAMS. */
  readonly guards: ParamValues;
}

export const DEFAULTS: Settings = { method: 'auto', threshold: THRESHOLD_PARAM.default, parameters: {}, guards: {} };

export type Group = 'parameters' | 'guards';

export function isMethod(name: string): name is AlgorithmName {
  return Object.hasOwn(ALGORITHMS, name);
}

export function paramsOf({ method }: Pick<Settings, 'method'>): Params {
  return ALGORITHMS[method].params;
}

export function declared(settings: Settings, group: Group): Params {
  return group === 'guards' ? GUARD_PARAMS : paramsOf(settings);
}

/** The guards as they may be chosen: no fewer points are looked at than must be anomalous. */
export function guardParams(points: number): Params {
  return { ...GUARD_PARAMS, persistenceOf: { ...GUARD_PARAMS.persistenceOf, min: points } };
}

/** The settings with one value changed; undefined is the default. `of` never stays behind `points`. */
export function withValue(settings: Settings, group: Group, name: string, value: Value | undefined): Settings {
  const next = { ...settings[group], ...(value === undefined ? {} : { [name]: value }) };
  if (value === undefined) delete next[name];
  const points = Number(next.persistencePoints ?? 1);
  if (group === 'guards' && Number(next.persistenceOf ?? points) <= points) delete next.persistenceOf;
  return { ...settings, [group]: beyondDefaults(declared(settings, group), next) };
}

/** With another method, whose parameters are its defaults; a bound that must be given is the value that few pass. */
export function withMethod(settings: Settings, method: AlgorithmName, values: Float64Array): Settings {
  const parameters = method === 'static-threshold' ? { above: highValue(values) } : {};
  return { ...settings, method, parameters };
}

/** What a detector is set to; undefined where its method is not one of this version. */
export function settingsOf({ algorithm, parameters, threshold, guards }: Deployed): Settings | undefined {
  if (!isMethod(algorithm)) return undefined;
  const { range, persistence } = guards;
  const flat: Record<string, Value> = {
    direction: guards.direction,
    minAbsoluteDeviation: guards.minAbsoluteDeviation,
    minRelativeDeviation: guards.minRelativeDeviation,
    ...(range.min === undefined ? {} : { rangeMin: range.min }),
    ...(range.max === undefined ? {} : { rangeMax: range.max }),
    persistencePoints: persistence.points,
    ...(persistence.of > persistence.points ? { persistenceOf: persistence.of } : {}),
    persistenceClear: persistence.clear,
    missing: guards.missing,
    ends: guards.ends ?? GUARD_PARAMS.ends.default,
  };
  return {
    method: algorithm,
    threshold,
    parameters: beyondDefaults(ALGORITHMS[algorithm].params, parameters),
    guards: beyondDefaults(GUARD_PARAMS, flat),
  };
}

/** The plan that the engine steps one series by. */
export function planOf({ method, threshold, parameters, guards }: Settings, metricName: string): Plan {
  return {
    ...{ detector: 'backtest', selector: {}, metricName, algorithm: method, parameters, threshold },
    guards: guardsOf(guards),
  };
}

function guardsOf(given: ParamValues): Guards {
  const all = completeParams(GUARD_PARAMS, given);
  const points = Number(all.persistencePoints);
  const bound = (name: string): number | undefined => (all[name] === undefined ? undefined : Number(all[name]));
  const [min, max] = [bound('rangeMin'), bound('rangeMax')];
  return {
    direction: all.direction as Direction,
    minAbsoluteDeviation: Number(all.minAbsoluteDeviation),
    minRelativeDeviation: Number(all.minRelativeDeviation),
    range: { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) },
    persistence: { points, of: Number(all.persistenceOf ?? points), clear: Number(all.persistenceClear) },
    missing: all.missing as MissingPolicy,
    ...(all.ends === 'back' && { ends: all.ends }),
  };
}

/** Why these settings say nothing; undefined when they do. The sentence is of the method's declaration. */
export function problemOf({ method, parameters, guards }: Settings): string | undefined {
  const { params, rules = [] }: Algorithm = ALGORITHMS[method];
  const values = completeParams(params, parameters);
  const broken = rules.find(({ holds }) => !holds(values));
  if (broken !== undefined) return broken.message;
  const { rangeMin, rangeMax } = guards;
  if (rangeMin === undefined || rangeMax === undefined || rangeMin < rangeMax) return undefined;
  return 'expected "rangeMin" to be less than "rangeMax"';
}

/** Whether a value may stand where the parameter does. */
export function fits(param: Param, value: Value): boolean {
  switch (param.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string' && fitsText(param, value);
    case 'choice':
      return param.choices.some((choice) => choice === value);
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = param;
      return value >= min && value <= max && !(integer && !Number.isInteger(value));
    }
  }
}

function fitsText({ maxLength, pattern, problem }: Extract<Param, { kind: 'text' }>, value: string): boolean {
  return value.length <= maxLength && new RegExp(`^(?:${pattern})$`).test(value) && problem(value) === undefined;
}

/** What is declared, fits, and is not the default. */
function beyondDefaults(params: Params, values: ParamValues): ParamValues {
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, param]) => {
      const value = values[name];
      return value === undefined || value === param.default || !fits(param, value) ? [] : [[name, value]];
    }),
  );
}

/** Half a percent of the values are above it, rounded to three figures. */
function highValue(values: Float64Array): number {
  const sorted = values.filter(Number.isFinite).sort();
  return Number((sorted[Math.floor(sorted.length * 0.995)] ?? 1).toPrecision(3));
}
