// The ring beneath methods that only score whole windows: what a history leaves in it, and that it costs nothing to fill.
import { expect, test } from 'vitest';
import { emptyScore } from '#model/score.ts';
import type { Series } from '#model/series.ts';
import type { Scores } from './contract.ts';
import { windowed } from './windowed.ts';

const series = (values: readonly number[]): Series => ({
  stepMs: 60_000,
  timesMs: Float64Array.from(values, (_, index) => index * 60_000),
  values: Float64Array.from(values),
});

/** Scores each point by how far it is from the first of its window. */
function counting() {
  let calls = 0;
  const score = ({ values }: Series): Scores => {
    calls++;
    const scores = values.map((value) => value - (values[0] as number));
    return { scores, expected: values, lower: values, upper: values };
  };
  return { scorer: { score }, calls: () => calls };
}

test.each([
  [[], 4],
  [[1, 2, Number.NaN, 3], 4],
  [[1, 2, 3, 4, 5, 1e300, 6], 4],
])('a history (%j) leaves what stepping through it leaves, and no window is scored for it', (values, capacity) => {
  const { scorer, calls } = counting();
  const online = windowed(scorer, capacity, 60_000);
  const history = series(values);
  const begun = online.start(history);
  expect(calls()).toBe(0);
  const stepped = online.start(series([]));
  for (const [index, value] of history.values.entries())
    online.step(stepped, history.timesMs[index] as number, value, emptyScore());
  expect(begun).toEqual(stepped);
});
