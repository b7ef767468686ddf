// A series reply of any length, for charts under load: noise with a daily wave and its band.
import type { SeriesData } from '#api/rest/contract.ts';
import { createRng } from '#stats/rng.ts';

export function seriesOf(points: number): SeriesData {
  const random = createRng(1);
  const toMs = Date.UTC(2022, 7, 22, 8, 24);
  const stepMs = 1000;
  const rows = Array.from({ length: points }, (_, index) => index);
  const expected = rows.map((index) => 100 + 40 * Math.sin(index / 13_750));
  return {
    track: 'bench|bench',
    detector: 'bench',
    series: 'bench',
    metric: 'bench',
    threshold: 6,
    stepMs,
    timesMs: rows.map((index) => toMs - (points - index) * stepMs),
    values: expected.map((value) => value + 5 * random.normal()),
    expected,
    lower: expected.map((value) => value - 15),
    upper: expected.map((value) => value + 15),
    scores: rows.map(() => random.normal()),
    flags: rows.map(() => 0),
  };
}
