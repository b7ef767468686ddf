import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '#model/plan.ts';
import { ALGORITHMS } from '../index.ts';
import { createDirectory } from './directory.ts';
import { createEngine } from './engine.ts';
import type { Changes } from './episode.ts';
import { createCohorts } from './lens.ts';
import { namesByLabels } from './names.ts';
import { stepWatch } from './step-watch.ts';
import { createStreamIds } from './stream-ids.ts';
import { blockOf, gather, MINUTE_MS, merge, minutesOf, planOf, seriesOf } from './test-stream.ts';
import { createTexts } from './texts.ts';

function directoryOf(plans: readonly Plan[]) {
  const texts = createTexts();
  const directory = createDirectory({ names: namesByLabels(texts), cohortOf: createCohorts(plans, ALGORITHMS) });
  const ids = createStreamIds(directory);
  const changes: Changes = new Map();
  /** Steps what the first plan watches of the series; how many groups are open then, and how many watches awake. */
  const at = (minute: number, id: number, value: number) => {
    const timeMs = minute * MINUTE_MS;
    const series = ids.byId.get(id) ?? -1;
    const [lens] = directory.columns.cohortOf(series).lenses;
    if (lens === undefined) throw new Error('nobody watches it');
    const place = directory.columns.placesOf(series);
    stepWatch(directory, series, lens, place, { timeMs, seenMs: timeMs, value, denominator: Number.NaN }, changes);
    return [directory.groups.open.size, directory.awake.size];
  };
  return { texts, directory, ids, at };
}

test('of many series only those that are not simply normal have a watch, and of families those with an episode are open', () => {
  const { directory, ids, at } = directoryOf([planOf()]);
  ids.addSeries(Array.from({ length: 100 }, (_, id) => seriesOf(id, { pod: `pod-${id}`, app: `app-${id}` })));
  const minutes = (value: number, from: number) => [0, 1, 2].map((minute) => at(from + minute, 7, value));
  const [asleep, awake, open] = [
    [0, 0],
    [0, 1],
    [1, 1],
  ];
  expect(minutes(1, 0)).toEqual([asleep, asleep, asleep]);
  expect(minutes(20, 3)).toEqual([awake, awake, open]);
  expect([...directory.groups.open][0]?.episode?.opener.info.labels.pod).toBe('pod-7');
  expect(minutes(20, 6)).toEqual([open, open, open]);
  expect(minutes(1, 9)).toEqual([open, asleep, asleep]);
  expect([at(12, 7, 20), at(13, 7, 1), at(14, 7, 1), at(15, 7, 1)]).toEqual([awake, awake, awake, asleep]);
  expect(minutes(20, 16)).toEqual([awake, awake, open]);
});

test('of a series that is gone nothing is left, once the episode of its family is over', () => {
  const { texts, directory, ids, at } = directoryOf([planOf()]);
  const series = [seriesOf(0, { app: 'a', __service: 'cart' }), seriesOf(1, { app: 'b' })];
  ids.addSeries(series);
  const second = ids.byId.get(1) ?? -1;
  directory.columns.tracks[directory.columns.placesOf(second)] = 4;
  for (const minute of [0, 1, 2]) at(minute, 1, 20);
  expect(ids.removeSeries([0, 1, 9])).toEqual([]);
  expect([ids.byId.size, [...directory.columns.known()]]).toEqual([0, [second]]);
  ids.addSeries(series.slice(1));
  for (const minute of [3, 4]) at(minute, 1, 1);
  expect(ids.removeSeries([1])).toEqual([4]);
  expect(ids.removeSeries([])).toEqual([]);
  expect([[...directory.columns.known()], directory.awake.size, texts.size]).toEqual([[], 0, 0]);
});

test('a series that comes back before it could leave stays', () => {
  const { ids } = directoryOf([planOf()]);
  ids.addSeries([seriesOf(0), seriesOf(1)]);
  const series = ids.byId.get(0);
  expect(ids.removeSeries([0])).toEqual([]);
  expect(ids.byId.get(1)).toBe(series);
  ids.addSeries([seriesOf(2)]);
  expect(ids.byId.get(2)).toBe(series);
});

test('two engines that share texts give the same as two that do not, and when both are closed no text is left', () => {
  const texts = createTexts();
  const plans = [planOf(), planOf({ detector: 'other', algorithm: 'ema', threshold: 2 })];
  const run = (engine: ReturnType<typeof createEngine>, pod: string) => {
    engine.addSeries([
      seriesOf(0, { pod }),
      seriesOf(1, { pod, quantile: '0.9' }),
      seriesOf(2, { pod, quantile: '0.5' }),
    ]);
    const values = Array.from({ length: 60 }, (_, minute) => (minute % 20 < 4 ? 20 : Math.sin(minute)));
    return gather(engine, [blockOf(merge(...[0, 1, 2].map((id) => minutesOf(id, values))))]);
  };
  const [a, b] = [createEngine(plans, ALGORITHMS, texts), createEngine(plans, ALGORITHMS, texts)];
  for (const [engine, pod] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    const { rows, findings } = run(engine, pod);
    const alone = run(createEngine(plans, ALGORITHMS), pod);
    expect({ rows, findings }).toEqual(alone);
    expect(findings.size).toBeGreaterThan(0);
  }
  a.close();
  expect(b.removeSeries([2])).toHaveLength(2);
  expect(texts.size).toBeGreaterThan(0);
  b.close();
  expect(texts.size).toBe(0);
});

test('whatever comes, goes and comes back, its places and texts are those of what is there', () => {
  const pods = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(5), pods, fc.boolean()), { maxLength: 40 }), (calls) => {
      const { texts, directory, ids } = directoryOf([planOf(), planOf({ detector: 'a', selector: { pod: 'a' } })]);
      const there = new Map<number, string>();
      for (const [adds, id, pod, copy] of calls) {
        // A stream gives an id to one series only.
        if (adds && !there.has(id)) {
          ids.addSeries([seriesOf(id, { pod, ...(copy ? { quantile: '0.9' } : {}) })]);
          there.set(id, `${pod} ${copy}`);
        } else if (!adds) {
          ids.removeSeries([id]);
          there.delete(id);
        }
      }
      const known = [...directory.columns.known()];
      expect(known).toHaveLength(new Set(there.values()).size);
      const places = known.flatMap((series) => {
        const from = directory.columns.placesOf(series);
        return directory.columns.cohortOf(series).lenses.map((_, index) => from + index);
      });
      expect(new Set(places).size).toBe(places.length);
      for (const [id, name] of there) {
        const series = ids.byId.get(id) ?? -1;
        const [lens] = directory.columns.cohortOf(series).lenses;
        if (lens === undefined) throw new Error('nobody watches it');
        const { labels } = directory.trackOf(series, lens);
        expect(`${labels.pod} ${labels.quantile !== undefined}`).toBe(name);
      }
      directory.close();
      expect(texts.size).toBe(0);
    }),
  );
});
