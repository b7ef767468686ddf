// `tidewatch bench`: the benchmarks of a checkout; a released package has none.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { AppError } from '#kit/errors.ts';
import { SHIPPED } from './shipped.ts';

export function benchCommand(): Command {
  return new Command('bench')
    .summary('measure speed and accuracy (in a checkout)')
    .description('Runs a benchmark of the repository; without a name it runs all of them, one after the other.')
    .argument(
      '[name]',
      'accuracy, page, pipeline, speed, store …; each with --help says what it takes, any other word lists all',
    )
    .argument('[args...]', 'what the benchmark itself takes')
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Examples:
  ./tidewatch bench                                 every benchmark, one after the other
  ./tidewatch bench accuracy --task quiet           quiet time and faults seen, with each miss
  ./tidewatch bench accuracy --help                 what it takes`,
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
