// A Python with just what a requirements.txt lists, in an environment of its own in the cache folder. It is made when it is
// missing, or when the list has changed.
import { cp, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** The path of the interpreter. Rejects with a sentence when there is no Python, or its packages cannot be had. */
export async function pythonWith(requirements: string, name: string): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), `tidewatch/python-${name}`);
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return python;
  await rm(folder, { recursive: true, force: true });
  try {
    await runCommand(process.env.TIDEWATCH_PYTHON || 'python3', ['-m', 'venv', folder]);
    // The list is whole: what it does not name is not wanted.
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r'];
    await runCommand(python, [...install, requirements]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Python 3.11 or newer with venv, and PyPI, are needed to make ${folder}: ${why}`);
  }
  await cp(requirements, stamp);
  return python;
}
