import { expect, test } from 'vitest';
import type { Recorded } from '../contract.ts';
import { durationText, lastBefore, numberText, pointsBefore, pointsUpTo } from './text.ts';

const recorded = (stepMs: number): Recorded => ({ stepMs, of: (name) => name });

test.each([
  [7_200_000, '2h'],
  [5_400_000, '90m'],
  [15_000, '15s'],
  [7_500, '7500ms'],
  [3_585_000, '3585s'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('a negative number is one thing, whatever stands before it', () => {
  expect([numberText(3.5), numberText(-1)]).toEqual(['3.5', '(-1)']);
});

/** Points at multiples of the step that a range holds, as far back from now as they are. */
function pointsOf(text: string, stepMs: number, isOlderEndIn: boolean): number[] {
  const [, range = '', offset = '0s'] = /\[(\w+)\](?: offset (\w+))?/.exec(text) ?? [];
  const ms = (one: string) =>
    Number.parseFloat(one) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[one.replace(/[\d.]+/, '') as 's'];
  const back = Array.from({ length: 50 }, (_, index) => index);
  return back.filter((index) => {
    const beforeEnd = index * stepMs - ms(offset);
    return beforeEnd >= 0 && (isOlderEndIn ? beforeEnd <= ms(range) : beforeEnd < ms(range));
  });
}

test.each([30_000, 5_000, 60_000, 7_001])(
  'ranges hold the same points in Prometheus 2 and 3, every %d ms',
  (stepMs) => {
    for (const isOlderEndIn of [true, false]) {
      const points = (text: string) => pointsOf(text, stepMs, isOlderEndIn);
      expect(points(pointsBefore(recorded(stepMs), 4))).toEqual([1, 2, 3, 4]);
      expect(points(pointsUpTo(recorded(stepMs), 4))).toEqual([0, 1, 2, 3]);
      expect(points(lastBefore(recorded(stepMs), 'state', 3 * stepMs))).toEqual([1, 2, 3]);
    }
  },
);
