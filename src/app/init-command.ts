// `tidewatch init`: a first detector for some pods, from metrics that exist. What it does is in init.ts, loaded when it is
// asked for.
import { Command, InvalidArgumentError } from 'commander';
import type { Labels } from '#model/series.ts';
import { addClusterOptions, type ClusterChoice } from './record-options.ts';

export interface InitOptions extends ClusterChoice {
  readonly selector: Labels;
  readonly namespace?: string;
  readonly metric?: string;
}

export function initCommand(): Command {
  const command = new Command('init')
    .summary('print a detector for some of your pods')
    .description(
      'Looks which metrics the pods with these labels have, and prints an AnomalyDetector for each that is worth watching, at most three. Manifests go to standard output, explanations to standard error. Nothing is written to the cluster.',
    )
    .requiredOption('-l, --selector <labels>', "the pods' labels, such as app=cart or app=cart,tier=web", parseSelector)
    .showHelpAfterError('For example: tidewatch init --selector app=cart')
    .option('-n, --namespace <name>', "of the pods (default: the context's)")
    .option('--metric <name>', 'print the detector of this metric, and no other');
  return addClusterOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  tidewatch init --selector app=cart
  tidewatch init --selector app=cart -n shop | kubectl apply -f -
  tidewatch init --selector app=cart --metric http_requests_total > cart.yaml`,
    )
    .action(async (options: InitOptions) => (await import('./init.ts')).init(options));
}

/** `a=b,c=d`; the other ways of kubectl cannot be said in a detector. */
function parseSelector(text: string): Labels {
  const pairs = text.split(',').map((pair) => /^([^=!\s]+)==?([^=\s]*)$/.exec(pair.trim()));
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = pair ?? [];
    if (name === undefined || value === undefined) {
      throw new InvalidArgumentError('labels such as app=cart, with commas between them.');
    }
    labels[name] = value;
  }
  return labels;
}
