// A detector that watches nothing is quiet for the wrong reason: every command that takes detectors names it.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHIPPED } from '../../src/app/shipped.ts';
import { start } from '../fixtures/command.ts';
import { tidewatchHere } from '../fixtures/command-here.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-blind-'));
});
afterAll(() => rm(folder, { recursive: true }));

function detector(name: string, metricName: string, partOf = 'online-boutique'): string {
  return `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: ${name} }
spec: { targets: { matchLabels: { part_of: ${partOf} } }, metrics: [{ name: ${metricName} }] }
`;
}

async function file(name: string, ...documents: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, documents.join('---\n'));
  return path;
}

const SENTENCES = [
  'No series matches misspelt: no metric is called "pod_cpu_usage_core"; did you mean "pod_cpu_usage_cores"?',
  'No series matches elsewhere: no pod_cpu_usage_cores has part_of="onlin"',
];
const twoBlind = () =>
  file(
    'two.yaml',
    detector('seeing', 'pod_cpu_usage_cores'),
    detector('misspelt', 'pod_cpu_usage_core'),
    detector('elsewhere', 'pod_cpu_usage_cores', 'onlin'),
  );

test.each([['replay'], ['backtest']])('%s names detectors that watch nothing, on stderr', async (command) => {
  const outcome = await tidewatchHere([command, SHIPPED.tape, '-f', await twoBlind()]);
  expect(outcome.code).toBe(0);
  const lines = outcome.stderr.trimEnd().split('\n');
  expect(lines).toEqual([...SENTENCES, `"tidewatch tape info ${SHIPPED.tape}" lists metrics and labels`]);
  expect(outcome.stdout).not.toContain('No series matches');
});

test('replay names a detector whose denominator is not there, and not one whose is', async () => {
  const asking = (name: string, metricName: string) =>
    detector(name, 'pod_cpu_usage_cores').replace(
      '}] }',
      `}], guards: { denominator: { metricName: ${metricName}, min: 0 } } }`,
    );
  const path = await file('asking.yaml', asking('lacking', 'nobody_counts'), asking('given', 'pod_cpu_usage_cores'));
  const outcome = await tidewatchHere(['replay', SHIPPED.tape, '-f', path]);
  expect(outcome).toMatchObject({
    code: 0,
    stderr: 'lacking: its denominator nobody_counts is never there, so that nothing could be a finding\n',
  });
});

test('start names them before it plays', async () => {
  const child = start(['start', '--data', join(folder, 'data'), '--port', '0', '-f', await twoBlind()]);
  await child.printed(/Page +http/);
  for (const sentence of SENTENCES) expect(child.stdout).toContain(sentence);
  child.process.kill('SIGINT');
  await once(child.process, 'close');
});

test('of many only five are named, and the rest are counted', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const path = await file('many.yaml', ...names.map((name) => detector(name, `zzz_${name}`)));
  const { stderr, stdout } = await tidewatchHere(['replay', SHIPPED.tape, '-f', path, '--export', '-']);
  const lines = stderr.split('\n').filter((line) => /no series|lists metrics/i.test(line));
  expect(lines).toHaveLength(6);
  expect(lines[5]).toMatch(/^2 more detectors match no series; "tidewatch tape info .*" lists metrics and labels$/);
  expect(stdout).toBe('');
});

test('a gate over detectors that see nothing at all says what was misspelt', async () => {
  const path = await file('none.yaml', detector('misspelt', 'pod_cpu_usage_core'));
  const outcome = await tidewatchHere(['backtest', SHIPPED.tape, '-f', path]);
  expect(outcome).toMatchObject({ code: 65, stderr: expect.stringContaining(SENTENCES[0] ?? '') });
});
