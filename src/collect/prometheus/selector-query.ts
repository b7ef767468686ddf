// A query from its parts. Nothing is pasted: what a part holds stays a name or a value, whatever letters it has.
import { AppError } from '#kit/errors.ts';
import { escapePattern, quotePromql } from './promql-text.ts';

export type LabelMatch =
  | { readonly label: string; readonly operator: '=' | '!=' | '=~' | '!~'; readonly value: string }
  /** Exactly one of these; a pattern's letters in them mean themselves. */
  | { readonly label: string; readonly anyOf: readonly string[] };

export interface SelectorQuery {
  readonly metricName: string;
  readonly matchers: readonly LabelMatch[];
  /** The increase per second over such a window, for a counter. */
  readonly rateWindowMs?: number;
  /** Summed over all other labels; summed to one series when empty. */
  readonly by?: readonly string[];
  /** How many series there are, in place of them. */
  readonly count?: boolean;
}

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Words that the grammar takes for something else where a metric could stand. */
const RESERVED = /^(inf|nan|bool|ignoring|on|group_left|group_right|offset|start|end|step|range|atan2)$/i;
const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Throws `bad-input` where there is nothing to ask for: no value to match, no label's name, no window. */
export function selectorQuery({ metricName, matchers, rateWindowMs, by, count }: SelectorQuery): string {
  // The grammar looks its words up in an object, which every object's own members are in as well (`constructor`).
  const isWord = RESERVED.test(metricName) || metricName in {} || metricName.toLowerCase() in {};
  const isPlain = METRIC.test(metricName) && !isWord;
  const name = isPlain ? [] : [`__name__=${quotePromql(metricName)}`];
  const pairs = [...name, ...matchers.map(matcherText)];
  const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  const selector = `${isPlain ? metricName : ''}${braces}`;
  if (count === true) return `count(${selector})`;
  const rated = rateWindowMs === undefined ? selector : `rate(${selector}[${durationText(rateWindowMs)}])`;
  if (by === undefined) return rated;
  return by.length === 0 ? `sum(${rated})` : `sum by (${by.map(labelText).join(',')}) (${rated})`;
}

function matcherText(match: LabelMatch): string {
  const label = labelText(match.label);
  if (!('anyOf' in match)) return `${label}${match.operator}${quotePromql(match.value)}`;
  const [only, ...more] = match.anyOf;
  if (only === undefined) {
    // An empty pattern would match every series that lacks the label.
    throw new AppError('bad-input', `no value of the label ${match.label} is given, so there is nothing to ask for`);
  }
  if (more.length === 0) return `${label}=${quotePromql(only)}`;
  return `${label}=~${quotePromql(match.anyOf.map(escapePattern).join('|'))}`;
}

/** Other names than the old ones are only known to Prometheus 3, in quotes. */
function labelText(label: string): string {
  if (label === '') throw new AppError('bad-input', 'the name of a label is empty');
  return LABEL.test(label) ? label : quotePromql(label);
}

function durationText(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms <= 0) {
    throw new AppError(
      'bad-input',
      `a rate over ${ms} ms cannot be asked for: whole milliseconds above zero are needed`,
    );
  }
  const [unit, size] = UNITS.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
