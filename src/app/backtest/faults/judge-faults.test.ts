// A fault is caught by a finding of its family that was not there without it; what was missed says what held it back.
import { expect, it } from 'vitest';
import type { Finding } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import { FLAG, HELD_BACK, type Track } from '#model/score.ts';
import { emptyBlock } from '#model/score-block.ts';
import type { Family } from './families.ts';
import { watchFaults } from './judge-faults.ts';
import type { InjectedFault } from './plan-round.ts';

const MINUTE = 60_000;
const PLAN = { detector: 'a' } as Plan;
const looker = (detector: string, settings: string) => ({ detector, plan: PLAN, settings });

const finding = (detector: string, minute: number, id = `${detector}-${minute}`) =>
  ({ id, detector, family: 'f', startMs: minute * MINUTE, seenMs: (minute + 1) * MINUTE }) as Finding;

const FAMILY: Family = {
  key: 'f',
  members: [
    {
      info: { id: 1, labels: { __name__: 'f' }, stepMs: MINUTE },
      ...{ key: 'f', timesMs: new Float64Array(0), values: new Float64Array(0) },
      still: { levels: new Float64Array(0), sigma: 1, halfSeason: 720 },
    },
  ],
  lookers: [looker('a', 'same'), looker('b', 'same'), looker('c', 'other')],
  scoredFromMs: 0,
  findings: [finding('a', 12, 'clean')],
};
const FAULT: InjectedFault = {
  ...{ family: 'f', series: 'f', kind: 'shift', size: 4, stepMs: MINUTE, detectors: ['a', 'b', 'c'] },
  ...{ fromMs: 10 * MINUTE, toMs: 20 * MINUTE },
};

const judge = (
  findings: readonly Finding[],
  rows: readonly { minute: number; score: number; flags: number }[] = [],
) => {
  const watch = watchFaults([FAULT], new Map([['f', FAMILY]]));
  const track: Track = { key: 'c|f', detector: 'c', series: 'f', labels: {}, stepMs: MINUTE, threshold: 3 };
  const block = emptyBlock(rows.length);
  for (const [row, { minute, score, flags }] of rows.entries()) {
    block.timesMs[row] = minute * MINUTE;
    block.scores[row] = score;
    block.flags[row] = flags;
  }
  watch.look({ tick: 1, seenMs: 0, tracks: [track], scores: block, findings: [], spans: [], edges: [] });
  return watch.judge(findings, 1)[0]?.verdicts ?? [];
};

it('is caught by all whose findings of it are one, and by nobody else', () => {
  const verdicts = judge([finding('a', 11)]);
  expect(verdicts.map(({ detector, caught, delayMs }) => [detector, caught, delayMs])).toEqual([
    ['a', true, 2 * MINUTE],
    ['b', true, 2 * MINUTE],
    ['c', false, undefined],
  ]);
});

it.each([
  ['a finding that was there without it', finding('a', 12, 'clean')],
  ['one that began before', finding('a', 9)],
  ['one long after', finding('a', 30)],
])('is not caught by %s', (_, found) => {
  expect(judge([found]).some(({ caught }) => caught)).toBe(false);
});

it.each([
  ['calendar', FLAG.failedCalendar],
  ['denominator', FLAG.failedDenominator],
  ['direction', FLAG.failedDirection],
  ['range', FLAG.failedRange],
  ['absolute', FLAG.failedAbsolute],
  ['relative', FLAG.failedRelative],
  ['persistence', FLAG.failedPersistence],
] as const)('that the guard of %s held back says so, whatever persistence says', (guard, bit) => {
  const flags = FLAG.beyondThreshold | bit | FLAG.failedPersistence;
  const verdict = judge([], [{ minute: 12, score: 5, flags }]).find(({ detector }) => detector === 'c');
  expect(verdict?.why).toBe(guard);
});

it('every bit that holds a point back has a reason', () => {
  for (let bit = 1; bit <= HELD_BACK; bit *= 2) {
    if ((HELD_BACK & bit) === 0) continue;
    const [verdict] = judge([], [{ minute: 12, score: 5, flags: FLAG.beyondThreshold | bit }]).slice(2);
    expect(verdict?.why, `bit ${bit}`).not.toBe('below-threshold');
  }
});

it('that was missed says what held it back most', () => {
  const { beyondThreshold, failedRelative, failedPersistence } = FLAG;
  const why = (...rows: { minute: number; score: number; flags: number }[]) => {
    const verdict = judge([], rows).find(({ detector }) => detector === 'c');
    return [verdict?.why, verdict?.peak];
  };
  expect(why()).toEqual(['no-score', Number.NaN]);
  expect(why({ minute: 12, score: -2, flags: 0 }, { minute: 30, score: 9, flags: 0 })).toEqual(['below-threshold', 2]);
  const relative = { score: 5, flags: beyondThreshold | failedRelative };
  const short = { score: 6, flags: beyondThreshold | failedPersistence };
  expect(why({ minute: 12, ...relative }, { minute: 13, ...relative }, { minute: 14, ...short })).toEqual([
    'relative',
    6,
  ]);
});
