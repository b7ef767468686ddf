// From recordings to the page: PetShop's table, and what was told, with the figures of a shop whose one metric leaps.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entity } from '#model/entity.ts';
import { createRng } from '#stats/rng.ts';
import { makeFinding } from '../../test/conformance/store-fixtures.ts';
import { judge } from './judge.ts';
import { defaultRule, notificationsOf } from './notifications.ts';
import { accuracyPage } from './page.ts';
import { type Judged, judgeSet } from './quiet.ts';
import { petshopSets, type RecordedSet } from './sets.ts';
import { tellOf } from './told.ts';
import { toldByFor } from './told-by-for.ts';

const ROWS = 300;
const LEAP = { from: 200, to: 236 };
const FROM_S = 1_693_922_400;
const timeMsOf = (row: number) => (FROM_S + row * 300) * 1000;

/** A day of two services with latency around 10; from `LEAP` the first one's has `leap` more. */
async function withShop<T>(leap: number, work: (set: RecordedSet) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'tidewatch-page-'));
  const folder = join(data, 'petshop/low_traffic/noissue');
  await mkdir(folder, { recursive: true });
  const { uniform } = createRng(7);
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const more = row >= LEAP.from && row < LEAP.to ? leap : 0;
    return `${timeMsOf(row) / 1000},${9.5 + uniform() + more},${9.5 + uniform()}`;
  });
  const head = ['microservice,PetSite,Search', 'metric,latency,latency', 'statistic,p90,p90', 'unix_timestamp,,'];
  await writeFile(join(folder, 'metrics.csv'), `${[...head, ...rows].join('\n')}\n`);
  const [set] = await petshopSets(data);
  await rm(data, { recursive: true });
  if (set === undefined) throw new Error('no set');
  try {
    return await work(set);
  } finally {
    await set.close();
  }
}

/** The set as judged of a method that found the leap and held it open. */
async function judgedOnLeap(set: RecordedSet): Promise<Judged[]> {
  const [startMs, endMs] = [timeMsOf(LEAP.from), timeMsOf(LEAP.to)];
  const series = 'latency_p90{service="PetSite"}';
  const finding = {
    ...makeFinding('leap', { startMs, service: 'PetSite', metric: 'latency_p90', series }),
    ...{ seenMs: startMs + 300_000, endMs, closedMs: endMs, closedSeenMs: endMs, alert: defaultRule() },
  };
  const serviceOf = (entity: Entity) => entity.name;
  const notifications = notificationsOf([finding]);
  const figures = judge({ header: set.tape.info.header, findings: [finding], series: 2, serviceOf });
  const told = await tellOf(set, notifications, serviceOf);
  const account = { told, services: ['PetSite', 'Search'], findings: [finding], serviceOf };
  const toldBy = toldByFor([finding], set.tape.info);
  const shipped = { set, method: 'one', figures, notifications: notifications.length, account, toldBy };
  const { account: _, ...other } = { ...shipped, method: 'other', notifications: 7 };
  return [shipped, other];
}

/** The table below this title, a row as its cells, without its head. */
function rowsBelow(page: string, title: string): string[][] {
  const section = page.split('\n## ').find((part) => part.startsWith(title)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Rows of the table of single notifications, which is the last. */
function toldIn(page: string): string[][] {
  return rowsBelow(`\n## last${page.slice(page.lastIndexOf('\n\n|'))}`, 'last');
}

test('a recording has a row with both methods, and what was told has one a notification with its figures', async () => {
  const page = await withShop(50, async (set) => accuracyPage([[], await judgedOnLeap(set)]));
  // Red for all but five of 180 minutes, of the 24 quiet hours.
  const figures = [`${((175 / 1440) * 100).toFixed(2)} %`, '0.500'];
  expect(rowsBelow(page, 'PetShop')).toEqual([
    ['petshop/low_traffic/noissue', ...figures, '1', ...figures, '7'],
    ['mean', ...figures, '1.0', ...figures, '7.0'],
  ]);
  // Known with its second point; the rule is to wait for twenty minutes.
  const when = new Date(timeMsOf(LEAP.from + 5)).toISOString().slice(0, 16).replace('T', ' ');
  const change = [expect.stringMatching(/^(9\.|10)/), expect.stringMatching(/^(59|60)/), expect.any(String), '3.0'];
  expect(toldIn(page)).toEqual([['petshop/low_traffic/noissue', when, 'latency_p90 of PetSite', ...change, '0 of 1']]);
  // The points are five minutes apart, and it was open for 35 of them.
  expect(rowsBelow(page, 'Who would be told').slice(0, 6)).toEqual(
    [2, 5, 10, 15, 20, 30].map((least) => [`${least} min, ${least} points`, '1']),
  );
  expect(page).not.toContain('## JumpStarter');
});

test('where nothing leaps the shipped detectors tell nobody, and the page says so', async () => {
  const page = await withShop(0, async (set) => accuracyPage([[], await judgeSet(set)]));
  expect(page).toContain('Nobody was told.');
  expect(rowsBelow(page, 'PetShop')[0]?.slice(0, 4)).toEqual(['petshop/low_traffic/noissue', '0.00 %', '0.000', '0']);
});

test('without recordings of quiet time alone there is nothing to tell', () => {
  expect(accuracyPage([])).not.toContain('Who would be told');
});
