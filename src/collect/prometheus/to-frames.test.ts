import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesKey } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import type { FetchedSeries } from './contract.ts';
import { createFrameMaker } from './to-frames.ts';

const series = (pod: string, samples: readonly (readonly [number, number])[]): FetchedSeries => ({
  labels: { __name__: 'up', pod },
  timesMs: Float64Array.from(samples, ([timeMs]) => timeMs),
  values: Float64Array.from(samples, ([, value]) => value),
});

/** `pod@time=value`, in the order of the signals. */
function samplesOf(signals: readonly Signal[], names = new Map<number, string>()): string[] {
  return signals.flatMap((signal) => {
    if (signal.kind === 'series') for (const { id, labels } of signal.series) names.set(id, labels.pod ?? '');
    if (signal.kind !== 'frame') return [];
    return Array.from(signal.ids, (id, index) => `${names.get(id)}@${signal.timeMs}=${signal.values[index]}`);
  });
}

describe('frames', () => {
  it('are one a time, after the series were told, with what could have been known', () => {
    const maker = createFrameMaker({ stepMs: 10 });
    const signals = maker.take(
      [
        series('a', [
          [10, 1],
          [20, 2],
        ]),
        series('b', [
          [20, 3],
          [30, Number.NaN],
        ]),
      ],
      (timeMs) => timeMs + 0.5,
    );
    expect(signals).toEqual([
      {
        kind: 'series',
        seenMs: 11,
        series: [
          { id: 0, labels: { __name__: 'up', pod: 'a' }, stepMs: 10 },
          { id: 1, labels: { __name__: 'up', pod: 'b' }, stepMs: 10 },
        ],
      },
      { kind: 'frame', timeMs: 10, seenMs: 11, ids: Uint32Array.of(0), values: Float64Array.of(1) },
      { kind: 'frame', timeMs: 20, seenMs: 21, ids: Uint32Array.of(0, 1), values: Float64Array.of(2, 3) },
      { kind: 'frame', timeMs: 30, seenMs: 31, ids: Uint32Array.of(1), values: Float64Array.of(Number.NaN) },
    ]);
  });

  it('hold a sample once, however often it is fetched, and each series by its own time', () => {
    const maker = createFrameMaker({ stepMs: 10 });
    const names = new Map<number, string>();
    samplesOf(
      maker.take(
        [
          series('a', [
            [10, 1],
            [20, 2],
          ]),
          series('b', [[10, 1]]),
        ],
        50,
      ),
      names,
    );
    const again = [
      series('a', [
        [10, 1],
        [20, 2],
        [30, 3],
      ]),
      series('b', [
        [10, 1],
        [20, 2],
      ]),
    ];
    expect(samplesOf(maker.take(again, 60), names)).toEqual(['b@20=2', 'a@30=3']);
    expect(maker.take(again, 70)).toEqual([]);
  });

  it('believe the first of two series with the same labels, and take from the second what that lacks', () => {
    const maker = createFrameMaker({ stepMs: 10 });
    const twice = [
      series('a', [
        [10, 1],
        [30, 3],
      ]),
      series('b', [[10, 4]]),
      series('a', [
        [10, 9],
        [20, 2],
      ]),
    ];
    expect(samplesOf(maker.take(twice, 0))).toEqual(['a@10=1', 'b@10=4', 'a@20=2', 'a@30=3']);
  });

  it('leave out what a tape would refuse', () => {
    const labels = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    expect(createFrameMaker({ stepMs: 1 }).take([{ ...series('a', [[1, 1]]), labels }], 1)).toEqual([]);
  });

  it('forget series that are gone, whose ids nobody gets again', () => {
    const maker = createFrameMaker({ stepMs: 10 });
    maker.take([series('a', [[10, 1]]), series('b', [[50, 1]])], 0);
    expect(maker.forgetBefore(50)).toEqual([0]);
    expect(maker.size).toBe(1);
    const [told] = maker.take([series('a', [[60, 1]])], 0);
    expect(told).toMatchObject({ series: [{ id: 2 }] });
  });

  it('hold every sample exactly once, times ascending', () => {
    const times = fc
      .uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 20 })
      .map((all) => all.sort((a, b) => a - b));
    const rounds = fc.array(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), times), { maxLength: 4 }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(rounds, (all) => {
        const maker = createFrameMaker({ stepMs: 1 });
        const names = new Map<number, string>();
        const last = new Map<string, number>();
        for (const round of all) {
          const fetched = round.map(([pod, ms]) =>
            series(
              pod,
              ms.map((timeMs) => [timeMs, timeMs] as const),
            ),
          );
          const expected = new Set<string>();
          for (const { labels, timesMs } of fetched) {
            const before = last.get(seriesKey(labels)) ?? -1;
            for (const timeMs of timesMs) if (timeMs > before) expected.add(`${labels.pod}@${timeMs}=${timeMs}`);
          }
          for (const { labels, timesMs } of fetched) {
            const key = seriesKey(labels);
            last.set(key, Math.max(last.get(key) ?? -1, timesMs.at(-1) ?? -1));
          }
          const signals = maker.take(fetched, 0);
          const found = samplesOf(signals, names);
          expect(found).toHaveLength(expected.size);
          expect(new Set(found)).toEqual(expected);
          const frames = signals.flatMap((signal) => (signal.kind === 'frame' ? [signal.timeMs] : []));
          expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
        }
      }),
    );
  });
});
