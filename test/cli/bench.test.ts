// `bench` by either door, asked for help or for what it does not have: words, never a stack trace.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { NAMES } from '../../bench/main.ts';
import { SHIPPED } from '../../src/app/shipped.ts';
import type { Outcome } from '../fixtures/command.ts';
import { tidewatchHere } from '../fixtures/command-here.ts';

/** As `npm run bench -- …` starts it. */
async function direct(args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [`${SHIPPED.repository}bench/main.ts`, ...args]);
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part) => {
    text.stdout += part;
  });
  child.stderr.on('data', (part) => {
    text.stderr += part;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}

const DOORS: readonly [door: string, bench: (args: readonly string[]) => Promise<Outcome>][] = [
  ['tidewatch bench', (args) => tidewatchHere(['bench', ...args])],
  ['npm run bench --', direct],
];

test('npm run bench -- --help names every benchmark', async () => {
  const outcome = await direct(['--help']);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  for (const name of NAMES) expect(outcome.stdout).toContain(`\n  ${name} `);
});

test('tidewatch bench --help says how to find them', async () => {
  const outcome = await tidewatchHere(['bench', '--help']);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toMatch(/accuracy[\s\S]*--help[\s\S]*lists all/);
});

test.each(DOORS)('%s accuracy --help says what it takes, and measures nothing', async (door, bench) => {
  for (const help of [door === 'npm run bench --' ? '-h' : '--help']) {
    const outcome = await bench(['accuracy', help]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('--task quiet');
    expect(outcome.stdout).not.toContain('──');
  }
});

test.each(DOORS)('%s store --help does not begin to measure, though store takes nothing', async (_door, bench) => {
  const outcome = await bench(['store', '--help']);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).not.toContain('──');
});

const REFUSED: readonly [args: readonly string[], says: RegExp][] = [
  [['nonsense'], new RegExp(`no benchmark "nonsense".*${NAMES.join(', ')}`)],
  [['acuracy'], /did you mean "accuracy"/],
  [['--nonsense'], /no benchmark "--nonsense".*accuracy/],
  [['accuracy', '--nonsense'], /accuracy: Unknown option '--nonsense'.*--task quiet/],
  [['speed', '--runs'], /speed: .*--runs.*\[--runs 7\]/],
  [['speed', 'again'], /speed: Unexpected argument 'again'/],
  [['speed', '--runs', '1'], /5 or more/],
];

// Behind both doors is the same code.
test.each(REFUSED)('%j is refused with what there is', async (args, says) => {
  const outcome = await tidewatchHere(['bench', ...args]);
  expect(outcome.code).toBe(64);
  expect(outcome.stderr).toMatch(says);
  expect(outcome.stderr).not.toMatch(/should not happen|\n\s+at /);
});

test('npm run bench -- refuses with a sentence and the exit code, too', async () => {
  const outcome = await direct(['acuracy']);
  expect(outcome).toMatchObject({ code: 64, stderr: expect.stringMatching(/^bench: .*did you mean "accuracy"/) });
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
});
