// `run` as a process: whose data it finds (never those of another cluster or of a replay), and what it says when nothing answers.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { makeBatch } from '../conformance/store-fixtures.ts';
import { start, tidewatch } from '../fixtures/command.ts';
import { type EmptyCluster, startEmptyCluster } from '../fixtures/empty-cluster.ts';

let home: string;
const endings: (() => unknown)[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidewatch-run-'));
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  await rm(home, { recursive: true, force: true });
});

async function cluster(uid: string | undefined): Promise<EmptyCluster> {
  const started = await startEmptyCluster(uid);
  endings.push(() => started.http.stop());
  return started;
}

async function argsOf(of: EmptyCluster, ...more: string[]): Promise<string[]> {
  const kubeconfig = await of.kubeconfig(home, 'default');
  return ['run', '--kubeconfig', kubeconfig, '--prometheus', 'http://127.0.0.1:1', '--port', '0', ...more];
}

/** Runs until its folder is there; gives that. */
async function visit(of: EmptyCluster): Promise<string> {
  const running = start(await argsOf(of), { XDG_DATA_HOME: home });
  const ended = once(running.process, 'close');
  endings.push(() => running.process.kill('SIGKILL'));
  const [, folder = ''] = await running.printed(/Data +(\S+)\n/);
  running.process.kill('SIGTERM');
  await ended;
  return folder;
}

const SLOW = { timeout: 120_000 };

test(
  'two clusters whose contexts have one name keep their data apart, and --fresh removes no other’s',
  SLOW,
  async () => {
    const [a, b] = await Promise.all([cluster('11111111-aaaa'), cluster(undefined)]);
    const [first, second] = await Promise.all([visit(a), visit(b)]);
    expect(first).toMatch(/default-11111111$/);
    expect(second).not.toBe(first);
    const outcome = await tidewatch(await argsOf(b, '--data', first, '--fresh'));
    expect(outcome).toMatchObject({ code: 76, stderr: expect.stringContaining('another cluster') });
  },
);

test('the folder of a replay is refused with a sentence, before there is a page', SLOW, async () => {
  const folder = join(home, 'replay');
  const store = await openEmbeddedStore({ folder });
  await store.append(makeBatch('b', { position: { seenMs: 1, stream: 'day@1' } }));
  await store.close();
  const outcome = await tidewatch(await argsOf(await cluster('11111111-aaaa'), '--data', folder));
  expect(outcome).toMatchObject({ code: 76, stderr: expect.stringMatching(/^tidewatch: .*a replay.*--data.*\n$/) });
  expect(outcome.stdout).not.toContain('Page ');
});

test('a Prometheus that answers nothing is told of in the terminal, and it is not ready', SLOW, async () => {
  const running = start(await argsOf(await cluster('11111111-aaaa')), { XDG_DATA_HOME: home });
  const ended = once(running.process, 'close');
  endings.push(() => running.process.kill('SIGKILL'));
  const [, url = ''] = await running.printed(/Page +(\S+)/);
  await running.printed(/Metrics +nothing can be watched: no answer from http:\/\/127.0.0.1:1/);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('no answer')]);
  running.process.kill('SIGTERM');
  await ended;
});

test('an address beyond loopback is refused before anything is opened', SLOW, async () => {
  const of = await cluster('11111111-aaaa');
  const outcome = await tidewatch(await argsOf(of, '--host', '0.0.0.0'), { XDG_DATA_HOME: home });
  expect(outcome).toMatchObject({ code: 77, stdout: '', stderr: expect.stringContaining('0.0.0.0') });
  expect(of.http.seen).toEqual([]);
});
