// `tidewatch validate`: whether a cluster would take these manifests, without a cluster; and, asked of a Prometheus, what they
// would cost.
import { AppError } from '#kit/errors.ts';
import { schemasIn } from '#resource/schema/read-schemas.ts';
import { readYaml } from '#resource/yaml-file.ts';
import { version } from '../version.ts';
import type { AskCost } from './cost/costs.ts';
import { type CostBounds, judgeCost } from './cost/judge-cost.ts';
import type { CostOfObject } from './cost/report-costs.ts';
import { textsOf } from './files.ts';
import { createJudging, type GoodDetector, type Judgement } from './judge.ts';
import type { KindOfFile } from './known-kinds.ts';
import { countsOf, type Format, reportOf } from './report.ts';

export interface ValidateOptions extends CostBounds {
  readonly filename: readonly string[];
  readonly schemaFile: readonly string[];
  readonly group: string;
  readonly format: Format;
  /** Of detectors that say none. */
  readonly namespace: string;
  /** Whether warnings are wrong, too. */
  readonly strict: boolean;
}

export interface ValidateDeps {
  readonly stdin: NodeJS.ReadableStream;
  print(text: string): void;
  /** Says a sentence beside the report. */
  tell(sentence: string): void;
  /** Absent: nobody is asked what it costs. */
  readonly askCost?: AskCost;
}

/** What `validate` ends with beside 0: something is wrong, could not be judged, or costs more than its bound. */
export const WRONG = 1;
export const UNJUDGED = 3;
export const BEYOND = 4;

/** Prints the report and returns the exit code. Rejects when the Prometheus does not answer, with what else was found printed. */
export async function validate(
  options: ValidateOptions,
  { stdin, print, tell, askCost }: ValidateDeps,
): Promise<number> {
  const { filename, schemaFile, group, format, strict } = options;
  if (filename.length === 0) {
    throw new AppError('bad-usage', 'expected -f with what is to be judged: a file, a folder, or - for standard input');
  }
  const judging = createJudging({ group, schemas: await readSchemas(schemaFile, stdin) });
  for await (const named of textsOf(filename, stdin)) judging.judgeFile(named);
  const nothing = nothingOf(judging.result(), filename);
  if (nothing !== undefined) tell(nothing);
  const costs: CostOfObject[] = [];
  let failure: unknown;
  try {
    if (askCost !== undefined)
      for (const one of judging.detectors) costs.push(...(await costsOf(one, askCost, options)));
  } catch (error) {
    failure = error;
  }
  const judgement = judging.result();
  print(reportOf({ ...judgement, ...(askCost && { costs }) }, format, version()));
  if (failure !== undefined) throw failure;
  const { errors, warnings, unjudged, beyond } = countsOf(judgement.remarks);
  if (errors > 0 || (strict && warnings > 0)) return WRONG;
  return beyond > 0 ? BEYOND : unjudged > 0 ? UNJUDGED : 0;
}

/** That there was nothing, in a sentence: a pipeline that judges an empty folder goes on, and its reader wonders. */
function nothingOf({ objects, remarks, skipped }: Judgement, filename: readonly string[]): string | undefined {
  if (objects > 0 || remarks.some(({ level }) => level !== 'note')) return undefined;
  const others = skipped.length > 0 ? `, only other kinds: ${skipped.slice(0, 5).join('; ')}` : '';
  return `nothing to judge in ${filename.join(', ')}${others}`;
}

/** Its cost, with remarks on it; none where nobody can say. */
async function costsOf(
  { file, object, detector, say }: GoodDetector,
  askCost: AskCost,
  { namespace, ...bounds }: ValidateOptions,
): Promise<readonly CostOfObject[]> {
  const isOfCluster = detector.namespaces !== undefined;
  const own = isOfCluster ? '' : detector.namespace || namespace;
  const cost = await askCost(detector, own).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `the cost of ${object} is not known: ${error.message}`, { cause: error });
  });
  if (cost === undefined) {
    const message = 'nobody says in which namespaces its pods are: name their cluster with --kubeconfig';
    say('unjudged', { path: ['spec', 'namespaces'], message });
    return [];
  }
  for (const { level, path, message } of judgeCost(detector, cost, bounds)) say(level, { path, message });
  const name = isOfCluster ? detector.name : `${own}/${detector.name}`;
  return [{ ...cost, file, object, name, budget: detector.spec.budget.series }];
}

async function readSchemas(paths: readonly string[], stdin: NodeJS.ReadableStream): Promise<readonly KindOfFile[]> {
  const schemas: KindOfFile[] = [];
  for await (const { file, text } of textsOf(paths, stdin)) {
    const documents = readYaml(text, file, { mostCharacters: MOST_SCHEMA_CHARACTERS });
    const broken = documents.flatMap(({ problems }) => problems)[0];
    if (broken !== undefined) throw new AppError('bad-config', `${file}:${broken.place.line}: ${broken.message}`);
    const found = documents.flatMap(({ value }) => schemasIn(value));
    if (found.length === 0) {
      throw new AppError(
        'bad-config',
        `${file}: describes no kind; expected CustomResourceDefinitions or an OpenAPI document`,
      );
    }
    schemas.push(...found.map((one) => ({ ...one, file })));
  }
  if (schemas.length === 0 && paths.length > 0) {
    throw new AppError('not-found', `no .yaml, .yml or .json file is below ${paths.join(', ')}`);
  }
  return schemas;
}

/** An API server's whole OpenAPI document has five megabytes. */
const MOST_SCHEMA_CHARACTERS = 50_000_000;
