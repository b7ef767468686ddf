// `npm run check`: everything that can be said of the repository without running it. The parts run side by side; each
// is printed with its time, and with what is wrong. Ends with 1 when a part failed.
import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { homedir, hostname, networkInterfaces } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { text as read } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findDeadLinks } from './check/links.ts';
import { judgeLockfile } from './check/lockfile.ts';
import { findTraces, type TextFile } from './check/traces.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

interface Part {
  readonly name: string;
  /** Sentences (or a tool's own words) on what is wrong; none when it passed. */
  run(): Promise<readonly string[]>;
}

const PARTS: readonly Part[] = [
  { name: 'types', run: () => tool('scripts/run.mjs', 'tsc') },
  {
    name: 'style ("npm run fix" mends most)',
    run: () => tool('scripts/run.mjs', 'biome', 'check', '--error-on-warnings'),
  },
  { name: 'generated files', run: () => tool('scripts/generate.ts', '--check') },
  { name: 'lockfile', run: async () => judgeLockfile(json('package.json'), json('package-lock.json')) },
  { name: 'traces of a machine', run: async () => findTraces(textFiles(await ownFiles()), { own: ownNames() }) },
  { name: 'links', run: checkLinks },
];

function json(path: string) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** Runs a tool on this Node; nothing when it ended with 0, otherwise all that it said. */
async function tool(...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, stdout, stderr] = await Promise.all([ended, read(child.stdout), read(child.stderr)]);
  return code === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

/** The files that are, or would be, in the repository: tracked ones and new ones that are not ignored. */
async function ownFiles(): Promise<string[]> {
  const git = spawn('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  const ended = new Promise<number | null>((resolve) => git.on('close', resolve).on('error', () => resolve(null)));
  const [list, code] = await Promise.all([read(git.stdout), ended]);
  // Unpacked from an archive there is no git; what installs and builds leave behind is known by name.
  const paths = code === 0 ? list.split('\0') : globSync('**/*', { cwd: ROOT, exclude: ['**/node_modules', 'dist'] });
  return paths.filter((path) => path !== '' && existsSync(join(ROOT, path)));
}

function textFiles(paths: readonly string[]): TextFile[] {
  return paths
    .filter((path) => statSync(join(ROOT, path)).isFile())
    .map((path) => ({ path, bytes: readFileSync(join(ROOT, path)) }))
    .filter(({ bytes }) => !bytes.includes(0))
    .map(({ path, bytes }) => ({ path, text: bytes.toString('utf8') }));
}

/** What only this machine is called. A folder at the top (`/app`) and a plain word are names that others have, too. */
function ownNames(): string[] {
  const folders = [ROOT, homedir()].filter((path) => path.split(sep).length > 2);
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const foreign = addresses.filter(({ internal }) => !internal).map(({ address }) => address);
  return [...folders, ...foreign, ...(/\d/.test(hostname()) && hostname().length > 5 ? [hostname()] : [])];
}

async function checkLinks(): Promise<string[]> {
  const pages = textFiles((await ownFiles()).filter((path) => path.endsWith('.md')));
  return findDeadLinks(new Map(pages.map(({ path, text }) => [path, text])), (path) => existsSync(join(ROOT, path)));
}

async function run({ name, run }: Part): Promise<boolean> {
  const startMs = performance.now();
  const wrong = await run().catch((error: unknown) => [String(error)]);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  for (const sentence of wrong) console.log(sentence.replace(/^/gm, '     '));
  return wrong.length === 0;
}

const passed = (await Promise.all(PARTS.map(run))).filter(Boolean).length;
console.log(`${passed} passed, ${PARTS.length - passed} failed`);
process.exitCode = passed === PARTS.length ? 0 : 1;
