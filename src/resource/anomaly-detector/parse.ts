// A file of detectors → plans for tapes, or the detectors for a source that knows more. All problems of the file are told at
// once, each with its line, its path, what was found and what is expected, so that one round of corrections is enough.
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import { type Problem, problemText } from '../problem.ts';
import { type Place, readYaml, type YamlDocument } from '../yaml-file.ts';
import { meaningOf } from './meaning.ts';
import type { KnownAlgorithms } from './method.ts';
import { plansOf } from './plan.ts';
import { type Detector, readDetector } from './read.ts';
import { DEFAULT_GROUP } from './v1.ts';

/** More than anybody mends in one round; the rest is counted. */
const MOST_SHOWN = 20;

export type { KnownAlgorithms };

interface Located {
  readonly place: Place;
  readonly text: string;
}

/** The plans of all documents, in their order, for a tape. Throws `bad-config` that lists every problem of the file. */
export function parseDetectors(text: string, fileName: string, algorithms: KnownAlgorithms): Plan[] {
  return readDetectors(text, fileName, algorithms, needsCluster).flatMap(plansOf);
}

/** The detectors of all documents; `refuse` says what the source of their series cannot do. Throws as `parseDetectors` does. */
export function readDetectors(
  text: string,
  fileName: string,
  algorithms: KnownAlgorithms,
  refuse: (detector: Detector) => readonly Problem[] = () => [],
): Detector[] {
  const documents = readYaml(text, fileName);
  if (documents.length === 0) {
    throw new AppError('bad-config', `${fileName}: holds no detector; expected YAML documents of kind AnomalyDetector`);
  }
  const detectors: Detector[] = [];
  const problems: Located[] = [];
  const namedAt = new Map<string, Place>();
  for (const document of documents) {
    const read = readDocument(document, algorithms, refuse);
    for (const problem of read.problems) problems.push(problem);
    if (read.detector === undefined) continue;
    detectors.push(read.detector);
    const { name } = read.detector;
    const place = document.placeOf(['metadata', 'name'], false);
    const first = namedAt.get(name);
    if (first === undefined) namedAt.set(name, place);
    else problems.push({ place, text: `metadata.name: "${name}" is taken by the detector in line ${first.line}` });
  }
  if (problems.length > 0) throw new AppError('bad-config', summary(fileName, problems));
  return detectors;
}

function readDocument(
  document: YamlDocument,
  algorithms: KnownAlgorithms,
  refuse: (detector: Detector) => readonly Problem[],
): { readonly detector?: Detector; readonly problems: readonly Located[] } {
  if (document.problems.length > 0) {
    return { problems: document.problems.map(({ place, message }) => ({ place, text: message })) };
  }
  const { detector, problems } = readDetector(document.value, {
    ...{ algorithms, group: DEFAULT_GROUP, unknownFields: 'refuse' },
  });
  const own = detector === undefined ? [] : [...refuse(detector), ...beyondSchema(detector)];
  const located = [...problems, ...own].map((problem): Located => {
    return { place: document.placeOf(problem.path, problem.atKey === true), text: problemText(problem) };
  });
  return { ...(detector !== undefined && located.length === 0 && { detector }), problems: located };
}

/** What no schema says; queries are refused as such. */
function beyondSchema(detector: Detector): readonly Problem[] {
  return meaningOf(detector, { queryProblem: () => undefined }).problems;
}

/** What a tape does not know. */
function needsCluster({ spec }: Detector): Problem[] {
  const owner = { path: ['spec', 'targets', 'owner'], message: 'needs a cluster: on a tape, select by labels' };
  const queries = (spec.metrics ?? []).flatMap(({ query }, index) =>
    query === undefined
      ? []
      : [{ path: ['spec', 'metrics', index, 'query'], message: 'needs Prometheus: on a tape, name a metric' }],
  );
  const denominator = {
    path: ['spec', 'guards', 'denominator', 'query'],
    message: 'needs Prometheus: on a tape, name a metric',
  };
  return [
    ...(spec.targets?.owner === undefined ? [] : [owner]),
    ...queries,
    ...(spec.guards.denominator?.query === undefined ? [] : [denominator]),
  ];
}

function summary(fileName: string, problems: readonly Located[]): string {
  const lines = problems
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .slice(0, MOST_SHOWN)
    .map(({ place, text }) => `  ${fileName}:${place.line}:${place.column} ${text}`);
  if (problems.length > lines.length) lines.push(`  … and ${problems.length - lines.length} more`);
  return `${fileName}: ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}\n${lines.join('\n')}`;
}
