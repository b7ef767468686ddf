// Every kind of bad input has a sentence that says what, where and what to do, and an exit code of its own.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHIPPED } from '../../src/app/shipped.ts';
import { tidewatchHere } from '../fixtures/command-here.ts';

let folder: string;
let tape: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-cli-'));
  tape = await readFile(SHIPPED.tape);
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function flipped(at: number): Buffer {
  const copy = Buffer.from(tape);
  copy.writeUInt8((copy[at] ?? 0) ^ 0x40, at);
  return copy;
}

const TAPES: readonly [what: string, make: () => Promise<string>, code: number, says: RegExp][] = [
  [
    'a tape that was cut short',
    () => file('cut.tape', tape.subarray(0, tape.length - 1000)),
    65,
    /cut\.tape.*(short|truncated|incomplete)/is,
  ],
  ['a tape with a flipped byte', () => file('flipped.tape', flipped(tape.length >> 1)), 65, /flipped\.tape/],
  ['an empty file', () => file('empty.tape', ''), 65, /empty\.tape.*empty/i],
  [
    'a picture',
    () => file('picture.tape', Buffer.from('89504e470d0a1a0a0000', 'hex')),
    65,
    /picture\.tape.*not a (Tidewatch )?tape/i,
  ],
  ['a tape of a newer version', () => file('newer.tape', newer()), 65, /newer\.tape.*(newer|version)/is],
  ['a file that is not there', async () => join(folder, 'nowhere.tape'), 66, /nowhere\.tape/],
  ['a folder', async () => folder, 65, /is not a file/],
];

/** The magic is followed by the version. */
function newer(): Buffer {
  const copy = Buffer.from(tape);
  copy.writeUInt8(99, 'TWTAPE'.length);
  return copy;
}

test.each(TAPES)('%s is refused with a sentence', async (_what, make, code, says) => {
  const path = await make();
  for (const command of [['replay'], ['tape', 'verify']]) {
    const outcome = await tidewatchHere([...command, path]);
    expect(outcome).toMatchObject({ code });
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  }
});

const DETECTOR = `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: mine }
spec:
  targets: { matchLabels: { part_of: online-boutique } }
  metrics: [{ name: pod_cpu_usage_cores }]
`;

const DETECTORS: readonly [what: string, yaml: string, says: RegExp][] = [
  ['an unknown algorithm', `${DETECTOR}  method: { name: zscore }\n`, /:7:.*method.*zscore.*z-score/s],
  ['a misspelt field', `${DETECTOR}  treshold: 3\n`, /treshold.*threshold/s],
  ['a threshold out of range', `${DETECTOR}  threshold: 250\n`, /threshold.*100/s],
  ['no selector', DETECTOR.replace(/ {2}targets.*\n/, ''), /selector/],
  [
    'a static threshold without a bound',
    `${DETECTOR}  method: { name: static-threshold, staticThreshold: {} }\n`,
    /above.*below/s,
  ],
  ['something that is not YAML', 'a: [1, 2', /detectors\.yaml/],
  ['nothing', '', /detectors\.yaml/],
];

test.each(DETECTORS)('a detectors file with %s is refused with place and remedy', async (_what, yaml, says) => {
  const outcome = await tidewatchHere(['backtest', SHIPPED.tape, '-f', await file('detectors.yaml', yaml)]);
  expect(outcome.code).toBe(78);
  expect(outcome.stderr).toMatch(says);
});

test('detectors that match nothing on the tape are not a quiet success', async () => {
  const yaml = DETECTOR.replace('pod_cpu_usage_cores', 'no_such_metric');
  const outcome = await tidewatchHere(['backtest', SHIPPED.tape, '-f', await file('none.yaml', yaml)]);
  expect(outcome).toMatchObject({ code: 65, stderr: expect.stringContaining('tape info') });
});

test('a detector that watches nothing is named, and fails a gate', async () => {
  const blind = DETECTOR.replace('name: mine', 'name: blind').replace('part_of: online-boutique', 'part_of: onlin');
  const path = await file('blind.yaml', `${DETECTOR}---\n${blind}`);
  const gated = await tidewatchHere(['backtest', SHIPPED.tape, '-f', path, '--max-findings-per-day', '1000']);
  expect(gated).toMatchObject({ code: 1, stderr: expect.stringContaining('No series matches blind') });
});

test('the gate fails with exit code 1 above the limit and passes at it', async () => {
  const path = await file('gate.yaml', DETECTOR);
  const gate = (limit: number) =>
    tidewatchHere(['backtest', SHIPPED.tape, '-f', path, '--json', '--max-findings-per-day', String(limit)]);
  const failed = await gate(0);
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('--max-findings-per-day') });
  const perDay = JSON.parse(failed.stdout).total.findingsPerDay;
  expect(perDay).toBeGreaterThan(0);
  expect(await gate(perDay)).toMatchObject({ code: 0, stderr: '' });
});

test('an export onto the tape itself is refused, and the tape is untouched', async () => {
  const path = await file('own.tape', tape);
  const outcome = await tidewatchHere(['replay', path, '--export', path]);
  expect(outcome).toMatchObject({ code: 64, stderr: expect.stringContaining('overwrite') });
  expect(await readFile(path)).toEqual(tape);
});

test('an export that cannot be written says so', async () => {
  const outcome = await tidewatchHere([
    'replay',
    SHIPPED.tape,
    '--export',
    join(folder, 'no', 'such', 'folder.ndjson'),
  ]);
  expect(outcome).toMatchObject({ code: 73, stdout: '', stderr: expect.stringContaining('folder.ndjson') });
  expect(outcome.stderr).toContain(`there is no folder ${join(folder, 'no', 'such')}`);
  expect(outcome.stderr).not.toContain('ENOENT');
});

test.each([
  [['strat'], /start/],
  [['start', '--prot', '1'], /--port/],
  [['start', '--port', 'eighty'], /65535/],
  [['replay', 'x', '--speed', 'fast'], /max, or a number/],
  [['backtest', 'x', '--max-findings-per-day', '-1'], /0 or more/],
])('%j is refused with what was meant', async (args, says) => {
  const outcome = await tidewatchHere(args);
  expect(outcome.code).toBe(64);
  expect(outcome.stderr).toMatch(says);
});

test('what is found is told in units, and exported sorted by time, each line JSON of a known type', async () => {
  const path = join(folder, 'out.ndjson');
  const { code, stdout, stderr } = await tidewatchHere(['replay', SHIPPED.tape, '--export', path]);
  // Nothing is said of the shipped detectors on the shipped tape.
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/pod_memory_usage_bytes {2}41\.9Mi where 12\.7Mi is usual {2}≥ 100σ {2}119 min/);
  expect(stdout).toMatch(/call_latency_seconds \(called by checkoutservice\) {2}213 ms where 5\.16 ms is usual/);
  expect(stdout).not.toContain('100.0σ');
  const lines = (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.length).toBeGreaterThan(90_000);
  expect(new Set(lines.map((line) => line.type))).toEqual(new Set(['score', 'finding']));
  for (let index = 1; index < lines.length; index++) {
    if (!(lines[index - 1].time <= lines[index].time))
      throw new Error(`line ${index + 1} is earlier than the one before`);
  }
});
