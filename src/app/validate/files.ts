// The files that somebody names: themselves, all manifests below a folder, or standard input.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError } from '#kit/errors.ts';

export interface NamedText {
  /** As it is told: `-` is standard input. */
  readonly file: string;
  readonly text: string;
  /** By itself, and not by a folder that it is in. */
  readonly isNamed: boolean;
}

/** In the order of the names, each file once however often it is named. Throws `not-found` for a name of nothing. */
export async function* textsOf(paths: readonly string[], stdin: NodeJS.ReadableStream): AsyncGenerator<NamedText> {
  const found = new Map<string, { readonly file: string; readonly isNamed: boolean }>();
  for (const path of new Set(paths)) {
    const isFolder = path !== '-' && (await isFolderAt(path));
    if (!isFolder) {
      // A pipe, as of a shell's <(…), has no path of its own.
      const real = path === '-' ? path : await realpath(path).catch(() => resolve(path));
      // Whoever names it by itself says that it is a manifest.
      found.set(real, { file: found.get(real)?.file ?? path, isNamed: true });
    } else {
      for (const [real, file] of await filesBelow(path))
        if (!found.has(real)) found.set(real, { file, isNamed: false });
    }
  }
  for (const [real, { file, isNamed }] of found) {
    yield { file, isNamed, text: real === '-' ? await text(stdin) : await read(file) };
  }
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Real path → path, in the order of the paths. Links come last, so that what they lead to goes by its own name. */
async function filesBelow(folder: string): Promise<readonly (readonly [real: string, file: string])[]> {
  const files = new Map<string, string>();
  const visited = new Set<string>();
  const folders = [folder];
  const links: string[] = [];

  async function visit(at: string): Promise<void> {
    const real = await realpath(at);
    if (visited.has(real)) return;
    visited.add(real);
    const entries = await readdir(at, { withFileTypes: true }).catch((cause: unknown) => {
      throw unreadable(at, cause);
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isSymbolicLink()) links.push(join(at, entry.name));
      else if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) folders.push(join(at, entry.name));
      else if (entry.isFile() && isManifest(entry.name)) files.set(join(real, entry.name), join(at, entry.name));
    }
  }

  for (;;) {
    const next = folders.shift();
    if (next !== undefined) {
      await visit(next);
      continue;
    }
    const link = links.shift();
    if (link === undefined) break;
    // A link to nothing is no file.
    const target = await stat(link).catch(() => undefined);
    if (target?.isDirectory() === true) folders.push(link);
    else if (target?.isFile() === true && isManifest(link)) {
      const real = await realpath(link);
      if (!files.has(real)) files.set(real, link);
    }
  }
  return [...files].sort(([, a], [, b]) => (a < b ? -1 : 1));
}

const PASSED_OVER = new Set(['node_modules', '.git']);

function isManifest(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(path: string, cause: unknown): AppError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError('not-found', `there is no file or folder ${path}`, { cause });
  if (code === 'EACCES') return new AppError('forbidden', `${path} may not be read by this user`, { cause });
  return new AppError('not-found', `cannot read ${path}: ${message}`, { cause });
}
