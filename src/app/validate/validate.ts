// `tidewatch validate`: whether a cluster would take these manifests, without a cluster; and, asked of a Prometheus, what they
// would cost.
import { AppError } from '#kit/errors.ts';
import type { KindSchema } from '#resource/schema/check-object.ts';
import { schemasIn } from '#resource/schema/read-schemas.ts';
import { readYaml } from '#resource/yaml-file.ts';
import { version } from '../version.ts';
import type { AskCost } from './cost/costs.ts';
import { type CostBounds, judgeCost } from './cost/judge-cost.ts';
import type { CostOfObject } from './cost/report-costs.ts';
import { textsOf } from './files.ts';
import { createJudging, type GoodDetector } from './judge.ts';
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
  /** Absent: nobody is asked what it costs. */
  readonly askCost?: AskCost;
}

/** What `validate` ends with beside 0: something is wrong, could not be judged, or costs more than its bound. */
export const WRONG = 1;
export const UNJUDGED = 3;
export const BEYOND = 4;

/** Prints the report and returns the exit code. Rejects when the Prometheus does not answer, with what else was found printed. */
export async function validate(options: ValidateOptions, { stdin, print, askCost }: ValidateDeps): Promise<number> {
  const { filename, schemaFile, group, format, strict } = options;
  const judging = createJudging({ group, schemas: await readSchemas(schemaFile, stdin) });
  for (const { file, text } of await textsOf(filename, stdin)) judging.judgeFile(file, text);
  const judged = judging.result();
  if (judged.objects === 0 && judged.remarks.length === 0) {
    const others = judged.skipped.length > 0 ? `, only other kinds: ${judged.skipped.slice(0, 5).join('; ')}` : '';
    throw new AppError('not-found', `nothing to judge in ${filename.join(', ')}${others}`);
  }
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

async function readSchemas(paths: readonly string[], stdin: NodeJS.ReadableStream): Promise<readonly KindSchema[]> {
  const schemas: KindSchema[] = [];
  for (const { file, text } of await textsOf(paths, stdin)) {
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
    schemas.push(...found);
  }
  return schemas;
}

/** An API server's whole OpenAPI document has five megabytes. */
const MOST_SCHEMA_CHARACTERS = 50_000_000;
