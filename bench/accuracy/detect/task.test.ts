// `--task detect` from end to end on a small folder: what is read, that no method sees a label, and what is written and judged.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { createRng } from '#stats/rng.ts';
import { GENERATED, generateKpi } from './generated.ts';
import { detailPage, detectPage } from './page.ts';
import { type DetectOptions, runDetect } from './task.ts';

const ROWS = 400;
const ANOMALY = { first: 300, last: 319 };
let folder: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-detect-'));
  data = join(folder, 'data');
  await writeData(data);
});

afterAll(() => rm(folder, { recursive: true }));

async function put(path: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${lines.join('\n')}\n`);
}

function value(row: number, random: () => number): number {
  return 10 + random() + (row >= ANOMALY.first && row <= ANOMALY.last ? 30 : 0);
}

function timeOf(row: number): string {
  return new Date(Date.UTC(2026, 0, 1) + row * 300_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** NAB with one doubled time, two parts of a JumpStarter service, and a KPI with labels. */
async function writeData(to: string): Promise<void> {
  const random = createRng(3).uniform;
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const times = rows.map((row) => timeOf(row === 200 ? 199 : row));
  await put(join(to, 'nab/data/group/one.csv'), [
    'timestamp,value',
    ...rows.map((row) => `${times[row]},${value(row, random)}`),
  ]);
  const windows = { 'group/one.csv': [[`${timeOf(ANOMALY.first)}.000000`, `${timeOf(ANOMALY.last)}.000000`]] };
  await put(join(to, 'nab/labels/combined_windows.json'), [JSON.stringify(windows)]);
  const columns = (row: number) => [random(), value(row, random), 5].join(',');
  await put(join(to, 'jumpstarter/train/service1.csv'), rows.slice(0, 200).map(columns));
  await put(join(to, 'jumpstarter/test/service1.csv'), rows.map(columns));
  await put(
    join(to, 'jumpstarter/test_label/service1.csv'),
    rows.map((row) => String(labelOf(row))),
  );
  await put(join(to, 'kpi/cpu.csv'), [
    'timestamp,value,label',
    ...rows.map((row) => `${1_767_225_600 + row * 60},${row === 50 ? '' : value(row, random)},${labelOf(row)}`),
  ]);
}

function labelOf(row: number): number {
  return row >= ANOMALY.first && row <= ANOMALY.last ? 1 : 0;
}

function run(options: Partial<DetectOptions>) {
  const sets = ['nab', 'jumpstarter', 'kpi'];
  return runDetect({
    data,
    out: undefined,
    methods: [],
    sets,
    answers: [],
    parameters: {},
    say: () => undefined,
    ...options,
  });
}

async function filesOf(root: string): Promise<Record<string, string>> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.csv')).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(root, name), 'utf8')])),
  );
}

test('no method sees a label: without them, and with wrong ones, every answer is the same', async () => {
  const [bare, wrong] = [join(folder, 'bare'), join(folder, 'wrong')];
  for (const copy of [bare, wrong]) await cp(data, copy, { recursive: true });
  await rm(join(bare, 'nab/labels'), { recursive: true });
  await rm(join(bare, 'jumpstarter/test_label'), { recursive: true });
  const kpi = (await readFile(join(data, 'kpi/cpu.csv'), 'utf8')).trimEnd().split('\n');
  await put(
    join(bare, 'kpi/cpu.csv'),
    kpi.map((line) => line.split(',').slice(0, 2).join(',')),
  );
  await put(
    join(wrong, 'kpi/cpu.csv'),
    kpi.map((line) => line.replace(/[01]$/, (label) => String(1 - Number(label)))),
  );
  await put(join(wrong, 'nab/labels/combined_windows.json'), [JSON.stringify({ 'group/one.csv': [] })]);
  await put(
    join(wrong, 'jumpstarter/test_label/service1.csv'),
    Array.from({ length: ROWS }, () => '0'),
  );

  const labelled = await run({ out: join(folder, 'a') });
  const unlabelled = await run({ data: bare, out: join(folder, 'b') });
  await run({ data: wrong, out: join(folder, 'c') });
  const answers = await filesOf(join(folder, 'a'));
  expect(Object.keys(answers).length).toBeGreaterThan(20);
  expect(await filesOf(join(folder, 'b'))).toEqual(answers);
  expect(await filesOf(join(folder, 'c'))).toEqual(answers);
  // The labels were there to be seen: the judging did.
  expect(labelled[0]?.sets.get('kpi')?.scored).toBe(1);
  expect(unlabelled[0]?.sets.get('kpi')?.scored).toBe(0);
});

test('what scores a series does not import the truth', async () => {
  const sources = async (name: string, seen = new Set<string>()): Promise<Set<string>> => {
    if (seen.has(name)) return seen;
    seen.add(name);
    const text = await readFile(new URL(name, import.meta.url), 'utf8');
    for (const [, to = ''] of text.matchAll(/from '(\.[^']+)'/g)) {
      await sources(new URL(to, new URL(name, import.meta.url)).href, seen);
    }
    return seen;
  };
  const scoring = [...(await sources('./run-method.ts')), ...(await sources('./sets.ts'))];
  expect(scoring.some((name) => name.endsWith('/methods.ts'))).toBe(true);
  expect(scoring.filter((name) => name.includes('truth'))).toEqual([]);
});

test('a method that sees the anomaly is better than random, and random better than never', async () => {
  const results = await run({ methods: ['median-iqr', 'random', 'never'], sets: ['kpi'] });
  const [random, never] = ['random', 'never'].map((name) =>
    results.find(({ method }) => method === name)?.sets.get('kpi'),
  );
  const own = results.find(({ method }) => method === 'median-iqr')?.sets.get('kpi');
  expect(own?.vusPr).toBeGreaterThan((random?.vusPr ?? 1) + 0.2);
  expect(random?.vusRoc).toBeGreaterThan(never?.vusRoc ?? 1);
  expect(own).toMatchObject({ found: 1, anomalies: 1, delayMedianMs: 60_000 });
  expect(never).toMatchObject({ found: 0, redRatio: 0, nabStandard: Number.NaN });
});

test('an answer file has a row for each input row, and is judged like the method that wrote it', async () => {
  const out = join(folder, 'again');
  const [own] = await run({ methods: ['ema'], out });
  const files = await filesOf(join(out, 'detect'));
  expect(Object.keys(files)).toEqual([
    'jumpstarter/test/service1.csv',
    'jumpstarter/train/service1.csv',
    'kpi/cpu.csv',
    'nab/group/one.csv',
  ]);
  const [header, ...rows] = (files['kpi/cpu.csv'] ?? '').trimEnd().split('\n');
  expect(header).toBe('index,score,is_anomaly');
  expect(rows).toHaveLength(ROWS);
  expect(rows[0]).toBe('0,,0');
  expect(rows[50]).toBe('50,,0');
  // The second of two rows of one time is no sample.
  expect(files['nab/group/one.csv']).toContain('\n200,,0\n');
  const [read] = await run({ answers: [`mine=${out}`] });
  expect(read?.method).toBe('mine');
  expect(read?.sets).toEqual(own?.sets);
});

test('answers of scores alone are ranked, and nothing is said of their findings', async () => {
  const all = join(folder, 'all');
  await run({ methods: ['auto'], out: all });
  const scores = join(folder, 'scores');
  for (const [path, text] of Object.entries(await filesOf(all))) {
    await put(
      join(scores, path),
      text
        .trimEnd()
        .replaceAll(/,[01]$/gm, ',')
        .split('\n'),
    );
  }
  const results = await run({ methods: ['auto'], answers: [`alone=${scores}`] });
  const [whole, alone] = results.map(({ sets }) => sets.get('nab'));
  expect(alone?.vusPr).toBe(whole?.vusPr);
  expect(alone?.nabStandard).toBe(whole?.nabStandard);
  expect([alone?.redRatio, alone?.falseFindings, alone?.found, alone?.nabFindings]).toEqual(
    new Array(4).fill(Number.NaN),
  );
  expect(whole?.found).toBe(1);
  const cells = /^\| alone .*$/m
    .exec(detectPage(results))?.[0]
    .split('|')
    .map((cell) => cell.trim());
  expect(cells?.slice(-7, -1)).toEqual(new Array(6).fill('–'));
});

test('answers that do not fit are refused with their file, and those that are not there are left out', async () => {
  const answers = join(folder, 'theirs');
  await put(join(answers, 'detect/kpi/cpu.csv'), ['index,score,is_anomaly', '0,1,0']);
  await expect(run({ answers: [answers] })).rejects.toThrow(
    /cpu\.csv: expected "index,score,is_anomaly" and 400 rows, found 1/,
  );
  await rm(join(answers, 'detect/kpi'), { recursive: true });
  const [result] = await run({ answers: [answers] });
  expect(result?.sets.size).toBe(0);
});

test('answers to some files of a set do not stand beside answers to all', async () => {
  const answers = join(folder, 'some');
  const length = generateKpi('traffic-1').values.length;
  const rows = Array.from({ length }, (_, row) => `${row},0,0`);
  await put(join(answers, 'detect/generated/traffic-1.csv'), ['index,score,is_anomaly', ...rows]);
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const [result] = await run({ sets: ['generated'], answers: [`some=${answers}`], say });
  expect(result?.sets.size).toBe(0);
  expect(said).toContain(`some: generated left out, only 1 of ${GENERATED.length} files are answered`);
});

test('every algorithm that needs no bound of its user takes part; costly ones when they are named', async () => {
  const names = (await run({ sets: ['kpi'] })).map(({ method }) => method);
  const costly = ['isolation-forest', 'spectral-residual', 'stl-residual'];
  const without = Object.keys(ALGORITHMS).filter((name) => name !== 'static-threshold' && !costly.includes(name));
  expect((await run({ sets: ['kpi'], methods: costly })).map(({ method }) => method)).toEqual(costly);
  expect(names).toEqual([...without, 'simplest', 'random', 'never']);
});

test('a mistyped method, parameter or set is named, and a folder without any', async () => {
  await expect(run({ methods: ['ema'], parameters: { halfLife: 1 } })).rejects.toThrow('did you mean "halfLifeMs"');
  await expect(run({ data: join(folder, 'nowhere') })).rejects.toThrow(
    /nowhere holds none of the folders nab, jumpstarter, kpi/,
  );
  await expect(run({ methods: ['median-irq'] })).rejects.toThrow('did you mean "median-iqr"');
  await expect(run({ sets: ['naab'] })).rejects.toThrow('there is no set "naab"');
});

test('the page has a table a set, with NAB’s columns for NAB alone', async () => {
  const results = await run({ methods: ['never', 'ema'] });
  const page = detectPage(results);
  expect(page.match(/^### /gm)).toHaveLength(4);
  expect(page.match(/NAB standard/g)).toHaveLength(1);
  expect(page).toMatch(/\| ema {4}\| 0\.\d{3}/);
  expect(detailPage(results)).toContain('group/one');
});
