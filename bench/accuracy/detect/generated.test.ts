// The generated series: the same everywhere, with what they promise in them, and anomalies that are there.
import { expect, test } from 'vitest';
import { GENERATED, generateKpi } from './generated.ts';

const ALL = GENERATED.map((name) => ({ name, ...generateKpi(name) }));

test('they follow from their names alone', () => {
  for (const name of ['latency-1', 'rare-4']) expect(generateKpi(name)).toEqual(generateKpi(name));
  expect(generateKpi('latency-1').values).not.toEqual(generateKpi('latency-2').values);
  expect(() => generateKpi('nonsense-1')).toThrow('no generated series "nonsense-1"');
  // Another machine, another version: a change here makes every published figure another one.
  expect(Array.from(generateKpi('traffic-1').values.subarray(0, 3))).toEqual(PINNED);
});

const PINNED = [472, 457, 438];

test.each(ALL.map((one) => [one.name, one] as const))(
  '%s: minutes over three weeks with gaps, anomalies after the first week',
  (_, one) => {
    const { timesMs, values, anomalies } = one;
    expect(timesMs.length).toBe(values.length);
    expect(timesMs.length).toBeGreaterThan(29_000);
    expect(timesMs.length).toBeLessThan(30_240);
    const steps = timesMs.slice(1).map((timeMs, row) => timeMs - (timesMs[row] as number));
    expect(Math.min(...steps)).toBe(60_000);
    expect(Math.max(...steps)).toBeGreaterThan(9 * 60_000);
    expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    expect(anomalies.length).toBeGreaterThanOrEqual(3);
    for (const { first, last } of anomalies) {
      expect(first).toBeGreaterThan(9_000);
      expect(last).toBeGreaterThanOrEqual(first);
      expect(last).toBeLessThan(values.length);
    }
  },
);

test('every kind is among them, and drop-outs drop', () => {
  const anomalies = ALL.flatMap(({ values, anomalies }) => anomalies.map((one) => ({ ...one, values })));
  expect(anomalies).toHaveLength(134);
  expect(new Set(anomalies.map(({ kind }) => kind)).size).toBe(6);
  for (const { values, first, last } of anomalies.filter(({ kind }) => kind === 'drop-out')) {
    const within = Math.max(...values.subarray(first, last + 1));
    expect(within).toBeLessThan(Math.max(...values.subarray(first - 200, first)) / 2);
  }
});
