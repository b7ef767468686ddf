// `--task detect`: every method on every set that is there. In this order: read the recordings, answer them, and only when all
// answers are there look at the truth and judge.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import type { RecordedSet } from '../sets.ts';
import { readAnswer, writeAnswer } from './answers.ts';
import { figuresOf, type JudgedPart, judgePart, type SetFigures } from './judge-answer.ts';
import { judgeQuiet, type QuietFigures, quietSets } from './quiet-time.ts';
import type { Answer, Part, Recording } from './recording.ts';
import { chosenMethods, type DetectMethod } from './run-method.ts';
import { readSets, SET_NAMES } from './sets.ts';
import { type Truth, truthOf } from './truth.ts';

export interface DetectOptions {
  readonly data: string | undefined;
  readonly out: string | undefined;
  /** Narrow down; empty is all. */
  readonly methods: readonly string[];
  readonly sets: readonly string[];
  /** Folders with answers of others, `NAME=DIR` or `DIR`. Alone, no method of ours runs. */
  readonly answers: readonly string[];
  /** For the methods that have them. */
  readonly parameters: Plan['parameters'];
  say(line: string): void;
}

export interface DetectResult {
  readonly method: string;
  /** By set: jumpstarter's training part is one of its own, because it is not labelled. */
  readonly sets: ReadonlyMap<string, SetFigures>;
  readonly quiet: readonly QuietFigures[];
}

/** Stands for the recordings of `--task quiet`. */
const QUIET = 'quiet';
/** The one whose answers are the product's. */
const PRODUCT = 'auto';

/** A name and what answers; the setting is what quiet time is measured with. */
interface Contestant {
  readonly name: string;
  readonly method?: DetectMethod;
  readonly folder?: string;
}

export async function runDetect(options: DetectOptions): Promise<readonly DetectResult[]> {
  const names = options.sets.length === 0 ? [...SET_NAMES, QUIET] : options.sets;
  const unknown = names.find((name) => name !== QUIET && !SET_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new AppError('bad-usage', `there is no set "${unknown}"; there are: ${[...SET_NAMES, QUIET].join(', ')}`);
  }
  const recordings = await readSets(options.data, names);
  if (options.out !== undefined) await writeGenerated(options.out, recordings);
  const tapes = names.includes(QUIET) ? await quietSets(options.data) : [];
  try {
    const answered: Answers[] = [];
    for (const contestant of await contestants(options)) {
      answered.push(
        await timed(options, contestant.name, 'answered', () => answer(contestant, recordings, tapes, options)),
      );
    }
    const truths = new Map<Part, Truth | undefined>();
    const results: DetectResult[] = [];
    for (const { method, answers, quiet } of answered) {
      const sets = await timed(options, method, 'judged', () => judgeAnswers(answers, options.data, truths));
      results.push({ method, sets, quiet });
    }
    return results;
  } finally {
    for (const tape of tapes) await tape.close();
  }
}

async function timed<T>({ say }: DetectOptions, name: string, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  say(`${name}: ${what} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

/** All that one contestant says. What happened on the tapes is judged there, by findings. */
interface Answers {
  readonly method: string;
  readonly answers: readonly Answered[];
  readonly quiet: readonly QuietFigures[];
}

async function answer(
  contestant: Contestant,
  recordings: readonly Recording[],
  tapes: readonly RecordedSet[],
  options: DetectOptions,
): Promise<Answers> {
  const { name, method } = contestant;
  const answers = await answersOf(contestant, recordings, options);
  const quiet = method?.setting === undefined ? [] : await judgeQuiet(name, method.setting, tapes);
  return { method: name, answers, quiet };
}

async function contestants(options: DetectOptions): Promise<readonly Contestant[]> {
  const ours = options.answers.length > 0 && options.methods.length === 0;
  const every = options.methods.includes('all');
  const methods = ours ? [] : await chosenMethods(every ? [] : options.methods, options.parameters);
  const others = options.answers.map((text) => {
    const at = text.indexOf('=');
    return at < 0 ? { name: text, folder: text } : { name: text.slice(0, at), folder: text.slice(at + 1) };
  });
  return [...methods.map((method) => ({ name: method.name, method })), ...others];
}

interface Answered {
  readonly recording: Recording;
  readonly answer: Answer;
}

/** The answers to all recordings, written down where they are asked for; what a folder says nothing of is left out. */
async function answersOf(
  { name, method, folder }: Contestant,
  recordings: readonly Recording[],
  { out, methods, say }: DetectOptions,
): Promise<readonly Answered[]> {
  const answered: Answered[] = [];
  for (const recording of recordings) {
    const answer = method?.answer(recording) ?? (await readAnswer(folder ?? '', recording));
    if (answer === undefined) continue;
    answered.push({ recording, answer });
    if (out === undefined || method === undefined) continue;
    const product = name === PRODUCT || (methods.length === 1 && methods[0] === name);
    await writeAnswer(product ? out : join(out, 'methods', name), recording, answer);
  }
  return wholeSets(answered, recordings, (set, count) => say(`${name}: ${set} left out, only ${count} are answered`));
}

/** Means over some of a set's files cannot stand beside means over all. */
function wholeSets(
  answered: readonly Answered[],
  recordings: readonly Recording[],
  leaveOut: (set: string, count: string) => void,
): readonly Answered[] {
  const of = Map.groupBy(recordings, ({ set }) => set);
  return [...Map.groupBy(answered, ({ recording }) => recording.set)].flatMap(([set, all]) => {
    const asked = of.get(set)?.length ?? 0;
    if (all.length === asked) return all;
    leaveOut(set, `${all.length} of ${asked} files`);
    return [];
  });
}

async function judgeAnswers(
  answers: readonly Answered[],
  data: string | undefined,
  truths: Map<Part, Truth | undefined>,
): Promise<ReadonlyMap<string, SetFigures>> {
  const bySet = new Map<string, JudgedPart[]>();
  for (const { recording, answer } of answers) {
    for (const part of recording.parts) {
      const truth = truths.has(part) ? truths.get(part) : await truthOf(data, recording, part);
      truths.set(part, truth);
      const judged = judgePart(recording, part, answer, truth);
      const set = part.path.startsWith('train/') ? `${recording.set} train` : recording.set;
      const parts = bySet.get(set) ?? [];
      bySet.set(set, parts);
      parts.push(judged);
    }
  }
  return new Map([...bySet].map(([set, parts]) => [set, figuresOf(parts)]));
}

/** So that others can answer the generated series too: DIR/series/generated/<name>.csv, without labels. */
async function writeGenerated(out: string, recordings: readonly Recording[]): Promise<void> {
  for (const { set, parts, timesMs, columns } of recordings) {
    if (set !== 'generated') continue;
    const path = join(out, 'series', set, `${parts[0]?.path ?? ''}.csv`);
    await mkdir(dirname(path), { recursive: true });
    const rows = Array.from(timesMs, (timeMs, row) => `${timeMs / 1000},${columns[0]?.values[row] ?? ''}`);
    await writeFile(path, `${['timestamp,value', ...rows].join('\n')}\n`);
  }
}
