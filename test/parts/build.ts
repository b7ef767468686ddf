// `node scripts/run.mjs test/parts/build.ts [names…]`: builds what is not built yet (all parts, or those named) into
// the cache folder; instant when all is there. A part is built in a folder of its own that is renamed when it is
// whole, so that a killed build is never taken for a finished one. Only one binary is built at a time.
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuiltPart, folderOf, PARTS, type Part, type PartName, partsFolder } from './catalogue.ts';
import { missingParts } from './missing.ts';
import { runCommand } from './run-command.ts';

const GO_ENV = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
const UNFINISHED = /^\.building-(\d+)-/;

/** Builds what is missing of these parts, and says a line for each. Rejects at the first that cannot be built. */
export async function buildParts(names: readonly PartName[], say: (line: string) => void): Promise<void> {
  await mkdir(partsFolder(), { recursive: true });
  await removeUnfinished();
  for (const name of names) {
    const part: Part = PARTS[name];
    if (part.from === 'apt') {
      const missing = missingParts([name]);
      if (missing !== undefined) throw new Error(missing);
      say(`${name}: there, from the distribution`);
      continue;
    }
    const startMs = performance.now();
    const isThere = missingParts([name]) === undefined;
    if (!isThere) await buildPart(name, part);
    const done = isThere ? 'there' : `built in ${((performance.now() - startMs) / 1000).toFixed(1)} s`;
    say(`${name} ${part.version}: ${done}, ${await sizeOf(name, part)} MB`);
  }
}

async function buildPart(name: PartName, part: BuiltPart): Promise<void> {
  const folder = join(partsFolder(), `.building-${process.pid}-${name}`);
  const source = join(folder, 'source');
  const whole = join(folder, 'whole');
  try {
    await mkdir(whole, { recursive: true });
    const module = await prepareSource(part, source);
    for (const [binary, from] of Object.entries(part.binaries)) {
      const variables = Object.entries(part.variables ?? {}).map(([variable, value]) => ` -X ${variable}=${value}`);
      const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', `-s -w${variables.join('')}`];
      await go(module.buildIn, ['build', ...flags, '-o', join(whole, binary), from]);
    }
    for (const [file, original] of Object.entries(part.files ?? {})) {
      await mkdir(dirname(join(whole, file)), { recursive: true });
      await copyFile(join(module.folder, original), join(whole, file));
    }
    // Whatever stands there lacks a binary, or another process has just been quicker.
    await rm(folderOf(name, part), { recursive: true, force: true });
    await rename(whole, folderOf(name, part));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The folder to build in, and the module's own in Go's cache. */
async function prepareSource(part: BuiltPart, source: string): Promise<{ buildIn: string; folder: string }> {
  if ('requiredBy' in part.source) {
    const buildIn = fileURLToPath(new URL(`go/${part.source.requiredBy}`, import.meta.url));
    await go(buildIn, ['mod', 'download', part.module]);
    const folder = await go(buildIn, ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', part.module]);
    return { buildIn, folder: folder.trim() };
  }
  const answer = await go(dirname(source), ['mod', 'download', '-json', `${part.module}@${part.version}`]);
  const { Dir: folder, Sum: checksum } = JSON.parse(answer) as { Dir: string; Sum: string };
  if (checksum !== part.source.checksum) {
    throw new Error(
      `${part.module} ${part.version} has the checksum ${checksum} instead of ${part.source.checksum}: it is not what ` +
        'was tested; clean the module cache, or change the checksum in test/parts/catalogue.ts after a look at it',
    );
  }
  await copyTree(folder, source);
  return { buildIn: source, folder };
}

/** Go's cache is read-only, its folders too; the copy's are not, so that it can be removed again. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [original, copy] = [join(from, entry.name), join(to, entry.name)];
    await (entry.isDirectory() ? copyTree(original, copy) : copyFile(original, copy));
  }
}

async function go(cwd: string, args: readonly string[]): Promise<string> {
  return runCommand('go', args, { cwd, env: GO_ENV }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('go is missing: install Go 1.26 or newer from https://go.dev/dl, and put it on the PATH');
  });
}

/** Removes what killed builds have left. */
async function removeUnfinished(): Promise<void> {
  for (const name of await readdir(partsFolder())) {
    const pid = UNFINISHED.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(partsFolder(), name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function sizeOf(name: PartName, part: BuiltPart): Promise<string> {
  const paths = Object.keys({ ...part.binaries, ...part.files }).map((file) => join(folderOf(name, part), file));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return (sizes.reduce((sum, size) => sum + size, 0) / 1e6).toFixed(0);
}

if (import.meta.main) {
  const all = Object.keys(PARTS) as PartName[];
  const given = process.argv.slice(2);
  const unknown = given.filter((name) => !all.some((known) => known === name));
  const chosen = given.length === 0 ? all : all.filter((name) => given.includes(name));
  setPriority(19);
  try {
    if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}: name some of ${all.join(', ')}`);
    await buildParts(chosen, (line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
