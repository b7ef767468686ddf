// `start` as a process: the port that is busy, the data folder that cannot be used, and `kill -9` in the middle.

import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SHIPPED } from '../../src/app/shipped.ts';
import { type Running, start, tidewatch } from '../fixtures/command.ts';

let folder: string;
const running: Running[] = [];

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

test('a busy port is not the end: the next free one is used, and it says so', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const child = begin('--data', data(), '--port', String(port));
  const [, url = ''] = await child.printed(URL_LINE);
  expect(Number(new URL(url).port)).toBeGreaterThan(port);
  await child.printed(/Ctrl-C/);
  expect(child.stdout).toContain(`${port} is busy`);
  other.close();
});

test('it binds loopback only, and says why it refuses anything else', async () => {
  const outcome = await tidewatch(['start', '--data', data(), '--host', '0.0.0.0']);
  expect(outcome).toMatchObject({ code: 77, stderr: expect.stringContaining('0.0.0.0') });
});

test('a second start on the same data is refused and names the first', async () => {
  const first = begin('--data', data(), '--port', '0');
  await first.printed(URL_LINE);
  const second = await tidewatch(['start', '--data', data(), '--port', '0']);
  expect(second).toMatchObject({ code: 75, stderr: expect.stringContaining(String(first.process.pid)) });
});

test('a data folder that cannot be made is refused with what to do', async () => {
  await writeFile(join(folder, 'file'), '');
  const outcome = await tidewatch(['start', '--data', join(folder, 'file', 'below'), '--port', '0']);
  expect(outcome).toMatchObject({ code: 73, stderr: expect.stringContaining('--data') });
});

test('data of another stream is not continued, and --fresh begins anew', async () => {
  const first = begin('--data', data(), '--port', '0');
  await first.printed(/Caught up/);
  first.process.kill('SIGTERM');
  await once(first.process, 'close');
  const detectors = join(folder, 'other.yaml');
  await writeFile(
    detectors,
    `apiVersion: monitoring.my.company/v1
kind: AnomalyDetector
metadata: { name: other }
spec: { selector: { part_of: online-boutique }, metricName: pod_cpu_usage_cores }
`,
  );
  const refused = await tidewatch(['start', '--data', data(), '--port', '0', '-f', detectors]);
  expect(refused).toMatchObject({ code: 76, stderr: expect.stringContaining('--fresh') });
  const fresh = begin('--data', data(), '--port', '0', '-f', detectors, '--fresh');
  await fresh.printed(URL_LINE);
  expect(fresh.stdout).not.toContain('Resume');
});

test('a damaged store is refused with what to do, and --fresh does it', async () => {
  const first = begin('--data', data(), '--port', '0');
  await first.printed(/Caught up/);
  first.process.kill('SIGKILL');
  await once(first.process, 'close');
  await rm(join(data(), 'tidewatch.db-wal'), { force: true });
  await writeFile(join(data(), 'tidewatch.db'), 'this is not a database');
  const refused = await tidewatch(['start', '--data', data(), '--port', '0']);
  expect(refused).toMatchObject({ code: 74, stderr: expect.stringContaining('--fresh') });
  const fresh = begin('--data', data(), '--port', '0', '--fresh');
  await fresh.printed(/Caught up/);
});

test('when there is no more room it stops there, says so, and the page stays', async () => {
  const child = begin('--data', data(), '--port', '0', '--speed', 'max', '--max-size', '2Mi');
  const [, url = ''] = await child.printed(URL_LINE);
  await child.printed(/Stopped +at .*(room|full)/);
  const state = await json(url, '/api/replay');
  expect(state).toMatchObject({ state: 'failed', message: expect.stringMatching(/room|full/) });
  expect((await json(url, '/api/findings')).findings).toBeInstanceOf(Array);
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

test('a failure that is left behind by a jump does not spoil the exit code', async () => {
  const child = begin('--data', data(), '--port', '0', '--speed', 'max', '--max-size', '2Mi');
  const [, url = ''] = await child.printed(URL_LINE);
  await child.printed(/Stopped +at .*(room|full)/);
  const { tape } = await json(url, '/api/replay');
  await command(url, { action: 'pause' });
  await command(url, { action: 'jump', toMs: tape.fromMs + 60_000 });
  await replayUntil(url, ({ state }) => state === 'paused');
  child.process.kill('SIGINT');
  const [code] = await once(child.process, 'close');
  expect(code).toBe(0);
});

test('when the past is played it says when the next samples come, and that the gap is skipped', async () => {
  const child = begin('--data', data(), '--port', '0');
  const [line] = await child.printed(/Caught up to .*/);
  expect(line).toMatch(
    /^Caught up to 2022-08-22 00:00 UTC: .* going on at 60× \(next samples at 03:51; the gap is skipped\)$/,
  );
});

test('Ctrl-C ends it with exit code 0', async () => {
  const child = begin('--data', data(), '--port', '0');
  await child.printed(URL_LINE);
  child.process.kill('SIGINT');
  const [code] = await once(child.process, 'close');
  expect(code).toBe(0);
});

test('killed at any moment, it resumes where it was, with nothing lost and nothing doubled', {
  timeout: 120_000,
}, async () => {
  // Places on the tape, not moments of the clock, so that each kill falls in mid-replay however fast the machine is.
  for (const share of [0.1, 0.6, 0.97]) {
    const child = begin('--data', data(), '--port', '0', '--speed', '2400');
    const [, url = ''] = await child.printed(URL_LINE);
    await replayUntil(url, ({ nowMs, state, tape }) => {
      if (state === 'ended') throw new Error('it had ended before it could be killed');
      return nowMs >= tape.fromMs + (tape.toMs - tape.fromMs) * share;
    });
    child.process.kill('SIGKILL');
    await once(child.process, 'close');
  }
  const last = begin('--data', data(), '--port', '0', '--speed', 'max');
  const [, url = ''] = await last.printed(URL_LINE);
  expect(last.stdout).toContain('Resume');
  const ended = await replayUntil(url, ({ state }) => state === 'ended');
  const survived = await everything(url, ended.nowMs);

  const clean = begin('--data', join(folder, 'clean'), '--port', '0', '--speed', 'max');
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
  expect(findings.length).toBeGreaterThan(50);
  expect(points.length).toBeGreaterThan(5);
  expect(points[0].timesMs.length).toBeGreaterThan(1000);
  return { findings, points };
}
