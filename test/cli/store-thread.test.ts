// A process whose store has lost a thread is of no use, whatever else of it lives: it ends, so that somebody starts it again.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { start } from '../fixtures/command.ts';
import { freePorts } from '../parts/ports.ts';

const FAULT = fileURLToPath(new URL('../fixtures/end-worker.mjs', import.meta.url));
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

test.each(['writer', 'reader 2'])('a keeper whose %s died ends with exit code 70 and says why', async (name) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-thread-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const [page, append] = await freePorts(2);
  const file = join(folder, 'end');
  const running = start(
    ['keeper', '--data', join(folder, 'data'), '--page-port', String(page), '--append-port', String(append)],
    { NODE_OPTIONS: `--import=${FAULT}`, ENDED_WORKER: name, END_WORKER: file },
  );
  endings.push(() => running.process.kill('SIGKILL'));
  const ended = once(running.process, 'close');
  await running.printed(/Operators /);
  await writeFile(file, '');
  expect(await ended).toEqual([70, null]);
  expect(running.stderr).toMatch(new RegExp(`tidewatch: the store's ${name} has ended \\(a fault of the test\\)`));
});
