// `record`, `init` and `tape recover` without a cluster: what is refused before anything is asked for, and
// the built-in detectors on a tape.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHIPPED } from '../../src/app/shipped.ts';
import { answerJson, startTestHttp } from '../../src/kube/test-http.ts';
import { tidewatch } from '../fixtures/command.ts';
import { tidewatchHere } from '../fixtures/command-here.ts';
import { startEmptyCluster } from '../fixtures/empty-cluster.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-record-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ['without a name for the tape', ['record'], 64, /--output.*For example: tidewatch record .*-o my.tape/s],
  ['for a time that is none', ['record', '-o', 'x.tape', '--for', 'long'], 64, /90m/],
  ['for less than a point', ['record', '-o', 'x.tape', '--for', '1s'], 64, /at least 2m/],
  ['with more history than is looked at', ['record', '-o', 'x.tape', '--warm', '13h'], 64, /at most 12h/],
  ['without labels', ['init'], 64, /--selector.*For example: tidewatch init --selector app=cart/s],
  ['with labels that a detector cannot say', ['init', '-l', 'app!=cart'], 64, /app=cart/],
  ['without a recording', ['tape', 'recover', '/nowhere/x.tape.recording'], 66, /There is no/],
  ['of a recording without a name to give', ['tape', 'recover', '/nowhere/x'], 64, /with -o/],
])('%s it ends with a sentence', async (_, args, code, said) => {
  const outcome = await tidewatchHere(args);
  expect(outcome.stderr).toMatch(said);
  expect(outcome.stderr).not.toContain('    at ');
  expect(outcome.code).toBe(code);
});

test('a tape that is there is refused before the cluster is asked for', async () => {
  const path = join(folder, 'there.tape');
  await writeFile(path, 'mine');
  const { code, stderr } = await tidewatchHere(['record', '-o', path, '--kubeconfig', join(folder, 'none')]);
  expect(stderr).toMatch(/exists: .*--force/);
  expect(code).toBe(64);
});

test('a Prometheus that answers nothing ends it at once, and leaves no file', { timeout: 120_000 }, async () => {
  const cluster = await startEmptyCluster('11111111-aaaa');
  const notOne = await startTestHttp();
  notOne.answer = answerJson(404, 'no such page');
  try {
    const kubeconfig = await cluster.kubeconfig(folder, 'test');
    const into = ['-o', join(folder, 'never.tape'), '--kubeconfig', kubeconfig];
    for (const [prometheus, said] of [
      ['http://127.0.0.1:1', /no answer from http:\/\/127.0.0.1:1/],
      [notOne.access.server, /answered 404 .*is this the address of a Prometheus/],
    ] as const) {
      const outcome = await tidewatch(['record', ...into, '--prometheus', prometheus]);
      expect(outcome.stderr).toMatch(said);
      expect(outcome.stdout).not.toContain('Recording');
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
  } finally {
    await Promise.all([cluster.http.stop(), notOne.stop()]);
  }
});

test('what is no recording is not made a tape of', async () => {
  const path = join(folder, 'text.tape.recording');
  await writeFile(path, 'just some text that I have');
  expect(await tidewatchHere(['tape', 'recover', path])).toMatchObject({ code: 65 });
});

test('the detectors of a live cluster play on a tape by the name "observed"', { timeout: 60_000 }, async () => {
  const tape = join(SHIPPED.repository, 'tapes/online-boutique.tape');
  const { code, stdout } = await tidewatchHere(['replay', tape, '--detectors', 'observed']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\d+ findings in [\d,]+ samples/);
});
