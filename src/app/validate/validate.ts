// `tidewatch validate`: whether a cluster would take these manifests, without a cluster.
import { AppError } from '#kit/errors.ts';
import type { KindSchema } from '#resource/schema/check-object.ts';
import { schemasIn } from '#resource/schema/read-schemas.ts';
import { readYaml } from '#resource/yaml-file.ts';
import { version } from '../version.ts';
import { textsOf } from './files.ts';
import { createJudging } from './judge.ts';
import { countsOf, type Format, reportOf } from './report.ts';

export interface ValidateOptions {
  readonly filename: readonly string[];
  readonly schemaFile: readonly string[];
  readonly group: string;
  readonly format: Format;
}

/** What `validate` ends with beside 0: something is wrong, or something could not be judged. */
export const WRONG = 1;
export const UNJUDGED = 3;

/** Prints the report and returns the exit code. */
export async function validate(
  { filename, schemaFile, group, format }: ValidateOptions,
  { stdin, print }: { readonly stdin: NodeJS.ReadableStream; print(text: string): void },
): Promise<number> {
  const judging = createJudging({ group, schemas: await readSchemas(schemaFile, stdin) });
  for (const { file, text } of await textsOf(filename, stdin)) judging.judgeFile(file, text);
  const judgement = judging.result();
  if (judgement.objects === 0 && judgement.remarks.length === 0) {
    const others =
      judgement.skipped.length > 0 ? `, only other kinds: ${judgement.skipped.slice(0, 5).join('; ')}` : '';
    throw new AppError('not-found', `nothing to judge in ${filename.join(', ')}${others}`);
  }
  print(reportOf(judgement, format, version()));
  const { errors, unjudged } = countsOf(judgement.remarks);
  return errors > 0 ? WRONG : unjudged > 0 ? UNJUDGED : 0;
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
