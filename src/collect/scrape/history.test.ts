import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExposedSample } from './exposition.ts';
import { createHistory } from './history.ts';

const POD = { namespace: 'shop', pod: 'cart-1' };
const OTHER = { namespace: 'shop', pod: 'cart-2' };
const RANGE = { startMs: 0, endMs: 1000, stepMs: 10 };

const sample = (name: string, value: number, labels: Record<string, string> = {}): ExposedSample => ({
  labels: { __name__: name, ...labels },
  value,
  isCounter: false,
});
const open = (maxSeries = 100) => createHistory({ windowMs: 1000, intervalMs: 10, maxSeries });
const read = (history: ReturnType<typeof open>, pod = POD, name = 'm', range = RANGE) =>
  history.read(pod, name, range).map(({ labels, values }) => [labels, [...values]] as const);

describe('what was scraped', () => {
  it('is read back by pod and metric, series by series', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    const scrape = fc.dictionary(fc.string(), value);
    fc.assert(
      fc.property(fc.array(scrape, { minLength: 1, maxLength: 20 }), (scrapes) => {
        const history = open(10_000);
        scrapes.forEach((exposed, index) => {
          const samples = Object.entries(exposed).map(([code, value]) => sample('m', value, { code }));
          history.take(POD, samples, index * 10);
        });
        const found = history.read(POD, 'm', { startMs: 0, endMs: (scrapes.length - 1) * 10, stepMs: 10 });
        const byCode = new Map(found.map((series) => [series.labels.code ?? '', series]));
        const codes = new Set(scrapes.flatMap((exposed) => Object.keys(exposed)));
        expect(new Set(byCode.keys())).toEqual(codes);
        for (const code of codes) {
          // Present in a scrape, or not there at its time: never the value of another one.
          const expected = scrapes.flatMap((exposed, index) =>
            Object.hasOwn(exposed, code) ? [[index * 10, exposed[code]]] : [],
          );
          const { timesMs = [], values = [] } = byCode.get(code) ?? {};
          expect(Array.from(timesMs, (timeMs, index) => [timeMs, values[index]])).toEqual(expected);
        }
      }),
    );
  });

  it('belongs to the pod it came from, whatever the pod says of itself', () => {
    const history = open();
    history.take(POD, [sample('m', 1, { pod: 'cart-2', namespace: 'bank' })], 0);
    expect(read(history, OTHER)).toEqual([]);
    expect(read(history)[0]?.[0]).toEqual({
      ...{ __name__: 'm', namespace: 'shop', pod: 'cart-1' },
      ...{ exported_pod: 'cart-2', exported_namespace: 'bank' },
    });
    expect(read(history, POD, 'other')).toEqual([]);
  });

  it('ends with its pod, and goes on with one of the same name', () => {
    const history = open();
    history.take(POD, [sample('m', 1)], 0);
    history.take(OTHER, [sample('m', 5)], 0);
    history.end(POD, 10);
    history.end(POD, 20);
    history.take(POD, [sample('m', 2)], 40);
    const range = { startMs: 0, endMs: 40, stepMs: 10 };
    expect([...(history.read(POD, 'm', range)[0]?.timesMs ?? [])]).toEqual([0, 40]);
    expect([...(history.read(OTHER, 'm', range)[0]?.timesMs ?? [])]).toEqual([0, 10]);
  });
});

describe('memory', () => {
  it('holds so many series; more are counted, and those that are there go on', () => {
    const history = open(2);
    const three = [sample('m', 1, { a: '1' }), sample('m', 1, { a: '2' }), sample('m', 1, { a: '3' })];
    expect(history.take(POD, three, 0)).toEqual({ kept: 2, dropped: 1 });
    expect(history.take(POD, three, 10)).toEqual({ kept: 2, dropped: 1 });
    expect(history.series).toBe(2);
  });

  it('is given by what has ended to what is there', () => {
    const history = open(1);
    history.take(POD, [sample('m', 1)], 0);
    history.end(POD, 10);
    expect(history.take(OTHER, [sample('m', 1)], 20)).toEqual({ kept: 1, dropped: 0 });
    expect(history.series).toBe(1);
    expect(read(history)).toEqual([]);
  });

  it('is freed of what ended before the window', () => {
    const history = open();
    history.take(POD, [sample('m', 1)], 0);
    history.end(POD, 10);
    history.take(OTHER, [sample('m', 1)], 500);
    history.forgetBefore(11);
    expect(history.series).toBe(1);
    expect(read(history, OTHER, 'm', { ...RANGE, startMs: 500, endMs: 500 })).toHaveLength(1);
  });

  it.each([
    ['a label that is long', { long: 'x'.repeat(2000) }],
    ['many labels', Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}`, '']))],
  ])('is not given to a series with %s', (_, labels) => {
    expect(open().take(POD, [sample('m', 1, labels), sample('m', 2)], 0)).toEqual({ kept: 1, dropped: 1 });
  });
});
