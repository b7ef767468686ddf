// `tidewatch validate`: manifests against the schemas of their kinds, without a cluster. What it does is in validate/, loaded
// when it is asked for.
import { Command, Option } from 'commander';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import type { ValidateOptions } from './validate/validate.ts';

export function validateCommand(): Command {
  const collect = (value: string, all: readonly string[]) => [...all, value];
  return new Command('validate')
    .summary('say whether a cluster would take your manifests')
    .description(
      'Judges manifests without a cluster, as an API server with the CRDs and the webhook would: unknown fields, types, ranges, rules in CEL, and what only the webhook knows. Each problem is told with its line, its path, what was expected and the nearest known name. Kinds that are not ours are judged with --schema-file and passed over without.',
    )
    .addOption(
      new Option(
        '-f, --filename <path>',
        'a file, a folder (with all below it), or - for standard input; may be given again',
      )
        .argParser(collect)
        .default([], 'none')
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--schema-file <path>', 'CRDs or an OpenAPI document of other kinds; may be given again')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('--group <name>', 'API group of our kinds').default(DEFAULT_GROUP))
    .addOption(new Option('-o, --format <name>', 'how it is told').choices(['text', 'json', 'sarif']).default('text'))
    .addHelpText(
      'after',
      `
Ends with 0 when all is good, 1 when something is wrong, 3 when nothing is wrong but a rule could not be checked, and as
every command does (64 and above) when it cannot do its work.

Examples:
  tidewatch validate -f detectors.yaml
  tidewatch validate -f deploy/ -o sarif > detectors.sarif
  helm template my-chart | tidewatch validate -f -
  tidewatch validate -f rules/ --schema-file prometheusrules-crd.yaml`,
    )
    .action(async (options: ValidateOptions) => {
      const { validate } = await import('./validate/validate.ts');
      process.exitCode = await validate(options, {
        stdin: process.stdin,
        print: (text) => void process.stdout.write(text),
      });
    });
}
