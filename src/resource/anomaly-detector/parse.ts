// A file of AnomalyDetector documents → plans. All problems of the file are told at once, each with its line, its path,
// what was found and what is expected, so that one round of corrections is enough.
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import { type Problem, pathText } from '../problem.ts';
import { type Place, readYaml, type YamlDocument } from '../yaml-file.ts';
import { problemsOf } from '../zod-problems.ts';
import { checkAlgorithm, type KnownAlgorithms } from './check-algorithm.ts';
import { planOf } from './plan.ts';
import { AnomalyDetectorSchema } from './v1.ts';

/** More than anybody mends in one round; the rest is counted. */
const MOST_SHOWN = 20;

export type { KnownAlgorithms };

interface Located {
  readonly place: Place;
  readonly text: string;
}

/** The plans of all documents, in their order. Throws `bad-config` that lists every problem of the file. */
export function parseDetectors(text: string, fileName: string, algorithms: KnownAlgorithms): Plan[] {
  const documents = readYaml(text, fileName);
  if (documents.length === 0) {
    throw new AppError('bad-config', `${fileName}: holds no detector; expected YAML documents of kind AnomalyDetector`);
  }
  const plans: Plan[] = [];
  const problems: Located[] = [];
  const namedAt = new Map<string, Place>();
  for (const document of documents) {
    const read = readDetector(document, algorithms);
    for (const problem of read.problems) problems.push(problem);
    if (read.plan === undefined) continue;
    plans.push(read.plan);
    const name = read.plan.detector;
    const place = document.placeOf(['metadata', 'name'], false);
    const first = namedAt.get(name);
    if (first === undefined) namedAt.set(name, place);
    else problems.push({ place, text: `metadata.name: "${name}" is taken by the detector in line ${first.line}` });
  }
  if (problems.length > 0) throw new AppError('bad-config', summary(fileName, problems));
  return plans;
}

function readDetector(
  document: YamlDocument,
  algorithms: KnownAlgorithms,
): { readonly plan?: Plan; readonly problems: readonly Located[] } {
  if (document.problems.length > 0) {
    return { problems: document.problems.map(({ place, message }) => ({ place, text: message })) };
  }
  const locate = ({ path, atKey, message }: Problem): Located => {
    const where = pathText(path);
    return {
      place: document.placeOf(path, atKey === true),
      text: where === '' ? message : `${where}: ${message}`,
    };
  };
  const result = AnomalyDetectorSchema.safeParse(document.value);
  const shape = result.success ? [] : problemsOf(result.error, AnomalyDetectorSchema, document.value);
  const own = checkAlgorithm(document.value, algorithms);
  const problems = [...shape, ...own.problems].map(locate);
  return result.success && problems.length === 0 ? { plan: planOf(result.data, own.values), problems } : { problems };
}

function summary(fileName: string, problems: readonly Located[]): string {
  const lines = problems
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .slice(0, MOST_SHOWN)
    .map(({ place, text }) => `  ${fileName}:${place.line}:${place.column} ${text}`);
  if (problems.length > lines.length) lines.push(`  … and ${problems.length - lines.length} more`);
  return `${fileName}: ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}\n${lines.join('\n')}`;
}
