// Settings in the address: `method=ema&threshold=4&p.halfLifeMs=600000&g.direction=above`. With a method in it the address
// says all; without, the detector's own settings are meant, whatever they are.
import type { Param } from '#detect/contract.ts';
import { THRESHOLD_PARAM } from '#detect/index.ts';
import { type ChosenFault, isFault, isFaultKind } from './fault.ts';
import { DEFAULTS, declared, fits, type Group, isMethod, type Settings, type Value, withValue } from './settings.ts';

const PREFIX: Readonly<Record<Group, string>> = { parameters: 'p.', guards: 'g.' };

/** What the query says; undefined without a method. What is nonsense in it is the default. */
export function readSettings(query: URLSearchParams): Settings | undefined {
  const method = query.get('method') ?? '';
  if (!isMethod(method)) return undefined;
  const given = Number(query.get('threshold') || Number.NaN);
  const threshold = fits(THRESHOLD_PARAM, given) ? given : DEFAULTS.threshold;
  let settings: Settings = { method, threshold, parameters: {}, guards: {} };
  for (const group of ['parameters', 'guards'] as const) {
    for (const [name, param] of Object.entries(declared(settings, group))) {
      const text = query.get(PREFIX[group] + name);
      const value = text === null ? undefined : readValue(text, param.kind);
      if (value !== undefined && fits(param, value)) settings = withValue(settings, group, name, value);
    }
  }
  return settings;
}

/** The query with these settings in place of those that it had. */
export function writeSettings(query: URLSearchParams, settings: Settings | undefined): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of query.keys()) if (/^(method|threshold|[pg]\..*)$/.test(name)) next.delete(name);
  if (settings === undefined) return next;
  next.set('method', settings.method);
  if (settings.threshold !== DEFAULTS.threshold) next.set('threshold', String(settings.threshold));
  for (const group of ['parameters', 'guards'] as const) {
    for (const [name, value] of Object.entries(settings[group])) next.set(PREFIX[group] + name, String(value));
  }
  return next;
}

/** The fault that the query lays: `fault=spike&f.size=8&f.at=1760000000000&f.points=3`. Undefined for none, and for nonsense. */
export function readFault(query: URLSearchParams): ChosenFault | undefined {
  const kind = query.get('fault') ?? '';
  if (!isFaultKind(kind)) return undefined;
  const figure = (name: string): number => Number(query.get(`f.${name}`) || Number.NaN);
  const fault = { kind, size: figure('size') || 0, atMs: figure('at'), points: figure('points') };
  return isFault(fault) ? fault : undefined;
}

/** The query with this fault in place of the one that it had. */
export function writeFault(query: URLSearchParams, fault: ChosenFault | undefined): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of ['fault', 'f.size', 'f.at', 'f.points']) next.delete(name);
  if (fault === undefined) return next;
  const { kind, size, atMs, points } = fault;
  next.set('fault', kind);
  if (size !== 0) next.set('f.size', String(size));
  next.set('f.at', String(atMs));
  next.set('f.points', String(points));
  return next;
}

/** Undefined for what is no value of that kind. */
export function readValue(text: string, kind: Param['kind']): Value | undefined {
  if (kind === 'choice' || kind === 'text') return text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return text.trim() === '' ? undefined : Number(text);
}
