// `tidewatch validate`: manifests against the schemas of their kinds, without a cluster. What it does is in validate/, loaded
// when it is asked for.
import { Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '#kit/errors.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import type { CostOptions } from './validate/cost/open-costs.ts';
import type { ValidateOptions } from './validate/validate.ts';

type ValidateFlags = ValidateOptions & Partial<CostOptions>;

export function validateCommand(): Command {
  const collect = (value: string, all: readonly string[]) => [...all, value];
  const command = new Command('validate')
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
        .default([], 'none'),
    )
    .addOption(
      new Option('--schema-file <path>', 'CRDs or an OpenAPI document of other kinds; may be given again')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('--group <name>', 'API group of our kinds').default(DEFAULT_GROUP))
    .option('--strict', 'warnings are wrong, too', false)
    .addOption(new Option('-o, --format <name>', 'how it is told').choices(['text', 'json', 'sarif']).default('text'));
  return addCostOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: ValidateFlags) => {
      process.exitCode = await run(options);
    });
}

function addCostOptions(command: Command): Command {
  return command
    .optionsGroup('What they cost:')
    .option('--prometheus <url>', 'ask it how many series each detector has now, and refuse what is beyond its budget')
    .option('--prometheus-token-file <file>', 'a bearer token for it')
    .option('-n, --namespace <name>', 'of detectors that say none', 'default')
    .option(
      '--kubeconfig <file>',
      'ask this cluster which pods a detector selects; else kube-state-metrics has to say it',
    )
    .option('--context <name>', 'another context of it than the current one')
    .option('--max-series <n>', 'series of one detector at most', parseBound)
    .option('--max-samples <n>', 'samples a minute that one detector reads at most', parseBound);
}

const HELP = `
With --prometheus, each detector that is right is counted by the very queries of its checks. CPU is that of scoring alone,
measured on this machine.

Of a folder, files without a Kubernetes object and templates are counted and passed over; what is named by itself is judged
whatever it is. Where there is nothing to judge it says so, and ends with 0.

Ends with 0 when all is good, 1 when something is wrong, 3 when nothing is wrong but something could not be checked, 4 when
nothing is wrong but a detector costs more than its spec.budget.series, --max-series or --max-samples, and as every command
does (64 and above) when it cannot do its work: 69 when Prometheus does not answer, 65 when it is none, 77 when it lets nobody in.

Examples:
  tidewatch validate -f detectors.yaml
  tidewatch validate -f deploy/ -o sarif > detectors.sarif
  helm template my-chart | tidewatch validate -f -
  tidewatch validate -f rules/ --schema-file prometheusrules-crd.yaml
  tidewatch validate -f detectors.yaml --prometheus http://127.0.0.1:9090 --kubeconfig ~/.kube/config
  tidewatch validate -f deploy/ --prometheus http://prometheus:9090 -n shop --max-series 500 --max-samples 100000`;

async function run(options: ValidateFlags): Promise<number> {
  const { validate } = await import('./validate/validate.ts');
  const deps = {
    stdin: process.stdin,
    print: (text: string) => void process.stdout.write(text),
    tell: (sentence: string) => void process.stderr.write(`${sentence}\n`),
  };
  const { prometheus } = options;
  if (prometheus === undefined) {
    const useless = (['maxSeries', 'maxSamples', 'kubeconfig', 'context', 'prometheusTokenFile'] as const).find(
      (name) => options[name] !== undefined,
    );
    if (useless === undefined) return validate(options, deps);
    const flag = useless.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new AppError(
      'bad-usage',
      `--${flag} says nothing without --prometheus: what a detector costs is asked there`,
    );
  }
  const { openCosts } = await import('./validate/cost/open-costs.ts');
  const costs = await openCosts({ ...options, prometheus });
  try {
    return await validate(options, { ...deps, askCost: costs.ask });
  } finally {
    await costs.close();
  }
}

function parseBound(text: string): number {
  const bound = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(bound) && bound > 0) return bound;
  throw new InvalidArgumentError('a whole number above zero.');
}
