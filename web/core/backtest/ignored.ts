// What the address says and the page cannot take: told in a line, for whoever made the link meant something by it.
import { THRESHOLD_PARAM } from '#detect/index.ts';
import { RANGES, readRange } from '../chart-range.ts';
import type { Span } from '../time-scale.ts';
import { readFault, readSettings, readValue } from './address.ts';
import { declared, fits, guardParams, type Settings } from './settings.ts';

/** As `name=value`, in the order of the address. `stored` is what there are points of. */
export function ignoredIn(query: URLSearchParams, stored: Span): string[] {
  const settings = readSettings(query);
  const isRanged = overlaps(query, stored);
  const isFaulty = readFault(query) !== undefined;
  return [...query].flatMap(([name, text]) => {
    return isTaken(name, text, { settings, isRanged, isFaulty }) ? [] : [`${name}=${text}`];
  });
}

interface Taken {
  readonly settings: Settings | undefined;
  readonly isRanged: boolean;
  readonly isFaulty: boolean;
}

function isTaken(name: string, text: string, { settings, isRanged, isFaulty }: Taken): boolean {
  if (name === 'from' || name === 'to') return isRanged;
  if (name === 'range') return RANGES.some((range) => range === text);
  if (name === 'f.size') return isFaulty && isNumber(text);
  if (name === 'fault' || name.startsWith('f.')) return isFaulty;
  if (name === 'method') return settings !== undefined;
  if (name === 'threshold') return settings !== undefined && isNumber(text) && fits(THRESHOLD_PARAM, Number(text));
  return /^[pg]\./.test(name) ? settings !== undefined && isParam(name, text, settings) : true;
}

function isParam(name: string, text: string, settings: Settings): boolean {
  const points = Number(settings.guards.persistencePoints ?? 1);
  const params = name.startsWith('g.') ? guardParams(points) : declared(settings, 'parameters');
  const key = name.slice(2);
  const param = Object.hasOwn(params, key) ? params[key] : undefined;
  const value = param && readValue(text, param.kind);
  return param !== undefined && value !== undefined && fits(param, value);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function overlaps(query: URLSearchParams, { fromMs, toMs }: Span): boolean {
  const chosen = readRange(query, { kind: 'back', name: 'all' });
  return chosen.kind === 'chosen' && Math.max(fromMs, chosen.fromMs) < Math.min(toMs, chosen.toMs);
}
