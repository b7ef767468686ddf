// `tidewatch bench`: the benchmarks of a checkout; a released package has none.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { AppError } from '#kit/errors.ts';
import { SHIPPED } from './shipped.ts';

export function benchCommand(): Command {
  return new Command('bench')
    .summary('measure speed and accuracy (in a checkout)')
    .description('Runs a benchmark of the repository; without a name it runs all and lists what there is.')
    .argument('[name]', 'rolling, pipeline, store, page, accuracy …')
    .argument('[args...]', 'what the benchmark itself takes')
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Examples:
  ./tidewatch bench                                 every benchmark, one after the other
  ./tidewatch bench accuracy --task quiet           quiet time and faults seen, with each miss`,
    )
    .action(async (name: string | undefined, args: readonly string[]) => {
      const main = `${SHIPPED.repository}/bench/main.ts`;
      if (!existsSync(main)) {
        throw new AppError('not-found', 'benchmarks come with a checkout of the repository, not with the package');
      }
      const { runBench } = (await import(pathToFileURL(main).href)) as {
        runBench(name: string | undefined, args: readonly string[]): Promise<void>;
      };
      await runBench(name, args);
    });
}
