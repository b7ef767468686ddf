// What a detector means beyond what its schema can say, from the object alone: the webhook and `validate` ask the same. Few
// rules are here, for what stands in the schema is judged by the API server even where no webhook runs.
import { timeZoneOf } from '#model/time-zone.ts';
import { extensionProblems, readExtension } from '../extension/read-extension.ts';
import type { Path, Problem } from '../problem.ts';
import { goDurationMs } from '../schema/go-duration.ts';
import { isList, isObject, type JsonValue } from '../schema/json-value.ts';
import type { Detector } from './read.ts';
import { samplesPerMinute } from './samples-per-minute.ts';
import type { SpecV2 } from './v2.ts';

export interface MeaningPorts {
  /** What is wrong with a query as what is watched, in a sentence; undefined when nothing is. */
  queryProblem(promql: string): string | undefined;
}

export interface Meaning {
  readonly problems: readonly Problem[];
  /** It is let in, and its author should know. */
  readonly warnings: readonly Problem[];
}

/** An API server takes ten thousand, which not every reader does. */
const MOST_LEVELS = 100;

/** Samples a minute of one series beyond which its author is warned. */
const DEAR_SAMPLES = 2000;

interface MeaningRule {
  /** Where, with `[]` for any item of a list. */
  readonly at: string;
  /** What must be so, for the reader of the documentation. */
  readonly says: string;
  /** Absent where it is one of parameters, without which there is no method: whoever reads a detector has judged them. */
  problems?(detector: Detector, ports: MeaningPorts): readonly Problem[];
}

/** All that is refused beyond the schema: checks that know the schema alone, as those of other tools, let it in. */
export const MEANING: readonly MeaningRule[] = [
  {
    at: 'spec.metrics[].query',
    says: 'It is PromQL, reads a metric, and aggregates to labels that it names, so that its series are bounded.',
    problems: ({ spec }, ports) =>
      (spec.metrics ?? []).flatMap(({ query }, index) => {
        return queryProblems(['spec', 'metrics', index, 'query'], query, ports);
      }),
  },
  {
    at: 'spec.guards.denominator.query',
    says: 'As a query of `spec.metrics`.',
    problems: ({ spec }, ports) => {
      return queryProblems(['spec', 'guards', 'denominator', 'query'], spec.guards.denominator?.query, ports);
    },
  },
  {
    at: 'spec.calendar.timeZone',
    says: 'It is a time zone that is known.',
    problems: ({ spec: { calendar } }) =>
      timeZoneOf(calendar.timeZone) !== undefined
        ? []
        : [
            {
              path: ['spec', 'calendar', 'timeZone'],
              message: `no time zone is called ${JSON.stringify(calendar.timeZone)}`,
            },
          ],
  },
  { at: 'spec.method.seasonalBands.timeZone', says: 'It is a time zone that is known.' },
  { at: 'spec.method.seasonalBands.holidays', says: 'They are days of the calendar.' },
  {
    at: 'spec.extension',
    says: `It is nested at most ${MOST_LEVELS} levels deep.`,
    problems: ({ spec }) =>
      isDeeper(spec.extension as JsonValue | undefined, MOST_LEVELS)
        ? [{ path: ['spec', 'extension'], message: `expected at most ${MOST_LEVELS} levels, one within the other` }]
        : [],
  },
  {
    at: 'spec.parameters',
    says: 'They are those of the algorithm, complete and within their ranges; below `spec.method` the schema says so.',
  },
];

function queryProblems(path: Path, query: string | undefined, { queryProblem }: MeaningPorts): readonly Problem[] {
  const message = query === undefined ? undefined : queryProblem(query);
  return message === undefined ? [] : [{ path, message }];
}

export function meaningOf(detector: Detector, ports: MeaningPorts): Meaning {
  const { spec, extension } = detector;
  const problems = MEANING.flatMap((rule) => rule.problems?.(detector, ports) ?? []);
  // Too deep, it is refused; else whatever it is, the rest is good.
  const isTooDeep = problems.some(({ path: [, field] }) => field === 'extension');
  const own = extension === undefined || isTooDeep ? [] : extensionProblems(readExtension(extension));
  return {
    problems,
    warnings: [...notYet(detector).map(([path, message]) => ({ path, message })), ...dear(spec), ...own],
  };
}

/** Whether a problem at this path is of what no schema says. */
export function isBeyondSchema(path: string): boolean {
  const any = path.replaceAll(/\[\d+\]/g, '[]');
  return MEANING.some(({ at }) => any === at || any.startsWith(`${at}.`) || any.startsWith(`${at}[`));
}

/** What can be said already and is not done yet: nobody is to believe that it is. */
function notYet({ spec, parameters }: Detector): [path: Path, message: string][] {
  const { calendar, execution, guards } = spec;
  const asksHolidays = guards.calendar !== undefined || parameters.holidays !== undefined;
  const what: [boolean, Path, string][] = [
    [calendar.seasons !== undefined, ['calendar', 'seasons'], 'seasons are kept and not used by this version'],
    [
      calendar.holidays !== undefined && !asksHolidays,
      ['calendar', 'holidays'],
      'nothing asks for holidays: neither guards.calendar nor this method',
    ],
    [execution.mode === 'Stream', ['execution', 'mode'], 'Stream is not to be had in this version: it does not start'],
    [
      execution.mode === 'RecordingRules',
      ['execution', 'mode'],
      'RecordingRules are not to be had in this version: it does not start',
    ],
  ];
  return what.filter(([isSaid]) => isSaid).map(([, path, message]) => [['spec', ...path], message]);
}

/** What the object alone tells of its cost (T8): each check reads the whole history again. */
function dear({ schedule }: SpecV2): Problem[] {
  const ms = (text: string) => goDurationMs(text) ?? Number.NaN;
  const { history, step, interval } = schedule;
  const samples = samplesPerMinute(1, { windowMs: ms(history), stepMs: ms(step), intervalMs: ms(interval) });
  if (!(samples > DEAR_SAMPLES)) return [];
  const message = `reads ${samples.toLocaleString('en')} samples a minute of each series, where 120 are usual: a longer step or interval, or less history, is cheaper`;
  return [{ path: ['spec', 'schedule'], message }];
}

function isDeeper(value: JsonValue | undefined, levels: number): boolean {
  if (!isObject(value) && !isList(value)) return false;
  return levels === 0 || Object.values(value).some((part: JsonValue) => isDeeper(part, levels - 1));
}
