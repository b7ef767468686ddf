import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import { FLAG } from '#model/score.ts';
import { isOfFault, noFaultScores, noteFaultScore, whyMissed } from './caught-fault.ts';

const MINUTE = 60_000;
const SPAN = { fromMs: 10 * MINUTE, toMs: 20 * MINUTE, stepMs: MINUTE };
const finding = (startMinute: number, seenMinute: number) =>
  ({ startMs: startMinute * MINUTE, seenMs: seenMinute * MINUTE }) as Finding;

test.each([
  ['that opens at its first point', finding(10, 10), true],
  ['that had begun before', finding(9, 11), false],
  ['that is confirmed minutes after its last point', finding(18, 26), true],
  ['that comes later', finding(18, 27), false],
])('a finding %s', (_name, found, isCaught) => {
  expect(isOfFault(found, SPAN)).toBe(isCaught);
});

test('of rare points a finding may be confirmed three of them later', () => {
  const rare = { ...SPAN, stepMs: 10 * MINUTE };
  expect(isOfFault(finding(20, 60), rare)).toBe(true);
  expect(isOfFault(finding(20, 61), rare)).toBe(false);
});

const { beyondThreshold, failedDirection, failedPersistence } = FLAG;

test.each([
  ['no-score', [[Number.NaN, FLAG.missing]], Number.NaN],
  ['below-threshold', [[-2, 0]], 2],
  ['direction', [[-5, beyondThreshold | failedDirection]], 5],
  [
    'persistence',
    [
      [7, beyondThreshold | failedPersistence],
      [-4, beyondThreshold | failedPersistence],
      [5, beyondThreshold | failedDirection],
    ],
    7,
  ],
] as const)('it was missed for %s', (why, points, peak) => {
  const scores = noFaultScores();
  for (const [score, flags] of points) noteFaultScore(scores, score, flags);
  expect(scores.peak).toBe(peak);
  expect(whyMissed(scores)).toBe(why);
});
