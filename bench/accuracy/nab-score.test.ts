// NAB's score against what NAB published: 29 series of its windowed Gaussian, one by one (test/reference/detect/nab_golden.py),
// and how raw scores of all 58 series become the ones of its table.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NAB_PROFILES, type NabSeries, nabRawAt, nabScore, normalised } from './nab-score.ts';
import { labelsOf } from './runs.ts';

interface Golden {
  readonly name: string;
  readonly rows: number;
  readonly windows: readonly [number, number][];
  readonly detected: readonly number[];
  readonly standard: number;
}

const GOLDEN: readonly Golden[] = JSON.parse(
  readFileSync(new URL('../../test/reference/detect/golden/nab.json', import.meta.url), 'utf8'),
).series;
const { standard, lowFalsePositives } = NAB_PROFILES;

function seriesOf({ rows, windows, detected }: Golden): NabSeries {
  const scores = new Float64Array(rows);
  for (const row of detected) scores[row] = 1;
  return { scores, windows: windows.map(([first, last]) => ({ first, last })) };
}

test.each(GOLDEN.map((one) => [one.name, one] as const))('as published: %s', (_, one) => {
  expect(nabRawAt([seriesOf(one)], 1, standard)).toBeCloseTo(one.standard, 9);
});

test('series are summed, and the best threshold is found', () => {
  const all = GOLDEN.map(seriesOf);
  const published = GOLDEN.reduce((sum, one) => sum + one.standard, 0);
  const windows = GOLDEN.reduce((sum, one) => sum + one.windows.length, 0);
  expect(nabRawAt(all, 1, standard)).toBeCloseTo(published, 8);
  const best = nabScore(all, standard);
  expect(best.threshold).toBe(1);
  expect(best.score).toBeCloseTo(normalised(published, windows, standard), 8);
  const lower = all.map(({ scores, windows }) => ({ windows, scores: scores.map((score) => score / 2) }));
  expect(nabScore(lower, standard)).toEqual({ ...best, threshold: 0.5 });
});

/** NAB's config/thresholds.json and final_results.json: 116 windows. */
test.each([
  ['KNN-CAD', standard, 18.54687659285237, 57.99434335898808],
  ['windowed Gaussian', standard, -24.0131054891, 39.6495234960775],
  ['never', lowFalsePositives, -116, 0],
] as const)(
  'the published raw score of %s is the published place between never and perfect',
  (_, profile, raw, score) => {
    expect(normalised(raw, 116, profile)).toBeCloseTo(score, 8);
  },
);

describe('a window', () => {
  const windows = [{ first: 400, last: 449 }];
  const scoredAt = (...rows: number[]): NabSeries => {
    const scores = new Float64Array(1000);
    for (const row of rows) scores[row] = 1;
    return { scores, windows };
  };

  test('a detection at its first row is perfect, and one in the probation is not heard', () => {
    expect(nabScore([scoredAt(400)], standard).score).toBe(100);
    expect(nabScore([scoredAt(100, 400)], standard).score).toBe(100);
    expect(nabScore([scoredAt(200, 400)], standard).score).toBeCloseTo(100 - 5.5, 9);
    expect(nabScore([scoredAt(200, 400)], lowFalsePositives).score).toBeCloseTo(100 - 11, 9);
  });

  test('later is worth less, twice is not worth more', () => {
    const late = nabScore([scoredAt(440)], standard).score;
    expect(late).toBeLessThan(99);
    expect(late).toBeGreaterThan(50);
    expect(nabScore([scoredAt(440, 445)], standard).score).toBe(late);
  });

  test('never firing scores 0, however bad the scores, also without any', () => {
    const wrong = { windows, scores: Float64Array.from(labelsOf(windows, 1000), (label) => 1 - label) };
    expect(nabScore([wrong], standard).score).toBe(0);
    expect(nabScore([{ windows, scores: new Float64Array(1000).fill(Number.NaN) }], standard).score).toBe(0);
  });
});
