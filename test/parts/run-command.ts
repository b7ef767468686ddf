// Runs a program to its end.
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';

export interface CommandOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What it printed. Rejects with a sentence that ends in its error output when its exit code is not 0. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { stdin, cwd, env = {} }: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  // One that ends early does not read to the end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code === 0) return stdout;
  throw new Error(`${basename(command)} ${args.join(' ')} ended with ${code}: ${stderr.trim().slice(-4000)}`);
}
