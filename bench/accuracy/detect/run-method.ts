// What a method answers to a recording. The product's own methods go through its engine as a stream would: scores, guards,
// findings, with one setting for every series of every set. A method gets a recording, and so no label.
import type { Algorithm } from '#detect/contract.ts';
import { ALGORITHMS, createEngine } from '#detect/index.ts';
import { completeParams } from '#detect/settings.ts';
import { AppError } from '#kit/errors.ts';
import { nearest } from '#kit/nearest.ts';
import type { Plan } from '#model/plan.ts';
import { FLAG } from '#model/score.ts';
import type { SampleBlock } from '#model/signal.ts';
import { createRng } from '#stats/rng.ts';
import { needsNothing, settingOf, simplestPlan } from '../methods.ts';
import { type Answer, asWritten, emptyAnswer, type Recording } from './recording.ts';

export interface DetectMethod {
  readonly name: string;
  /** The setting that watches every metric; absent for those that look at nothing. */
  readonly setting?: Plan;
  answer(recording: Recording): Answer;
}

/** A finding of the random method: as rare as three sigmas are. */
const RANDOM_THRESHOLD = 3;

/** Every algorithm that needs no bound from its user, under the shipped setting; then the simplest, random and never. */
export async function detectMethods(parameters: Plan['parameters'] = {}): Promise<readonly DetectMethod[]> {
  const shipped = await settingOf();
  const algorithms: readonly Algorithm[] = Object.values(ALGORITHMS);
  const own = algorithms
    .filter(({ name }) => needsNothing(name))
    .map(({ name, params }) => {
      const known = Object.entries({ ...shipped.parameters, ...parameters }).filter(([key]) => key in params);
      return engineMethod(name, { ...shipped, algorithm: name, parameters: Object.fromEntries(known) });
    });
  return [...own, engineMethod('simplest', simplestPlan()), RANDOM, NEVER];
}

/** A method whose every point costs a window longer than this runs only when it is named: a set would take an hour. */
const LONGEST_WINDOW_MS = 3_600_000;

function isCostly({ params, create }: Algorithm): boolean {
  const { windowMs } = params;
  if (windowMs?.kind !== 'number' || !((windowMs.default ?? 0) > LONGEST_WINDOW_MS)) return false;
  return create(completeParams(params, {}), { stepMs: 60_000 }).online === undefined;
}

/** The methods of these names; when there are none, all but the costly. */
export async function chosenMethods(
  names: readonly string[],
  parameters: Plan['parameters'],
): Promise<readonly DetectMethod[]> {
  const all = await detectMethods(parameters);
  for (const name of names)
    requireKnown(
      'method',
      name,
      all.map((method) => method.name),
    );
  const algorithms: readonly Algorithm[] = Object.values(ALGORITHMS);
  const chosen = algorithms.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const name of Object.keys(parameters)) {
    requireKnown('parameter', name, [...new Set(chosen.flatMap(({ params }) => Object.keys(params)))]);
  }
  const costly = algorithms.filter(isCostly).map(({ name }) => name);
  return all.filter(({ name }) => (names.length === 0 ? !costly.includes(name) : names.includes(name)));
}

function requireKnown(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = nearest(name, known);
  const hint = near === undefined ? '' : `, did you mean "${near}"`;
  throw new AppError('bad-usage', `there is no ${what} "${name}"${hint}; there are: ${known.join(', ')}`);
}

function engineMethod(name: string, setting: Plan): DetectMethod {
  return { name, setting, answer: (recording) => answerOf(setting, recording) };
}

/** Steps the recording, column beside column, through an engine with one plan a column. */
export function answerOf(setting: Plan, recording: Recording): Answer {
  const { set, parts, stepMs, timesMs, columns } = recording;
  const service = `${set}/${parts[0]?.path ?? ''}`;
  const series = columns.map(({ name }, id) => ({ id, stepMs, labels: { __name__: `${name} ${id}`, service } }));
  const plans = series.map(({ id, labels }) => ({
    ...setting,
    detector: `column-${id}`,
    metricName: labels.__name__,
    selector: {},
  }));
  const engine = createEngine(plans, ALGORITHMS);
  engine.addSeries(series);
  const rows = newerRows(timesMs);
  const { scores } = engine.step(blockOf(recording, rows));
  const answer = emptyAnswer(timesMs.length);
  rows.forEach((row, at) => {
    let most = Number.NaN;
    for (let out = at * columns.length; out < (at + 1) * columns.length; out++) {
      const score = Math.abs(scores.scores[out] as number);
      if (!(score <= most) && !Number.isNaN(score)) most = score;
      if (((scores.flags[out] as number) & FLAG.findingOpen) !== 0) answer.anomalous[row] = 1;
    }
    answer.scores[row] = asWritten(most);
  });
  repeatOlder(answer, timesMs, rows);
  return answer;
}

/** The rows whose time is newer than all before: the others are no samples to the engine. */
function newerRows(timesMs: Float64Array): Uint32Array {
  const rows: number[] = [];
  let newestMs = Number.NEGATIVE_INFINITY;
  timesMs.forEach((timeMs, row) => {
    if (!(timeMs > newestMs)) return;
    newestMs = timeMs;
    rows.push(row);
  });
  return Uint32Array.from(rows);
}

function blockOf({ timesMs, columns }: Recording, rows: Uint32Array): SampleBlock {
  const count = rows.length * columns.length;
  const block = { timesMs: new Float64Array(count), ids: new Uint32Array(count), values: new Float64Array(count) };
  let at = 0;
  for (const row of rows) {
    for (let id = 0; id < columns.length; id++) {
      block.timesMs[at] = timesMs[row] as number;
      block.ids[at] = id;
      block.values[at] = columns[id]?.values[row] ?? Number.NaN;
      at++;
    }
  }
  return { ...block, seenMs: block.timesMs };
}

/** A row that was no sample has no score, and a finding that is open stays open. */
function repeatOlder({ anomalous }: Answer, timesMs: Float64Array, rows: Uint32Array): void {
  const stepped = new Set(rows);
  for (let row = 1; row < timesMs.length; row++) if (!stepped.has(row)) anomalous[row] = anomalous[row - 1] as number;
}

/** Normal noise, from the recording's name alone. */
const RANDOM: DetectMethod = {
  name: 'random',
  answer({ set, parts, timesMs }) {
    const random = createRng(seedOf(`${set}/${parts[0]?.path ?? ''}`));
    const scores = Float64Array.from(timesMs, () => asWritten(random.normal()));
    return { scores, anomalous: Uint8Array.from(scores, (score) => (score > RANDOM_THRESHOLD ? 1 : 0)) };
  },
};

const NEVER: DetectMethod = {
  name: 'never',
  answer: ({ timesMs }) => ({ scores: new Float64Array(timesMs.length), anomalous: new Uint8Array(timesMs.length) }),
};

/** FNV-1a. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}
