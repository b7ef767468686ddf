import { describe, expect, test } from 'vitest';
import type { Timeline } from '#api/rest/contract.ts';
import { feltPath, findingColumns, movedBy, openAt } from './strip.ts';
import { createTimeScale } from './time-scale.ts';

const MINUTE = 60_000;
const scale = createTimeScale([{ fromMs: 0, toMs: 100 * MINUTE }], 0);

function finding(
  startMs: number,
  endMs: number | null,
  severity: 'red' | 'amber' = 'red',
): Timeline['findings'][number] {
  const entity = { kind: 'pod' as const, namespace: 'n', name: 'p' };
  return { id: `${startMs}`, startMs, endMs, severity, entity, service: 's', metric: 'm' };
}

describe('the marks of findings', () => {
  test('count what was open in each column and take the worst colour', () => {
    const findings = [finding(0, 10 * MINUTE, 'amber'), finding(5 * MINUTE, 15 * MINUTE)];
    expect(findingColumns(findings, 0, scale, 100, 10)).toEqual([
      { left: 0, width: 10, count: 2, severity: 'red' },
      { left: 10, width: 10, count: 2, severity: 'red' },
    ]);
  });

  test('reach to now while a finding is open, and never beyond the strip', () => {
    expect(findingColumns([finding(80 * MINUTE, null)], 95 * MINUTE, scale, 100, 10).map((c) => c.left)).toEqual([
      80, 90,
    ]);
    expect(findingColumns([finding(-5, 500 * MINUTE)], 0, scale, 100, 10)).toHaveLength(10);
  });
});

describe('the felt line', () => {
  test('is broken where a value is missing', () => {
    const path = feltPath({ series: 's', timesMs: [0, MINUTE, 2 * MINUTE], values: [4, null, 1] }, scale, 100, 10);
    expect(path).toBe('M0.0 5.0M2.0 7.5');
  });

  test('is broken at a gap of the recording', () => {
    const two = createTimeScale(
      [
        { fromMs: 0, toMs: 10 },
        { fromMs: 50, toMs: 60 },
      ],
      5,
    );
    expect(
      feltPath({ series: 's', timesMs: [0, 10, 50, 60], values: [1, 1, 1, 1] }, two, 25, 10).match(/M/g),
    ).toHaveLength(2);
  });

  test('of a quiet day runs at half the height, and what is far above it reaches the top', () => {
    const quiet = { series: 's', timesMs: [0, MINUTE, 2 * MINUTE], values: [1, 1, 1] };
    expect(feltPath(quiet, scale, 100, 10)).toBe('M0.0 5.0L1.0 5.0L2.0 5.0');
    expect(feltPath({ ...quiet, values: [1, 1, 100] }, scale, 100, 10)).toBe('M0.0 9.0L1.0 9.0L2.0 0.0');
  });

  test('of zeros is no line', () => {
    expect(feltPath({ series: 's', timesMs: [0, 1], values: [0, 0] }, scale, 10, 10)).toBe('');
  });
});

test('findings open at a moment are counted', () => {
  expect(openAt([finding(0, 10), finding(5, null), finding(11, 12)], 8)).toBe(2);
});

test.each([
  ['ArrowRight', false, 55],
  ['ArrowLeft', true, 49],
  ['PageUp', false, 100],
  ['Home', false, 0],
  ['End', false, 100],
])('the key %s moves the playhead and stays on the tape', (key, shift, minute) => {
  expect(movedBy(key, shift, 50 * MINUTE, scale, [0, 100 * MINUTE])).toBe(minute * MINUTE);
});

test('other keys do not move it', () => {
  expect(movedBy('a', false, 0, scale, [0, 1])).toBeUndefined();
});
