// `tidewatch rules`: detectors as rules of Prometheus. What it does is in rules.ts, loaded when it is asked for.
import { Command, Option } from 'commander';
import { parseNamespace } from './option-values.ts';

export interface RulesOptions {
  readonly detectors: string;
  readonly output?: string;
  readonly namespace: string;
  readonly selectBy: 'pods' | 'series';
  readonly alerts: boolean;
}

export function rulesCommand(): Command {
  return new Command('rules')
    .summary('detectors as recording and alerting rules of Prometheus')
    .description(
      'Prints detectors as a file of rules that Prometheus 2 and 3 evaluate by themselves: the expected value, the band, the score, what the guards say, and an alert. Methods that PromQL cannot say are refused.',
    )
    .requiredOption('-f, --detectors <file>', 'a file of detectors, "-" for standard input')
    .option('-o, --output <file>', 'where to write them (default: standard output)')
    .option('-n, --namespace <name>', 'of detectors that name none', parseNamespace, 'default')
    .addOption(
      new Option('--select-by <what>', 'whether the labels of a detector are those of pods or of the series')
        .choices(['pods', 'series'])
        .default('pods', 'pods, by kube-state-metrics'),
    )
    .option('--no-alerts', 'recording rules alone')
    .addHelpText(
      'after',
      `
Examples:
  tidewatch rules -f detectors.yaml > tidewatch.rules.yaml
  tidewatch rules -f detectors.yaml -n shop -o tidewatch.rules.yaml && promtool check rules tidewatch.rules.yaml
  tidewatch rules -f detectors.yaml --select-by series --no-alerts`,
    )
    .action(async (options: RulesOptions) => (await import('./rules.ts')).rules(options));
}
