// `tidewatch tape …`: looks into tapes, cuts, checks and makes them. What they do is in tape-command.ts, loaded when one
// is asked for.
import { Command } from 'commander';
import { recoverCommand } from './record-recover.ts';
import type { ConvertFlags, CutFlags } from './tape-command.ts';

const print = (line: string) => {
  process.stdout.write(`${line}\n`);
};

export function tapeCommands(): Command {
  return new Command('tape')
    .summary('look into a tape, cut it, check it, make one')
    .description('Looks into tapes, cuts them, checks them, and makes them from recordings.')
    .addCommand(infoCommand())
    .addCommand(cutCommand())
    .addCommand(verifyCommand())
    .addCommand(convertCommand())
    .addCommand(recoverCommand());
}

function infoCommand(): Command {
  return new Command('info')
    .summary('what is on a tape')
    .description('Says what is on a tape: span, segments, series, samples, faults, size.')
    .argument('<tape>')
    .option('--json', 'print it as JSON', false)
    .addHelpText('after', examples('tape info tapes/online-boutique.tape', "tape info my.tape --json | jq '.series'"))
    .action(async (path: string, flags: { json: boolean }) =>
      (await import('./tape-command.ts')).tapeInfo(path, flags, print),
    );
}

function cutCommand(): Command {
  return new Command('cut')
    .summary('a shorter or narrower tape')
    .description(
      'Writes the part of a tape between two times, or of the series with some labels, as a tape of its own.',
    )
    .argument('<tape>')
    .requiredOption('-o, --output <file>', 'the tape to write')
    .showHelpAfterError('For example: tidewatch tape cut day.tape --from 03:10 --to 05:40 -o incident.tape')
    .option('--from <time>', 'ISO time, or HH:MM on the first day that has it')
    .option('--to <time>', 'the same; exclusive')
    .option('--match <label=value...>', 'only series with these labels')
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      examples(
        'tape cut day.tape --from 03:10 --to 05:40 -o incident.tape',
        'tape cut day.tape --match service=cartservice -o cart.tape',
      ),
    )
    .action(async (path: string, flags: CutFlags) => (await import('./tape-command.ts')).tapeCut(path, flags, print));
}

function verifyCommand(): Command {
  return new Command('verify')
    .summary('check every byte of a tape')
    .description('Reads every block and compares every checksum. Exit code 0 when the tape is whole, 65 when not.')
    .argument('<tape>')
    .addHelpText('after', examples('tape verify my.tape'))
    .action(async (path: string) => (await import('./tape-command.ts')).tapeVerify(path, print));
}

function convertCommand(): Command {
  return new Command('convert')
    .summary('a tape from a recording of the Nezha data set')
    .description('Makes a tape from a folder in the layout of the Nezha data set (metric/, trace/, faults.json).')
    .argument('<folder>')
    .requiredOption('-o, --output <file>', 'the tape to write')
    .showHelpAfterError('For example: tidewatch tape convert nezha/2022-08-22 -o day.tape')
    .option('--name <text>', 'name of the tape')
    .option('--source <text>', 'where the recording comes from')
    .option('--licence <file>', 'notice that must travel with the data (default: LICENSE in the folder or above)')
    .option('--namespace <name>', 'label `namespace` of every series')
    .option('--part-of <name>', 'label `part_of` of every series')
    .option('--quiet-from <time>', 'from here on it is quiet: played first, a day earlier')
    .option('--check', 'compare every value on the tape with the files', false)
    .option('--force', 'replace a file that is there', false)
    .addHelpText('after', examples('tape convert nezha/2022-08-22 -o day.tape --quiet-from 08:24 --check'))
    .action(async (folder: string, flags: ConvertFlags) =>
      (await import('./tape-command.ts')).tapeConvert(folder, flags, print),
    );
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  tidewatch ${line}`).join('\n')}`;
}
