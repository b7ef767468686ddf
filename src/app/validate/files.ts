// The files that somebody names: themselves, all manifests below a folder, or standard input.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError } from '#kit/errors.ts';

export interface NamedText {
  /** As it is told: `-` is standard input. */
  readonly file: string;
  readonly text: string;
}

/** In the order of the names. Throws `not-found` for what is not there, and for a folder without manifests. */
export async function textsOf(paths: readonly string[], stdin: NodeJS.ReadableStream): Promise<readonly NamedText[]> {
  const files: NamedText[] = [];
  for (const path of paths) {
    if (path === '-') files.push({ file: '-', text: await text(stdin) });
    else for (const file of await filesAt(path)) files.push({ file, text: await read(file) });
  }
  return files;
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((cause: Error) => {
    throw new AppError('not-found', `cannot read ${path}: ${cause.message}`, { cause });
  });
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path, { recursive: true }))
    .filter((name) => /\.(ya?ml|json)$/i.test(name) && !/(^|[/\\])(node_modules|\.git)[/\\]/.test(name))
    .sort();
  if (names.length === 0) throw new AppError('not-found', `no .yaml, .yml or .json file is below ${path}`);
  return names.map((name) => join(path, name));
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AppError('not-found', `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
