// The file that an export goes to: looked at before anything is played, so that nobody waits for a day to be told of a
// typing error, and written under another name until it is whole.
import { createWriteStream, existsSync, realpathSync, statSync } from 'node:fs';
import { access, constants, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#kit/errors.ts';

/** Standard output. */
const STDOUT = '-';

/** What is written, and by which option, for messages. */
export interface Written {
  readonly what: string;
  readonly option: string;
}

const EXPORT: Written = { what: 'export', option: '--export' };

/** Throws when the export could not be written there, or would destroy one of the files that it is made from. */
export async function checkExport(path: string, sources: readonly string[], written = EXPORT): Promise<void> {
  if (path === STDOUT) return;
  if (path === '')
    throw new AppError('bad-usage', `${written.option} needs the name of a file, or - for standard output`);
  refuseOverwriting(path, sources, written);
  try {
    await access(dirname(path), constants.F_OK);
    const found = await stat(path).catch(absent);
    if (found?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    await access(found === undefined || found.isFile() ? dirname(path) : path, constants.W_OK);
  } catch (cause) {
    throw exportRefusal(path, cause, written);
  }
}

export async function writeExport(path: string, lines: Iterable<string>, written = EXPORT): Promise<void> {
  const text = Readable.from(withBreaks(lines));
  if (path === STDOUT) return pipeline(text, process.stdout, { end: false });
  const part = `${path}.part`;
  try {
    // A device or a pipe is written as it is; a file gets its name when it is whole.
    const special = existsSync(path) && !statSync(path).isFile();
    await pipeline(text, createWriteStream(special ? path : part));
    if (!special) await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined);
    throw exportRefusal(path, cause, written);
  }
}

/** What the system said about writing to `path`, as a sentence with what to do. */
export function exportRefusal(path: string, cause: unknown, { what } = EXPORT): AppError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const why = remedy(path, code) ?? `${message.replace(/^E[A-Z]+: /, '').replace(/, \w+ '.*$/, '')}; name another file`;
  const ours = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'cannot-write';
  return new AppError(ours, `cannot write the ${what} to ${path}: ${why}`, { cause });
}

function remedy(path: string, code: string): string | undefined {
  const folder = dirname(path);
  switch (code) {
    case 'ENOENT':
      return existsSync(folder)
        ? `${folder} takes no new file; name another folder`
        : `there is no folder ${folder}; make it, or name another file`;
    case 'EISDIR':
      return `it is a folder; name a file in it, such as ${join(path, 'scores.ndjson')}`;
    case 'ENOTDIR':
      return `${folder} is not a folder; name another file`;
    case 'EACCES':
    case 'EPERM':
      return `you are not allowed to write in ${folder}; change its permissions, or name another file`;
    case 'EROFS':
      return `${folder} cannot be written to; name another folder`;
    case 'ENOSPC':
    case 'EDQUOT':
      return 'there is no room left; free some, or name a file on another disk';
    default:
      return undefined;
  }
}

function refuseOverwriting(target: string, sources: readonly string[], { option }: Written): void {
  if (!existsSync(target)) return;
  const source = sources.find((path) => existsSync(path) && realpathSync(path) === realpathSync(target));
  if (source !== undefined)
    throw new AppError('bad-usage', `${option} ${target} would overwrite ${source}: name another file`);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function* withBreaks(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
