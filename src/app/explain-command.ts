// `tidewatch explain`: the fields of our kinds. What it does is in explain.ts, loaded when it is asked for.
import { Command, Option } from 'commander';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import type { ExplainOptions } from './explain.ts';

export function explainCommand(): Command {
  return new Command('explain')
    .summary('say what may be written in a detector')
    .description(
      'Explains a kind or a field of it: what it is, what is allowed, its default and the rules it must meet.',
    )
    .argument('<path>', 'a kind and the way to a field, such as anomalydetector.spec.guards')
    .option('--api-version <version>', 'v1 or v2 (default: the newest)')
    .option('-r, --recursive', 'the names of all fields below')
    .addOption(new Option('--group <name>', 'API group of our kinds').default(DEFAULT_GROUP))
    .addHelpText(
      'after',
      `
Examples:
  tidewatch explain anomalydetector
  tidewatch explain anomalydetector.spec.guards
  tidewatch explain ad.spec.method --recursive
  tidewatch explain ad.spec.selector --api-version v1`,
    )
    .action(async (path: string, options: ExplainOptions) => {
      const { explain } = await import('./explain.ts');
      process.stdout.write(explain(path, options));
    });
}
