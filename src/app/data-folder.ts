// Where the data of a replay lies. A tape under other detectors is another stream and gets a folder of its own, so that
// an update of the product never meets data it cannot continue.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '#kit/errors.ts';

/** The folder's path; the store makes it. `chosen` is what the user asked for, else it is below the user's data home. */
export function dataFolder(chosen: string | undefined, tape: string, stream: string): string {
  // An unset variable on the command line; the current folder is hardly meant.
  if (chosen === '') throw new AppError('bad-usage', '--data is empty: name a folder, or leave the option out');
  return resolve(chosen ?? join(dataHome(), 'tidewatch', `${slug(tape)}-${stream}`));
}

/** The XDG base directory specification; Windows has its own. */
function dataHome(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  if (XDG_DATA_HOME !== undefined && XDG_DATA_HOME !== '') return XDG_DATA_HOME;
  return LOCALAPPDATA ?? join(homedir(), '.local', 'share');
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
}
