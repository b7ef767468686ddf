// `start` as a process: the port that is busy, the data folder that cannot be used, and `kill -9` in the middle.

import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { SHIPPED } from '../../src/app/shipped.ts';
import { type Running, start, tidewatch } from '../fixtures/command.ts';
import { tidewatchHere } from '../fixtures/command-here.ts';

let folder: string;
const running: Running[] = [];

let shared: string;
/** Four quiet hours and one with faults: a third of the whole day, for what needs no more. */
let part: string;

beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'tidewatch-part-'));
  part = join(shared, 'part.tape');
  const times = ['--from', '2022-08-21T20:00:00Z', '--to', '2022-08-22T05:00:00Z'];
  expect((await tidewatchHere(['tape', 'cut', SHIPPED.tape, ...times, '-o', part])).code).toBe(0);
});
afterAll(() => rm(shared, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-start-'));
});
afterEach(async () => {
  for (const { process } of running.splice(0)) {
    if (process.exitCode === null && process.signalCode === null) {
      process.kill('SIGKILL');
      await once(process, 'close');
    }
  }
  await rm(folder, { recursive: true, force: true });
});

function begin(...args: string[]): Running {
  const child = start(['start', ...args]);
  running.push(child);
  return child;
}

const data = () => join(folder, 'data');
const URL_LINE = /Page +(http:\S+)/;

async function json(url: string, path: string) {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(200);
  return response.json();
}

async function command(url: string, body: object) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/replay`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
}

async function replayUntil(
  url: string,
  reached: (state: { state: string; nowMs: number; tape: { fromMs: number; toMs: number } }) => boolean,
) {
  for (;;) {
    const state = await json(url, '/api/replay');
    if (reached(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('it takes the next port when one is busy, plays the past, holds its data, and ends with 0 on Ctrl-C', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const child = begin('--data', data(), '--port', String(port));
  const [, url = ''] = await child.printed(URL_LINE);
  expect(Number(new URL(url).port)).toBeGreaterThan(port);
  other.close();
  const [line] = await child.printed(/Caught up to .*/);
  expect(line).toMatch(
    /^Caught up to 2022-08-22 00:00 UTC: .* going on at 60× \(next samples at 03:51; the gap is skipped\)$/,
  );
  expect(child.stdout).toContain(`${port} is busy`);

  const second = await tidewatch(['start', '--data', data(), '--port', '0']);
  expect(second).toMatchObject({ code: 75, stderr: expect.stringContaining(String(child.process.pid)) });

  child.process.kill('SIGINT');
  expect(await once(child.process, 'close')).toEqual([0, null]);
});

test('it binds loopback only, and says why it refuses anything else', async () => {
  const outcome = await tidewatch(['start', '--data', data(), '--host', '0.0.0.0']);
  expect(outcome).toMatchObject({ code: 77, stderr: expect.stringContaining('0.0.0.0') });
});

test('a data folder that cannot be made is refused with what to do', async () => {
  await writeFile(join(folder, 'file'), '');
  const outcome = await tidewatch(['start', '--data', join(folder, 'file', 'below'), '--port', '0']);
  expect(outcome).toMatchObject({ code: 73, stderr: expect.stringContaining('--data') });
});

test('data that it cannot go on with is refused with what to do, and --fresh does it', async () => {
  const first = begin('--tape', part, '--data', data(), '--port', '0');
  await first.printed(/Caught up/);
  first.process.kill('SIGTERM');
  await once(first.process, 'close');

  const detectors = join(folder, 'other.yaml');
  await writeFile(
    detectors,
    `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: other }
