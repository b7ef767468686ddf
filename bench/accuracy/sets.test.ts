// PetShop's layout, read into tapes: which columns are series, under which names, and what of them is quiet.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietStretches } from '#model/answer-key.ts';
import { jumpstarterSets, petshopSets } from './sets.ts';

const FROM_S = 1_693_922_400;
const MINUTE = 60_000;
let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'tidewatch-sets-'));
});

afterAll(() => rm(data, { recursive: true }));

test('each column of a PetShop recording with a number in it is a series of its microservice, an empty cell is missing', async () => {
  const folder = join(data, 'petshop/high_traffic/noissue');
  await mkdir(folder, { recursive: true });
  const rows = [',1', '2,', ',3'].map((cells, row) => `${FROM_S + row * 300}.0,${cells},`);
  const head = [
    'microservice,PetSite,SQL Query_remote,idle',
    'metric,latency,requests,requests',
    'statistic,p90,Sum,Sum',
  ];
  await writeFile(join(folder, 'metrics.csv'), `${[...head, 'unix_timestamp,,,', ...rows].join('\n')}\n`);
  // One with an issue is no quiet time.
  await mkdir(join(data, 'petshop/high_traffic/train/issue_0'), { recursive: true });
  await writeFile(join(data, 'petshop/high_traffic/train/issue_0/metrics.csv'), `${[...head, ...rows].join('\n')}\n`);

  const [set, ...others] = await petshopSets(data);
  if (set === undefined) throw new Error('no set');
  expect(others).toEqual([]);
  const { name, kind, isDated, tape } = set;
  expect({ name, kind, isDated }).toEqual({ name: 'petshop/high_traffic/noissue', kind: 'petshop', isDated: true });
  const [fromMs, toMs] = [FROM_S * 1000, FROM_S * 1000 + 15 * MINUTE];
  expect(tape.info.header).toMatchObject({ fromMs, toMs, answerKey: [] });
  expect(quietStretches(tape.info.header.segments)).toEqual([]);
  const past = await tape.range({}, fromMs, toMs);
  expect(past.map(({ info, series }) => [info.labels, info.stepMs, [...series.values]])).toEqual([
    [{ __name__: 'latency_p90', service: 'PetSite' }, 5 * MINUTE, [Number.NaN, 2, Number.NaN]],
    [{ __name__: 'requests_sum', service: 'SQL Query_remote' }, 5 * MINUTE, [1, Number.NaN, 3]],
  ]);
  await set.close();
});

test('a JumpStarter service is quiet from its second hour on, at dates that are made up', async () => {
  const folder = join(data, 'jumpstarter/train');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'service3.csv'), `${Array.from({ length: 24 }, (_, row) => `${row},5`).join('\n')}\n`);
  const [set] = await jumpstarterSets(folder);
  if (set === undefined) throw new Error('no set');
  expect(set).toMatchObject({ name: 'jumpstarter/service3', isDated: false });
  const { fromMs, toMs, segments } = set.tape.info.header;
  expect(toMs - fromMs).toBe(120 * MINUTE);
  expect(quietStretches(segments)).toEqual([{ fromMs: fromMs + 60 * MINUTE, toMs }]);
  const [first] = await set.tape.range({ __name__: 'metric_0' }, fromMs, toMs);
  expect([...(first?.series.values ?? [])].slice(0, 3)).toEqual([0, 1, 2]);
  await set.close();
});

test('a folder without the recordings has no sets', async () => {
  expect(await petshopSets(join(data, 'nothing'))).toEqual([]);
  expect(await jumpstarterSets(join(data, 'nothing'))).toEqual([]);
});
