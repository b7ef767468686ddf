// The Dockerfile's COPY and RUN steps in an empty folder, without Docker, and what its entry point then does there. What
// this does not prove: that the base image is there, and that a container engine likes the file.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../parts/run-command.ts';
import { buildStages, readDockerfile } from './dockerfile-steps.ts';

export interface DockerfileTests {
  /** Of these tests; must be empty or absent. Takes about 1 GB. */
  readonly folder: string;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Runs every test and returns how many failed. */
export async function run({ folder, report }: DockerfileTests): Promise<number> {
  const title = 'Dockerfile: its steps make a Tidewatch that starts, and brings the page';
  try {
    await check(folder);
    report(title);
    return 0;
  } catch (error) {
    report(title, error instanceof Error ? error : new Error(String(error)));
    return 1;
  }
}

async function check(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stages = readDockerfile(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
  // `node` is this one, as in the base image; nothing of the checkout is on the path.
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    NODE_ENV: '',
    npm_config_loglevel: 'error',
  };
  const isSeen = (path: string) => !/\.test\.tsx?$/.test(path);
  const root = await buildStages(stages, { context: ROOT, folder, env, isSeen });
  const entry = stages.at(-1)?.instructions.find(({ word }) => word === 'ENTRYPOINT')?.text ?? '[]';
  const [command = '', ...args] = (JSON.parse(entry) as string[]).map((arg) =>
    arg.startsWith('/') ? root + arg : arg,
  );
  const tidewatch = (...words: string[]) => runCommand(command, [...args, ...words], { cwd: root, env });
  expectContains(await tidewatch('--help'), 'Usage: tidewatch');
  expectContains(await tidewatch('tape', 'info', join(root, 'app/tapes/online-boutique.tape')), 'series');
  const page = await readdir(join(root, 'app/dist/web'));
  if (!page.includes('index.html')) throw new Error(`the page is not there: ${page.join(', ')}`);
  const packages = await readdir(join(root, 'app/node_modules'));
  const toBuild = packages.filter((name) => /^node-(linux|bin)|^typescript$|^vitest$/.test(name));
  if (toBuild.length > 0) throw new Error(`in the image there is still ${toBuild.join(', ')}`);
}

function expectContains(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`expected ${JSON.stringify(part)} in: ${text}`);
}
