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
    for (const watch of directory.byId[id]?.watches ?? []) stepWatch(watch, timeMs, timeMs, value, changes);
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
