// `tidewatch tape recover`: the tape of a recorder that was killed, up to the last part that it had written whole.
import { access } from 'node:fs/promises';
import { Command } from 'commander';
import { AppError } from '#kit/errors.ts';
import { finishRecording } from '#tape/finish-recording.ts';
import { finishedLines } from './record-text.ts';

const SUFFIX = '.recording';

export function recoverCommand(): Command {
  return new Command('recover')
    .summary('the tape of a recorder that was killed')
    .description(
      'Makes a tape of the .recording that "tidewatch record" leaves behind when it is killed, up to the last minute that was written whole. The recording is removed then.',
    )
    .argument('<recording>')
    .option('-o, --output <file>', 'the tape to write (default: the name without .recording)')
    .option('--force', 'replace a file that is there', false)
    .addHelpText('after', '\nExamples:\n  tidewatch tape recover my.tape.recording')
    .action(async (path: string, flags: RecoverFlags) =>
      tapeRecover(path, flags, (line) => process.stdout.write(`${line}\n`)),
    );
}

export interface RecoverFlags {
  readonly output?: string;
  readonly force: boolean;
}

export async function tapeRecover(path: string, flags: RecoverFlags, print: (line: string) => void): Promise<void> {
  const output = flags.output ?? (path.endsWith(SUFFIX) ? path.slice(0, -SUFFIX.length) : undefined);
  if (output === undefined) {
    throw new AppError('bad-usage', `${path} does not end in ${SUFFIX}: say with -o where the tape is to be written.`);
  }
  const taken = await access(output).then(
    () => true,
    () => false,
  );
  if (taken && !flags.force) {
    throw new AppError('bad-usage', `${output} exists: choose another name, or replace it with --force.`);
  }
  const { info, lostBytes } = await finishRecording(path, output);
  for (const line of finishedLines(output, info)) print(line);
  if (lostBytes > 0)
    print(`          The last ${lostBytes.toLocaleString('en')} bytes were no whole part and are left out.`);
}
