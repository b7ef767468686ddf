import { expect, test } from 'vitest';
import { createDirectory } from './directory.ts';
import type { Changes } from './episode.ts';
import { ALGORITHMS } from './index.ts';
import { stepWatch } from './step-watch.ts';
import { MINUTE_MS, planOf, seriesOf } from './test-stream.ts';

test('of many families only those with an open episode are held as open', () => {
  const directory = createDirectory([planOf()], ALGORITHMS);
  directory.addSeries(Array.from({ length: 100 }, (_, id) => seriesOf(id, { pod: `pod-${id}`, app: `app-${id}` })));
  const changes: Changes = new Map();
  const at = (minute: number, id: number, value: number) => {
    const timeMs = minute * MINUTE_MS;
    for (const watch of directory.byId.get(id)?.watches ?? []) stepWatch(watch, timeMs, timeMs, value, changes);
    return directory.open.size;
  };
  const minutes = (value: number, from: number) => [0, 1, 2].map((minute) => at(from + minute, 7, value));
  expect(minutes(1, 0)).toEqual([0, 0, 0]);
  expect(minutes(20, 3)).toEqual([0, 0, 1]);
  expect([...directory.open][0]?.episode?.opener.info.labels.pod).toBe('pod-7');
  expect(minutes(20, 6)).toEqual([1, 1, 1]);
  expect(minutes(1, 9)).toEqual([1, 0, 0]);
  expect(minutes(20, 12)).toEqual([0, 0, 1]);
});

test('of a series that is gone nothing is left, once the episode of its family is over', () => {
  const directory = createDirectory([planOf()], ALGORITHMS);
  const series = [seriesOf(0, { app: 'a' }), seriesOf(1, { app: 'b' })];
  directory.addSeries(series);
  const before = [0, 1].map((id) => directory.byId.get(id)?.watches[0]);
  const changes: Changes = new Map();
  const [, open] = before;
  if (open === undefined) throw new Error('nobody watches it');
  open.track = 4;
  for (const minute of [0, 1, 2]) stepWatch(open, minute * MINUTE_MS, minute * MINUTE_MS, 20, changes);
  expect(directory.removeSeries([0, 1, 9])).toEqual([]);
  expect(directory.byId.size).toBe(0);
  for (const minute of [3, 4]) stepWatch(open, minute * MINUTE_MS, minute * MINUTE_MS, 1, changes);
  expect(directory.removeSeries([])).toEqual([4]);
  expect(directory.removeSeries([])).toEqual([]);
  directory.addSeries(series);
  for (const id of [0, 1]) {
    const watch = directory.byId.get(id)?.watches[0];
    expect(watch).not.toBe(before[id]);
    expect(watch?.group).not.toBe(before[id]?.group);
  }
});

test('a series that comes back before it could leave stays', () => {
  const directory = createDirectory([planOf()], ALGORITHMS);
  directory.addSeries([seriesOf(0), seriesOf(1)]);
  const watched = directory.byId.get(0);
  expect(directory.removeSeries([0])).toEqual([]);
  expect(directory.byId.get(1)).toBe(watched);
  directory.addSeries([seriesOf(2)]);
  expect(directory.byId.get(2)).toBe(watched);
});
