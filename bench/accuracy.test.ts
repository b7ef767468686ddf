// The promise of the shipped detectors, held on what ships, and the page that states it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadDetectors } from '../src/app/load.ts';
import { SHIPPED } from '../src/app/shipped.ts';
import { detectPage } from './accuracy/detect/page.ts';
import { runDetect } from './accuracy/detect/task.ts';
import { oneSettingOf } from './accuracy/methods.ts';
import { accuracyPage } from './accuracy/page.ts';
import type { Judged } from './accuracy/quiet.ts';
import { judgeAll } from './accuracy.ts';

let judged: Judged[][];

beforeAll(async () => {
  judged = await judgeAll(undefined);
}, 60_000);

function figuresOf(method: RegExp) {
  const found = judged[0]?.find((one) => method.test(one.method));
  if (found === undefined) throw new Error(`no method like ${method}`);
  return found.figures;
}

test('at most 2 % of the 876 quiet minutes are red, and at least 17 of 24 faults are coloured', () => {
  const shipped = figuresOf(/shipped/);
  expect(shipped.quietMinutes).toBe(876);
  expect(shipped.redRatio).toBeLessThanOrEqual(0.02);
  expect(shipped.faults).toHaveLength(24);
  expect(shipped.own).toBeGreaterThanOrEqual(17);
});

test('what is coloured is not chance: the same times slid through quiet hours, and findings thrown at random', () => {
  const shipped = figuresOf(/shipped/);
  expect(shipped.chanceOwn).toBeLessThan(1);
  expect(figuresOf(/random/).own).toBeLessThan(shipped.own / 4);
  expect(figuresOf(/never/)).toMatchObject({ own: 0, redRatio: 0 });
});

test('the scoring can fail: the simplest method is red most of the time', () => {
  expect(figuresOf(/z-score/).redRatio).toBeGreaterThan(0.5);
});

test('one setting earns every figure', async () => {
  const plans = await loadDetectors(SHIPPED.detectors);
  expect(oneSettingOf(plans)).toBe(plans[0]);
  const [first, ...rest] = plans;
  if (first === undefined) throw new Error('no detectors');
  expect(() => oneSettingOf([{ ...first, threshold: 5 }, ...rest])).toThrow('another setting');
});

test('docs/accuracy.md says of the shipped tape what is measured now', async () => {
  const page = await readFile(join(SHIPPED.repository, 'docs', 'accuracy.md'), 'utf8');
  expect(page).toContain(accuracyPage(judged).trimEnd());
});

test('docs/accuracy.md says of the generated series what is measured now', async () => {
  const page = await readFile(join(SHIPPED.repository, 'docs', 'accuracy.md'), 'utf8');
  const [data, out] = [undefined, undefined];
  const narrowed = { methods: ['auto', 'random'], sets: ['generated'], answers: [], parameters: {} };
  const measured = detectPage(await runDetect({ data, out, ...narrowed, say: () => undefined }));
  const rows = rowsOf(measured);
  expect(rows).toHaveLength(3);
  expect(rowsOf(page)).toEqual(expect.arrayContaining(rows));
});

/** Table rows without the padding, which depends on the other rows. */
function rowsOf(page: string): string[] {
  const lines = page.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) => line.replace(/ +/g, ' ')).filter((line) => !/^[| -]+$/.test(line));
}
