// The sentence that the overview begins with. It must be true of the tiles below it and of what users feel: quiet is said
// only when nothing is coloured and no latency is far from its usual.
import type { Felt, Overview, Tile } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import type { Words } from './evidence-words.ts';
import { metricWords } from './metric-words.ts';
import { unitOf } from './units.ts';

export interface StateWords {
  readonly severity: Severity;
  /** What comes first. */
  readonly head: string;
  /** How the others are, after it. */
  readonly rest: string;
}

export function stateWords(overview: Overview, words: Words): StateWords {
  const { unhealthy, felt, services, pods, nowMs } = overview;
  const { messages, format, language } = words;
  const said = messages.overview;
  const count = (tiles: readonly Tile[], severity: Severity): number =>
    tiles.filter((tile) => tile.severity === severity).length;
  // Pods that belong to no service have tiles of their own alone.
  const open = unhealthy || count(pods, 'red');
  const settled = count(services, 'amber') || count(pods, 'amber');
  const quiet = count(services, 'green');
  const failing = felt.find((one) => one.kind === 'success-ratio' && one.severity !== 'green');
  const far = farthest(felt);
  const sinceMs = Math.min(overview.sinceMs ?? nowMs, nowMs);
  const since = overview.sinceMs === null ? '' : format.time(sinceMs);
  const figure = (value: number | null): string => format.figure(value, unitOf(far?.metric ?? ''));
  let severity: Severity = 'amber';
  let head = '';
  if (open > 0) [severity, head] = ['red', said.unhealthy(open, since, unhealthy === 0)];
  else if (failing !== undefined) [severity, head] = [failing.severity, said.noFinding];
  else if (far !== undefined)
    head = said.far(metricWords(far.metric, language), figure(far.value), figure(far.expected));
  else if (settled > 0) head = said.quietSince(since);
  else return { severity: 'green', head: said.quiet(quiet, since), rest: '' };
  return {
    severity,
    head: (failing === undefined ? '' : said.failing(format.percent(failing.value ?? 0))) + head,
    rest: (settled > 0 ? said.settled(settled) : '') + (quiet > 0 && open + settled > 0 ? said.rest(quiet) : ''),
  };
}

/** The latency that is farthest above its usual, of those that are far from it. */
function farthest(felt: readonly Felt[]): Felt | undefined {
  const times = (one: Felt): number => (one.value ?? 0) / (one.expected || 1);
  return felt.filter((one) => one.unusual).toSorted((a, b) => times(b) - times(a))[0];
}
