// The command line. Each command is one file; this one only says what there is and turns an error into a sentence and
// an exit code.
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { AppError, ERROR_CODES, exitCodeOf } from '#kit/errors.ts';
import { admissionCommand } from './admission-command.ts';
import { analyserCommand } from './analyser-command.ts';
import { backtestCommand } from './backtest-command.ts';
import { benchCommand } from './bench-command.ts';
import { certificatesCommand } from './certificates-command.ts';
import { explainCommand } from './explain-command.ts';
import { initCommand } from './init-command.ts';
import { keeperCommand } from './keeper-command.ts';
import { manifestsCommand } from './manifests-command.ts';
import { migrateCommand } from './migrate-command.ts';
import { operatorCommand } from './operator-command.ts';
import { printableLines } from './printable.ts';
import { recordCommand } from './record-command.ts';
import { replayCommand } from './replay-command.ts';
import { rulesCommand } from './rules-command.ts';
import { runCommand } from './run-command.ts';
import { startCommand } from './start-command.ts';
import { tapeCommands } from './tape-commands.ts';
import { validateCommand } from './validate-command.ts';
import { version } from './version.ts';

export function buildProgram(): Command {
  const program = new Command('tidewatch')
    .description('Finds what is not normal in a Kubernetes cluster, remembers it, and shows its working.')
    .version(version())
    // So that a benchmark's own options reach it.
    .enablePositionalOptions()
    .showHelpAfterError('(tidewatch --help shows every command, tidewatch COMMAND --help its examples)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText(
      'after',
      `
Examples:
  tidewatch start                                   a real day with 24 faults, on http://127.0.0.1:8080
  tidewatch replay tapes/online-boutique.tape       the same day in the terminal, at full speed
  tidewatch backtest my.tape -f detectors.yaml      what my detectors would have flagged
  tidewatch run                                     watch the cluster of your kubeconfig`,
    );
  for (const command of [
    startCommand(),
    replayCommand(),
    backtestCommand(),
    tapeCommands(),
    runCommand(),
    initCommand(),
    validateCommand(),
    explainCommand(),
    rulesCommand(),
    recordCommand(),
    keeperCommand(),
    operatorCommand(),
    analyserCommand(),
    admissionCommand(),
    manifestsCommand(),
    migrateCommand(),
    certificatesCommand(),
    benchCommand(),
  ]) {
    program.addCommand(command);
  }
  return program;
}

/** Runs the command line and returns the exit code; what went wrong is one sentence on stderr. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = buildProgram();
  for (const command of withChildren(program)) {
    command.exitOverride();
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 64;
    if (error instanceof AppError) process.stderr.write(`tidewatch: ${printableLines(error.message)}\n`);
    else
      process.stderr.write(
        `tidewatch: something that should not happen did: ${printableLines(String(error instanceof Error ? error.stack : error))}\n`,
      );
    return exitCodeOf(error);
  }
}

/** Resolves when all that was written to it is out. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

function withChildren(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // A closed pipe (`| head`) is the reader's good right.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`tidewatch: cannot write to standard output: ${error.message}\n`);
    process.exit(ERROR_CODES['cannot-write'][0]);
  });
  const code = await main(process.argv.slice(2));
  // What a pipe has not taken yet would be lost.
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
}
