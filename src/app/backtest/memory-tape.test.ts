import { expect, it } from 'vitest';
import { createFrameMaker } from '#collect/prometheus/to-frames.ts';
import { memoryTape } from './memory-tape.ts';

const MINUTE = 60_000;

function tapeOf(minutes: readonly number[], stepMs = MINUTE) {
  const series = {
    labels: { __name__: 'x' },
    timesMs: Float64Array.from(minutes, (minute) => minute * MINUTE),
    values: new Float64Array(minutes.length),
  };
  const signals = createFrameMaker({ stepMs }).take([series], (timeMs) => timeMs + stepMs);
  return memoryTape({ name: 'x', source: 'x', stepMs, signals });
}

it('spans what could be seen, and quiet time is not counted in a gap', () => {
  const { header, samples, series } = tapeOf([0, 1, 2, 60, 61]).info;
  expect([header.fromMs, header.toMs]).toEqual([MINUTE, 62 * MINUTE + 1]);
  expect(header.segments.map(({ fromMs, toMs }) => [fromMs / MINUTE, (toMs - 1) / MINUTE])).toEqual([
    [1, 3],
    [61, 62],
  ]);
  expect([samples, series.length]).toEqual([5, 1]);
});

it('a pause that is usual between two steps is no gap', () => {
  expect(tapeOf([0, 30, 60], 30 * MINUTE).info.header.segments).toHaveLength(1);
});

it('of nothing is empty', () => {
  expect(tapeOf([]).info).toMatchObject({ samples: 0, series: [], header: { segments: [] } });
});
