// `tidewatch run`: the place of what watches a live cluster. This version plays tapes only, and says so instead of
// pretending the command is a typing error.
import { Command } from 'commander';
import { AppError } from '#kit/errors.ts';

export function runCommand(): Command {
  return new Command('run')
    .summary('watch your cluster (from the next version on)')
    .description('Watches the cluster of your kubeconfig. Not in this version yet.')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new AppError(
        'unavailable',
        'this version plays recorded tapes only; watching a live cluster comes with the next. Try "tidewatch start" for a real day with faults',
      );
    });
}
