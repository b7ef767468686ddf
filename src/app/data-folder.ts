// Where data lie: what the user names, else a folder in the user's data home. A tape under other detectors is another stream and gets a folder of its own, so that
// an update of the product never meets data it cannot continue.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '#kit/errors.ts';

export const MOST_SLUG = 40;

/** The folder's path; the store makes it. `chosen` is what the user asked for, else it is below the user's data home. */
export function dataFolder(chosen: string | undefined, tape: string, stream: string): string {
  return chosenFolder(chosen) ?? resolve(join(dataHome(), `${slug(tape).slice(0, MOST_SLUG)}-${stream}`));
}

/** What the user asked for, when anything. */
export function chosenFolder(chosen: string | undefined): string | undefined {
  // An unset variable on the command line; the current folder is hardly meant.
  if (chosen === '') throw new AppError('bad-usage', '--data is empty: name a folder, or leave the option out');
  return chosen === undefined ? undefined : resolve(chosen);
}

/** Ours in the user's data home: the XDG base directory specification; Windows has its own. */
export function dataHome(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  const home = XDG_DATA_HOME !== undefined && XDG_DATA_HOME !== '' ? XDG_DATA_HOME : LOCALAPPDATA;
  return join(home ?? join(homedir(), '.local', 'share'), 'tidewatch');
}

/** What can stand in a file's name, of any length. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
