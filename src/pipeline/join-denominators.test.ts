import { expect, test } from 'vitest';
import { createEngine } from '#detect/engine/engine.ts';
import { blockOf, MINUTE_MS, planOf, START_MS, seriesOf } from '#detect/engine/test-stream.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Finding } from '#model/finding.ts';
import { FLAG } from '#model/score.ts';
import type { SeriesInfo } from '#model/series.ts';
import { joinDenominators } from './join-denominators.ts';
import { type SplitTick, Splitter } from './split.ts';
import { createStepper } from './stepper.ts';

const plan = planOf({ guards: { denominator: { metricName: 'requests', min: 5 } } });
const LATENCY = [seriesOf(0, { pod: 'cart-1' }), seriesOf(1, { pod: 'cart-2' })];
const requestsOf = (id: number, pod: string, more = {}) => seriesOf(id, { __name__: 'requests', pod, ...more });

/** Ticks of a minute each; `givenBy` of a series and minute, undefined where it has no sample. */
function ticksOf(
  series: readonly SeriesInfo[],
  givenBy: (id: number, minute: number) => number | undefined,
  minutes = 8,
): SplitTick[] {
  const splitter = new Splitter();
  splitter.add({ kind: 'series', seenMs: START_MS, series });
  return Array.from({ length: minutes }, (_, minute) => {
    const timeMs = START_MS + minute * MINUTE_MS;
    const samples = series.flatMap(({ id }) => {
      const value = givenBy(id, minute);
      return value === undefined ? [] : [{ id, timeMs, value }];
    });
    const { ids, values } = blockOf(samples);
    splitter.add({ kind: 'frame', timeMs, seenMs: timeMs, ids, values });
    return splitter.close(timeMs);
  });
}

/** All partitions in one thread: the flags of each pod's latency, and its findings. */
function run(ticks: readonly SplitTick[]) {
  const join = joinDenominators([plan]);
  const stepper = createStepper((plans) => createEngine(plans, ALGORITHMS), [plan]);
  const flags = new Map<string, number[]>();
  const findings = new Map<string, Finding>();
  for (const tick of ticks) {
    for (const [partition, record] of join(tick).records) {
      const { tracks, scores, findings: changed } = stepper.step(partition, 0, record);
      for (const finding of changed) findings.set(finding.id, finding);
      for (let row = 0; row < scores.tracks.length; row++) {
        const track = tracks[scores.tracks[row] ?? -1];
        if (track?.detector !== 'd') continue;
        const { pod = '' } = track.labels;
        flags.set(pod, [...(flags.get(pod) ?? []), scores.flags[row] ?? -1]);
      }
    }
  }
  return { flags, findings: [...findings.values()] };
}

const held = (flags: readonly number[] = []) => flags.map((bits) => (bits & FLAG.failedDenominator) !== 0);
const all = (is: boolean) => new Array(8).fill(is);

test('of two pods that are slow the one with enough requests makes a finding, though they are of other partitions', () => {
  const series = [...LATENCY, requestsOf(2, 'cart-1'), requestsOf(3, 'cart-2')];
  const { flags, findings } = run(ticksOf(series, (id) => [20, 20, 50, 1][id]));
  expect(held(flags.get('cart-1'))).toEqual(all(false));
  expect(held(flags.get('cart-2'))).toEqual(all(true));
  expect(findings.map(({ entity }) => entity.name)).toEqual(['cart-1']);
  expect(findings[0]?.opening.guards).toContainEqual({ guard: 'denominator', passed: true, limit: 5, actual: 50 });
});

test('the newest one counts for as long as a series may pause, and then nobody knows', () => {
  const series = [LATENCY[0] ?? seriesOf(0), requestsOf(2, 'cart-1')];
  const { flags } = run(ticksOf(series, (id, minute) => (id === 0 ? 20 : minute === 1 ? 9 : undefined)));
  expect(held(flags.get('cart-1'))).toEqual([true, false, false, false, false, false, false, true]);
});

test('one with a label that the series has not is none; of those that fit that of most labels counts', () => {
  const series = [
    seriesOf(0, { pod: 'cart-1', route: '/' }),
    requestsOf(2, 'cart-1', { route: '/', code: '200' }),
    requestsOf(3, 'cart-1'),
    requestsOf(4, 'cart-1', { route: '/' }),
  ];
  const known = run(ticksOf(series, (id) => [20, 0, 99, 1, 7][id]));
  expect(known.findings[0]?.opening.guards).toContainEqual({
    ...{ guard: 'denominator', passed: true, limit: 5, actual: 7 },
  });
  const unknown = run(ticksOf(series.slice(0, 2), (id) => [20, 0, 99][id]));
  expect(held(unknown.flags.get('cart-1'))).toEqual(all(true));
});

test('a better one that comes later counts from then on, and one that went no more', () => {
  const join = joinDenominators([plan]);
  const splitter = new Splitter();
  const errors = seriesOf(0, { pod: 'cart-1', route: '/' });
  const beneath = (minute: number, samples: readonly (readonly [id: number, value: number])[]) => {
    const timeMs = START_MS + minute * MINUTE_MS;
    const { ids, values } = blockOf([[0, 1] as const, ...samples].map(([id, value]) => ({ id, timeMs, value })));
    splitter.add({ kind: 'frame', timeMs, seenMs: timeMs, ids, values });
    for (const record of join(splitter.close(timeMs)).records.values()) {
      const row = record.samples.ids.indexOf(0);
      if (row >= 0) return record.beneath?.get('requests')?.[row];
    }
    return undefined;
  };
  splitter.add({ kind: 'series', seenMs: START_MS, series: [errors, requestsOf(1, 'cart-1')] });
  expect(beneath(0, [[1, 40]])).toBe(40);
  splitter.add({ kind: 'series', seenMs: START_MS, series: [requestsOf(2, 'cart-1', { route: '/' })] });
  expect(
    beneath(1, [
      [1, 41],
      [2, 7],
    ]),
  ).toBe(7);
  splitter.remove([2]);
  // It is gone with the tick that says so, which it still counts in.
  expect(beneath(2, [[1, 42]])).toBe(7);
  expect(beneath(3, [[1, 43]])).toBe(43);
});

test('many series cost a look each, not a look at all the others', () => {
  const many = 20_000;
  const series = Array.from({ length: many }, (_, id) => [
    seriesOf(2 * id, { pod: `cart-${id}` }),
    requestsOf(2 * id + 1, `cart-${id}`),
  ]).flat();
  const [tick] = ticksOf(series, (id) => (id % 2 === 0 ? 20 : id), 1);
  if (tick === undefined) throw new Error('there is no tick');
  const startMs = performance.now();
  const { records } = joinDenominators([plan])(tick);
  const tookMs = performance.now() - startMs;
  let found = 0;
  for (const { samples, beneath } of records.values()) {
    beneath?.get('requests')?.forEach((value, row) => {
      if (samples.ids[row] === value - 1) found++;
    });
  }
  expect(found).toBe(many);
  // Four hundred million pairs take minutes.
  expect(tookMs).toBeLessThan(20_000);
});

test('ticks stay what they are where no plan asks', () => {
  const [tick] = ticksOf(LATENCY, () => 1);
  if (tick === undefined) throw new Error('there is no tick');
  expect(joinDenominators([planOf()])(tick)).toBe(tick);
});