spec: { targets: { matchLabels: { part_of: online-boutique } }, metrics: [{ name: pod_cpu_usage_cores }] }
`,
  );
  const ofOther = ['--tape', part, '--data', data(), '--port', '0', '-f', detectors];
  const otherStream = await tidewatch(['start', ...ofOther]);
  expect(otherStream).toMatchObject({ code: 76, stderr: expect.stringContaining('--fresh') });
  const second = begin(...ofOther, '--fresh');
  await second.printed(URL_LINE);
  expect(second.stdout).not.toContain('Resume');
  second.process.kill('SIGKILL');
  await once(second.process, 'close');

  await rm(join(data(), 'tidewatch.db-wal'), { force: true });
  await writeFile(join(data(), 'tidewatch.db'), 'this is not a database');
  const damaged = await tidewatch(['start', ...ofOther]);
  expect(damaged).toMatchObject({ code: 74, stderr: expect.stringContaining('--fresh') });
  const third = begin(...ofOther, '--fresh');
  await third.printed(/Caught up/);
});

test('when there is no more room it stops there, says so, and the page stays; a jump leaves that behind', async () => {
  const child = begin('--data', data(), '--port', '0', '--speed', 'max', '--max-size', '2Mi');
  const [, url = ''] = await child.printed(URL_LINE);
  await child.printed(/Stopped +at .*(room|full)/);
  const stopped = await json(url, '/api/replay');
  expect(stopped).toMatchObject({ state: 'failed', message: expect.stringMatching(/room|full/) });
  expect((await json(url, '/api/findings')).findings).toBeInstanceOf(Array);

  await command(url, { action: 'pause' });
  await command(url, { action: 'jump', toMs: stopped.tape.fromMs + 60_000 });
  await replayUntil(url, ({ state }) => state === 'paused');
  child.process.kill('SIGINT');
  // The failure is over, so that it is not what the process ends with.
  expect(await once(child.process, 'close')).toEqual([0, null]);
});

test('a tape that is damaged further in: a sentence, a log without a stack, and the exit code of the error', async () => {
  const tape = Buffer.from(await readFile(SHIPPED.tape));
  tape.writeUInt32LE(0xefbeadde, 400_000);
  const path = join(folder, 'bad.tape');
  await writeFile(path, tape);
  const child = begin('--data', data(), '--port', '0', '--tape', path);
  await child.printed(/Stopped +at .*damaged/);
  child.process.kill('SIGINT');
  const [code] = await once(child.process, 'close');
  const logs = child.stderr.split('\n').filter((line) => line.startsWith('{'));
  expect(logs.map((line) => JSON.parse(line))).toEqual([
    {
      level: 50,
      time: expect.any(String),
      code: 'tape-corrupt',
      message: expect.stringContaining('damaged in block 1'),
      msg: 'the replay failed',
    },
  ]);
  expect(child.stderr).not.toMatch(/\bat .*\.ts:/);
  expect(code).toBe(65);
});

test('killed at any moment, it resumes where it was, with nothing lost and nothing doubled', {
  timeout: 120_000,
}, async () => {
  const play = (into: string, speed: string) => begin('--tape', part, '--data', into, '--port', '0', '--speed', speed);
  // Places on the tape, not moments of the clock, so that each kill falls in mid-replay however fast the machine is.
  for (const share of [0.1, 0.4, 0.92]) {
    const child = play(data(), '1800');
    const [, url = ''] = await child.printed(URL_LINE);
    await replayUntil(url, ({ nowMs, state, tape }) => {
      if (state === 'ended') throw new Error('it had ended before it could be killed');
      return nowMs >= tape.fromMs + (tape.toMs - tape.fromMs) * share;
    });
    child.process.kill('SIGKILL');
    await once(child.process, 'close');
  }
  const last = play(data(), 'max');
  const [, url = ''] = await last.printed(URL_LINE);
  expect(last.stdout).toContain('Resume');
  const ended = await replayUntil(url, ({ state }) => state === 'ended');
  const survived = await everything(url, ended.nowMs);

  const clean = play(join(folder, 'clean'), 'max');
  const [, cleanUrl = ''] = await clean.printed(URL_LINE);
  await replayUntil(cleanUrl, ({ state }) => state === 'ended');
  expect(survived).toEqual(await everything(cleanUrl, ended.nowMs));
});

/** All findings, and all points of one watched series. */
async function everything(url: string, nowMs: number) {
  const findings = [];
  for (let cursor = ''; ; ) {
    const page = await json(url, `/api/findings?limit=500${cursor}`);
    findings.push(...page.findings);
    if (page.next === undefined) break;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  const overview = await json(url, '/api/overview');
  const { entity } = overview.pods[0];
  const key = `${entity.kind}/${entity.namespace}/frontend-579b9bff58-t2dbm`;
  const detail = await json(url, `/api/entity?key=${encodeURIComponent(key)}`);
  const tracks = detail.series.map((series: { track: string }) => series.track).sort();
  const points = [];
  for (const track of tracks)
    points.push(await json(url, `/api/series?track=${encodeURIComponent(track)}&fromMs=0&toMs=${nowMs}`));
  expect(findings.length).toBeGreaterThan(10);
  expect(points.length).toBeGreaterThan(5);
  expect(points[0].timesMs.length).toBeGreaterThan(200);
  return { findings, points };
}
