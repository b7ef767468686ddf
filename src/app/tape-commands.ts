// `tidewatch tape …`: looks into tapes, cuts, checks and makes them.
import { Command } from 'commander';

export function tapeCommands(): Command {
  return new Command('tape')
    .summary('look into a tape, cut it, check it')
    .description('Looks into tapes, cuts them, checks them, and makes them from recordings.');
}
