// What a detector means beyond what its schema can say, from the object alone: the webhook and `validate` ask the same. Few
// rules are here, for what stands in the schema is judged by the API server even where no webhook runs.
import { extensionProblems, readExtension } from '../extension/read-extension.ts';
import type { Path, Problem } from '../problem.ts';
import { goDurationMs } from '../schema/go-duration.ts';
import { isList, isObject, type JsonValue } from '../schema/json-value.ts';
import type { Detector } from './read.ts';
import { readSamples } from './read-samples.ts';
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
  problems(detector: Detector, ports: MeaningPorts): readonly Problem[];
}

/** All that is refused beyond the schema: checks that know the schema alone, as those of other tools, let it in. */
export const MEANING: readonly MeaningRule[] = [
  {
    at: 'spec.metrics[].query',
    says: 'It is PromQL, reads a metric, and aggregates to labels that it names, so that its series are bounded.',
    problems: ({ spec }, { queryProblem }) =>
      (spec.metrics ?? []).flatMap(({ query }, index) => {
        const message = query === undefined ? undefined : queryProblem(query);
        return message === undefined ? [] : [{ path: ['spec', 'metrics', index, 'query'], message }];
      }),
  },
  {
    at: 'spec.calendar.timeZone',
    says: 'It is a time zone that is known.',
    problems: ({ spec: { calendar } }) =>
      isTimeZone(calendar.timeZone)
        ? []
        : [
            {
              path: ['spec', 'calendar', 'timeZone'],
              message: `no time zone is called ${JSON.stringify(calendar.timeZone)}`,
            },
          ],
  },
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
    // Without them it has no method: whoever reads a detector has judged them already.
    problems: () => [],
  },
];

export function meaningOf(detector: Detector, ports: MeaningPorts): Meaning {
  const { spec, extension } = detector;
  const problems = MEANING.flatMap((rule) => rule.problems(detector, ports));
  // Too deep, it is refused; else whatever it is, the rest is good.
  const isTooDeep = problems.some(({ path: [, field] }) => field === 'extension');
  const own = extension === undefined || isTooDeep ? [] : extensionProblems(readExtension(extension));
  return { problems, warnings: [...notYet(spec).map(([path, message]) => ({ path, message })), ...dear(spec), ...own] };
}

/** Whether a problem at this path is of what no schema says. */
export function isBeyondSchema(path: string): boolean {
  const any = path.replaceAll(/\[\d+\]/g, '[]');
  return MEANING.some(({ at }) => any === at || any.startsWith(`${at}.`) || any.startsWith(`${at}[`));
}

/** What can be said already and is not done yet: nobody is to believe that it is. */
function notYet({ calendar, execution, findings }: SpecV2): [path: Path, message: string][] {
  const what: [boolean, Path, string][] = [
    [calendar.seasons !== undefined, ['calendar', 'seasons'], 'seasons are kept and not used by this version'],
    [calendar.holidays !== undefined, ['calendar', 'holidays'], 'holidays are kept and not used by this version'],
    [execution.mode === 'Stream', ['execution', 'mode'], 'Stream is not to be had in this version: it does not start'],
    [
      execution.mode === 'RecordingRules',
      ['execution', 'mode'],
      'RecordingRules are not to be had in this version: it does not start',
    ],
    [findings.alert, ['findings', 'alert'], 'nobody is told yet by this version'],
  ];
  return what.filter(([isSaid]) => isSaid).map(([, path, message]) => [['spec', ...path], message]);
}

/** What the object alone tells of its cost (T8): each check reads the whole history again. */
function dear({ schedule }: SpecV2): Problem[] {
  const ms = (text: string) => goDurationMs(text) ?? Number.NaN;
  const samples = readSamples(1, {
    ...{ windowMs: ms(schedule.history), stepMs: ms(schedule.step), intervalMs: ms(schedule.interval) },
  });
  if (!(samples > DEAR_SAMPLES)) return [];
  const message = `reads ${samples.toLocaleString('en')} samples a minute of each series, where 120 are usual: a longer step or interval, or less history, is cheaper`;
  return [{ path: ['spec', 'schedule'], message }];
}

function isDeeper(value: JsonValue | undefined, levels: number): boolean {
  if (!isObject(value) && !isList(value)) return false;
  return levels === 0 || Object.values(value).some((part: JsonValue) => isDeeper(part, levels - 1));
}

/** Those that there are: asking costs as much as all else. There are fewer than this, in any spelling that is used. */
const zones = new Set<string>();
const MOST_ZONES = 2000;

function isTimeZone(name: string): boolean {
  if (zones.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    if (zones.size < MOST_ZONES) zones.add(name);
    return true;
  } catch {
    return false;
  }
}
