import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeriesData } from '#api/rest/contract.ts';
import { FLAG } from '#model/score.ts';
import { nearestRow, toChartData, toCsv, yExtent } from './chart-data.ts';
import { createTimeScale } from './time-scale.ts';

const MINUTE = 60_000;

function series(part: Partial<SeriesData> & Pick<SeriesData, 'timesMs'>): SeriesData {
  const empty = part.timesMs.map(() => null);
  return {
    track: 'd|s',
    detector: 'd',
    series: 's',
    metric: 'm',
    threshold: 3.5,
    stepMs: MINUTE,
    values: empty,
    expected: empty,
    lower: empty,
    upper: empty,
    scores: empty,
    flags: part.timesMs.map(() => 0),
    ...part,
  };
}

const scale = createTimeScale([], 0);

describe('the columns of a chart', () => {
  test('are broken by a row of nulls where samples are missing', () => {
    const data = series({ timesMs: [0, MINUTE, 10 * MINUTE], values: [1, 2, 3] });
    const chart = toChartData(data, scale);
    expect(chart.rows).toEqual([0, 1, -1, 2]);
    expect(chart.value).toEqual([1, 2, null, 3]);
    expect(chart.x).toEqual([0, MINUTE, 5.5 * MINUTE, 10 * MINUTE]);
  });

  test('are whole when a scrape is only a little late', () => {
    const chart = toChartData(series({ timesMs: [0, MINUTE * 1.9], values: [1, 2] }), scale);
    expect(chart.rows).toEqual([0, 1]);
  });

  test('name each stretch in which a finding was open, from the step before its first sample', () => {
    const flags = [0, FLAG.findingOpen, FLAG.findingOpen, 0, FLAG.findingOpen];
    const chart = toChartData(series({ timesMs: [0, 1, 2, 3, 4].map((i) => i * MINUTE), flags }), scale);
    expect(chart.open).toEqual([
      { fromX: 0, toX: 2 * MINUTE },
      { fromX: 3 * MINUTE, toX: 4 * MINUTE },
    ]);
  });
});

describe('the y axis', () => {
  test('begins at zero when the values come near it', () => {
    expect(yExtent(series({ timesMs: [0, 1], values: [1, 10] })).min).toBe(0);
  });

  test('stays around the values of a steady series', () => {
    const extent = yExtent(series({ timesMs: [0, 1], values: [99, 100] }));
    expect(extent.min).toBeGreaterThan(90);
    expect(extent.max).toBeGreaterThan(100);
  });

  test('is not squeezed by a wide band', () => {
    const extent = yExtent(series({ timesMs: [0, 1], values: [1, 2], upper: [1000, 1000] }));
    expect(extent.max).toBeLessThan(5);
  });

  test('is always a real interval', () => {
    const values = fc.array(fc.option(fc.double({ noNaN: true, min: -1e9, max: 1e9 })), { maxLength: 20 });
    fc.assert(
      fc.property(values, (column) => {
        const extent = yExtent(series({ timesMs: column.map((_, i) => i), values: column }));
        expect(extent.max).toBeGreaterThan(extent.min);
      }),
    );
  });
});

test('the nearest sample is the nearest', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 1 }), fc.integer(), (times, ms) => {
      const sorted = times.sort((a, b) => a - b);
      const found = sorted[nearestRow(sorted, ms)] ?? Number.NaN;
      const best = Math.min(...sorted.map((time) => Math.abs(time - ms)));
      expect(Math.abs(found - ms)).toBe(best);
    }),
  );
  expect(nearestRow([], 5)).toBe(-1);
});

test('the CSV has a line a sample, in UTC, empty where missing', () => {
  const csv = toCsv(series({ timesMs: [0, MINUTE], values: [1.5, null], flags: [0, FLAG.findingOpen] }));
  expect(csv.split('\n')).toEqual([
    'time,value,expected,lower,upper,score,finding_open',
    '1970-01-01T00:00:00.000Z,1.5,,,,,0',
    '1970-01-01T00:01:00.000Z,,,,,,1',
    '',
  ]);
});
