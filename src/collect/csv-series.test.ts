import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesKey } from '#model/series.ts';
import { parseCsv } from './csv.ts';
import { csvHistory } from './csv-series.ts';

const read = (text: string, name = 'file') => csvHistory(parseCsv(text, 'x.csv'), name);
const T0 = Date.UTC(2024, 0, 1);

describe('a CSV as history', () => {
  it.each([
    ['ISO with a zone', '2024-01-01T01:00:00+01:00', '2024-01-01T00:01:00Z'],
    ['ISO without one, as UTC', '2024-01-01 00:00:00', '2024-01-01 00:01:00'],
    ['seconds', '1704067200', '1704067260'],
    ['milliseconds', '1704067200000', '1704067260000'],
  ])('takes times in %s', (_, first, second) => {
    const { series, stepMs } = read(`timestamp,value\n${first},1\n${second},2.5\n`, 'cpu');
    expect(series).toEqual([
      { labels: { __name__: 'cpu' }, timesMs: Float64Array.of(T0, T0 + 60_000), values: Float64Array.of(1, 2.5) },
    ]);
    expect(stepMs).toBe(60_000);
  });

  it('takes a series a column, with labels where the header has them', () => {
    const header = `time,cpu,"latency_seconds{pod=""a,1"",route=""/\\""x""}"`;
    const { series } = read(`${header}\n1704067200,1,2\n`);
    expect(series.map(({ labels }) => labels)).toEqual([
      { __name__: 'cpu' },
      { __name__: 'latency_seconds', pod: 'a,1', route: '/"x' },
    ]);
  });

  it('reads the header that seriesKey writes', () => {
    const label = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(label, label, (pod, route) => {
        const key = seriesKey({ __name__: 'x', pod, route });
        const quoted = `"${key.replaceAll('"', '""')}"`;
        expect(read(`time,${quoted},y\n1704067200,1,2\n`).series[0]?.labels).toEqual({ __name__: 'x', pod, route });
      }),
    );
  });

  it('never reads the truth, and says so', () => {
    const { series, truth } = read('timestamp,value,label,is_anomaly\n1,1,0,1\n2,2,1,0\n', 'cpu');
    expect(series.map(({ labels }) => labels)).toEqual([{ __name__: 'cpu' }]);
    expect(truth).toEqual(['label', 'is_anomaly']);
  });

  it('takes what is missing for missing', () => {
    const { series } = read('timestamp,value\n1,\n2,NaN\n3,+Inf\n4,null\n5,5\n');
    expect(series[0]?.values).toEqual(Float64Array.of(Number.NaN, Number.NaN, Number.NaN, Number.NaN, 5));
  });
});

describe('is refused', () => {
  it.each([
    ['a file without times', 'a,b\n1,2\n', /no column called timestamp, .* begins with a, b/],
    ['a file without values', 'timestamp,label\n1,2\n', /no column of values/],
    ['a file without rows', 'timestamp,value\n', /a header and no rows/],
    ['a word', 'timestamp,value\n1,2\n2,high\n', /x\.csv:3: value is "high", which is no number/],
    ['hexadecimal digits', 'timestamp,value\n1,0x10\n', /x\.csv:2: value is "0x10", which is no number/],
    ['more than a number can be', 'timestamp,value\n1,1e999\n', /which is no number/],
    ['a time that is none', 'timestamp,value\nsoon,2\n', /x\.csv:2: "soon" is not a time/],
    ['a day that is none', 'timestamp,value\n2024-02-31,2\n', /is not a time/],
    ['microseconds', 'timestamp,value\n1704067200000000,2\n', /is not a time/],
    ['a doubled time', 'timestamp,value\n1,2\n1,3\n', /x\.csv:3 has the time of the line before/],
    ['rows that are not in order', 'timestamp,value\n2,2\n1,3\n', /x\.csv:3 is earlier .* sort/],
    [
      'local times of a clock that was put back',
      'timestamp,value\n2025-10-26T02:59,1\n2025-10-26T02:00,2\n',
      /x\.csv:3 is earlier .*; where clocks were put back, give the times a zone/,
    ],
    [
      'an hour that comes twice',
      'timestamp,value\n2025-10-26T02:00,1\n2025-10-26T02:00,2\n',
      /x\.csv:3 has the time of the line before: .* give the times a zone/,
    ],
    ['a zone that does not help', 'timestamp,value\n2025-10-26T02:59Z,1\n2025-10-26T02:00Z,2\n', /by time\.$/],
    ['a file that was cut', 'timestamp,a,b\n1,2,3\n2,3\n', /x\.csv:3 has 2 fields.*cut short/],
    ['two columns of one name', 'timestamp,a,a\n1,2,3\n', /two columns called "a"/],
    [
      'a series twice',
      'time,"c{a=""1"",b=""2""}","c{b=""2"",a=""1""}"\n1,2,3\n',
      /two columns called "c\{a="1",b="2"\}"/,
    ],
    ['a label twice', 'time,"c{a=""1"",a=""2""}"\n1,2\n', /says a label twice/],
    ['a name twice', 'time,"c{__name__=""d""}"\n1,2\n', /says a label twice/],
    ['a column without a name', ',time,a\n0,1,2\n', /x\.csv: column 1 of its header has no name/],
    ['half a label', 'timestamp,a{b=},c\n1,2,3\n', /is not written as name\{label="value"/],
  ])('%s', (_, text, says) => expect(() => read(text)).toThrow(says));
});
