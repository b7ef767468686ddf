import { describe, expect, test } from 'vitest';
import type { Guards, Plan } from '#model/plan.ts';
import { FLAG } from '#model/score.ts';
import type { Labels } from '#model/series.ts';
import { ALGORITHMS } from '../index.ts';
import { createEngine } from './engine.ts';
import {
  blockOf,
  gather,
  MINUTE_MS,
  merge,
  minuteOf,
  minutesOf,
  planOf,
  type Sample,
  START_MS,
  seriesOf,
} from './test-stream.ts';

const NAN = Number.NaN;

function engineWith(plans: readonly Plan[], series: readonly Labels[]) {
  const engine = createEngine(plans, ALGORITHMS);
  engine.addSeries(series.map((labels, id) => seriesOf(id, labels)));
  return engine;
}

function found(samples: readonly Sample[], series: readonly Labels[] = [{}], plans: readonly Plan[] = [planOf()]) {
  return [...gather(engineWith(plans, series), [blockOf(samples)]).findings.values()];
}

test('a finding says whether its detector wants somebody to be told', () => {
  const alert = { afterMs: 300_000, severity: 'critical', labels: { team: 'shop' } } as const;
  const values = minutesOf(0, [1, 20, 20, 20]);
  expect(found(values, [{}], [{ ...planOf(), alert }])[0]?.alert).toEqual(alert);
  expect(found(values)[0]).not.toHaveProperty('alert');
});

test('where points lie far apart it is told of after so many of them', () => {
  const alertAfter = (afterPoints: number) => {
    const alert = { afterMs: 300_000, afterPoints, severity: 'warning', labels: {} } as const;
    return found(minutesOf(0, [1, 20, 20, 20]), [{}], [{ ...planOf(), alert }])[0]?.alert;
  };
  expect(alertAfter(5)).toEqual({ afterMs: 300_000, severity: 'warning', labels: {} });
  expect(alertAfter(8)).toEqual({ afterMs: 480_000, severity: 'warning', labels: {} });
});

/** Minutes at which findings began, were confirmed, had their last anomalous point, and closed. */
function spans(values: readonly (number | undefined)[], guards: Partial<Guards> = {}) {
  return found(minutesOf(0, values), [{}], [planOf({ guards })]).map(({ startMs, confirmedMs, endMs, closedMs }) =>
    [startMs, confirmedMs, endMs, closedMs].map(minuteOf),
  );
}

describe('an episode of one series', () => {
  test.each([
    [
      'opens at the third point in a row and closes at the second normal one',
      [1, 20, 20, 20, 20, 1, 1, 1],
      {},
      [[1, 3, 4, 6]],
    ],
    ['does not open for two', [1, 20, 20, 1, 20, 20, 1], {}, []],
    ['is still open at the end of the stream', [1, 20, 20, 20], {}, [[1, 3, undefined, undefined]]],
    ['lives through one normal point', [20, 20, 20, 1, 20, 1, 1], {}, [[0, 2, 4, 6]]],
    [
      'opens again after it has closed, with three new points',
      [20, 20, 20, 1, 1, 20, 20, 20],
      {},
      [
        [0, 2, 2, 4],
        [5, 7, undefined, undefined],
      ],
    ],
    [
      'opens at 2 of 4, at an anomalous point',
      [20, 1, 1, 20, 1, 1],
      { persistence: { points: 2, of: 4, clear: 2 } },
      [[0, 3, 3, 5]],
    ],
    [
      'has forgotten the points of the one before',
      [20, 20, 1, 20, 1],
      { persistence: { points: 2, of: 4, clear: 1 } },
      [[0, 1, 1, 2]],
    ],
    ['passes over missing points', [20, NAN, 20, NAN, 20, 1, NAN, 1], {}, [[0, 4, 4, 7]]],
    [
      'counts missing points as normal when told so',
      [20, NAN, 20, 20, 20, NAN, NAN, 1],
      { missing: 'end' },
      [[2, 4, 4, 6]],
    ],
    ['passes over values out of range', [20, 99, 20, 99, 20, 1, 1], { range: { max: 50 } }, [[0, 4, 4, 6]]],
    [
      'with one point of one opens and closes at once',
      [1, 20, 1],
      { persistence: { points: 1, of: 1, clear: 1 } },
      [[1, 1, 1, 2]],
    ],
  ] as const)('%s', (_, values, guards, expected) => {
    expect(spans(values, guards)).toEqual(expected);
  });

  test('needs its points in one direction', () => {
    const plan = planOf({ parameters: { above: 10, below: 0 } });
    expect(found(minutesOf(0, [20, -20, 20, -20, 20]), [{}], [plan])).toEqual([]);
    const [finding] = found(minutesOf(0, [5, -20, -20, -20]), [{}], [plan]);
    expect(finding?.direction).toBe('below');
  });
});

describe('silence', () => {
  test('a night without data closes what was open, as of five minutes into it', () => {
    const [first, ...more] = spans([20, 20, 20, ...new Array(600).fill(undefined), 20, 1]);
    expect(first).toEqual([0, 2, 2, 7]);
    expect(more).toEqual([]);
  });

  test('points before a silence do not count towards persistence after it', () => {
    expect(spans([20, 20, ...new Array(10).fill(undefined), 20, 1])).toEqual([]);
  });

  test('a series that only says that it has no value is silent too', () => {
    expect(spans([20, 20, 20, ...new Array(10).fill(NAN)])).toEqual([[0, 2, 2, 7]]);
  });

  test('a pause as long as three points of a slow series is none', () => {
    const slow = [20, 20, 20, undefined, undefined, 20, 1, 1].flatMap((value, index) =>
      value === undefined ? [] : [{ id: 0, timeMs: START_MS + index * 5 * MINUTE_MS, value }],
    );
    const engine = createEngine([planOf()], ALGORITHMS);
    engine.addSeries([seriesOf(0, {}, 5 * MINUTE_MS)]);
    const [finding] = gather(engine, [blockOf(slow)]).findings.values();
    expect(finding?.members[0]?.points).toBe(4);
    expect(minuteOf(finding?.closedMs)).toBe(35);
  });

  test('telling the engine how far the stream has come closes the same, at the same time', () => {
    const values = [20, 20, 20];
    const engine = engineWith([planOf()], [{}]);
    engine.step(blockOf(minutesOf(0, values)));
    const deadline = START_MS + 7 * MINUTE_MS + 1000;
    expect(engine.advance(deadline)).toEqual([]);
    const [told] = engine.advance(deadline + 1);
    expect(engine.advance(deadline + 9e9)).toEqual([]);
    const [seen] = found(minutesOf(0, [...values, ...new Array(60).fill(undefined), 1]));
    expect(told).toEqual(seen);
    expect([minuteOf(told?.closedMs), told?.closedSeenMs]).toEqual([7, deadline]);
  });
});

describe('near copies', () => {
  const p90 = { __name__: 'latency_p90_seconds' };
  const p99 = { __name__: 'latency_p99_seconds' };
  const plans = [
    planOf({ detector: 'p90', metricName: 'latency_p90_seconds' }),
    planOf({ detector: 'p99', metricName: 'latency_p99_seconds' }),
  ];
  const stream = merge(minutesOf(0, [1, 1, 20, 20, 20, 1, 1, 1]), minutesOf(1, [1, 40, 40, 50, 1, 1, 1, 1]));

  test('make one finding, which opens with the first and closes with the last', () => {
    const [finding, ...more] = found(stream, [p90, p99], plans);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      detector: 'p99',
      metric: 'latency_seconds',
      direction: 'above',
      entity: { kind: 'pod', namespace: 'shop', name: 'cart-1' },
      members: [
        { metricName: 'latency_p99_seconds', peakScore: 15, points: 3 },
        { metricName: 'latency_p90_seconds', peakScore: 6, points: 3 },
      ],
      opening: { metricName: 'latency_p99_seconds', value: 50, points: 3 },
      peak: { metricName: 'latency_p99_seconds', score: 15 },
    });
    expect([finding?.startMs, finding?.confirmedMs, finding?.endMs, finding?.closedMs].map(minuteOf)).toEqual([
      1, 3, 4, 6,
    ]);
    expect(finding?.seenMs).toBe(START_MS + 3 * MINUTE_MS + 1000);
  });

  test('are told apart when they are watched with other settings', () => {
    const [first = planOf(), second = planOf()] = plans;
    expect(found(stream, [p90, p99], [first, { ...second, threshold: 4 }])).toHaveLength(2);
  });

  test('of another pod make another finding', () => {
    const both = merge(minutesOf(0, [20, 20, 20]), minutesOf(1, [20, 20, 20]));
    const ids = found(both, [{ pod: 'a' }, { pod: 'b' }]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test('that relapse while the other is not well are the same episode', () => {
    const [finding, ...more] = found(
      merge(minutesOf(0, [...new Array(12).fill(20), 1, 1]), minutesOf(1, [20, 20, 20, 1, 1, 1, 20, 20, 20, 1, 1, 1])),
      [p90, p99],
      plans,
    );
    expect(more).toEqual([]);
    expect(finding?.members.map(({ points }) => points)).toEqual([12, 6]);
  });

  test('of a call, seen from both its ends, count to the callee', () => {
    const call = { source: 'web', destination: 'cart', reporter: 'source' };
    const { pod: _, ...labels } = seriesOf(0).labels;
    const engine = createEngine([planOf()], ALGORITHMS);
    engine.addSeries([
      { id: 0, labels: { ...labels, ...call }, stepMs: MINUTE_MS },
      { id: 1, labels: { ...labels, ...call, reporter: 'destination' }, stepMs: MINUTE_MS },
    ]);
    const values = [20, 20, 20];
    const findings = [
      ...gather(engine, [blockOf(merge(minutesOf(0, values), minutesOf(1, values)))]).findings.values(),
    ];
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      entity: { kind: 'service', name: 'cart' },
      call: { source: 'web', destination: 'cart' },
    });
    expect(findings[0]?.members).toHaveLength(2);
  });
});

describe('evidence', () => {
  test('the peak may lie before the point that confirmed it', () => {
    const [finding] = found(minutesOf(0, [90, 20, 20, 30, 1, 1]));
    expect([finding?.peak.value, finding?.opening.value]).toEqual([90, 20]);
    expect([minuteOf(finding?.peak.timeMs), minuteOf(finding?.opening.timeMs)]).toEqual([0, 2]);
  });

  test('shows the working: value, expected, band, baseline and guards', () => {
    const values = Array.from({ length: 130 }, (_, minute) => 100 + (minute % 5));
    const plan = planOf({
      algorithm: 'median-iqr',
      threshold: 6,
      guards: { direction: 'above', minRelativeDeviation: 1 },
    });
    const [finding] = found(minutesOf(0, [...values, 500, 600, 700]), [{}], [plan]);
    const { opening } = finding ?? {};
    expect(opening).toMatchObject({
      series: 'latency_seconds{namespace="shop",pod="cart-1"}',
      algorithm: 'median-iqr',
      value: 700,
      expected: 102,
      threshold: 6,
      points: 3,
      baseline: { count: 120, fromMs: START_MS + 12 * MINUTE_MS, toMs: START_MS + 131 * MINUTE_MS },
    });
    expect(opening?.guards).toEqual([
      { guard: 'direction', passed: true, limit: 'above', actual: 'above' },
      { guard: 'relative', passed: true, limit: 1, actual: 598 / 102 },
      { guard: 'persistence', passed: true, limit: '3/3', actual: '3/3' },
    ]);
    // The score follows from the band that is shown.
    const sigma = ((opening?.upper ?? NAN) - (opening?.expected ?? NAN)) / 3;
    expect(opening?.score).toBeCloseTo(Math.min(100, 598 / sigma), 9);
  });

  test('names what a chooser has chosen', () => {
    const values = Array.from({ length: 130 }, (_, minute) => Math.sin(minute));
    const [finding] = found(minutesOf(0, [...values, 9, 9, 9]), [{}], [planOf({ algorithm: 'auto' })]);
    expect(finding?.opening.algorithm).toBe('auto: recent level');
  });
});

describe('what is told, and when', () => {
  test('a finding is told when it opens, gets worse or wider, and closes; not at every point', () => {
    const engine = engineWith([planOf()], [{}]);
    const told = [20, 20, 20, 20, 20, 30, 1, 1, 1].map((value, minute) => {
      const { findings } = engine.step(blockOf(minutesOf(0, [value], minute)));
      return findings.map(({ members, closedMs }) => [members[0]?.points, closedMs !== undefined]);
    });
    expect(told).toEqual([[], [], [[3, false]], [], [], [[6, false]], [], [[6, true]], []]);
  });

  test('flags say which guard held a point back, and on which points a finding is open', () => {
    const engine = engineWith([planOf({ guards: { range: { max: 50 } } })], [{}]);
    const { scores } = engine.step(blockOf(minutesOf(0, [1, 20, 99, 20, 20, 1, 20, 1, 1, NAN])));
    const { beyondThreshold: beyond, failedPersistence: short, failedRange, findingOpen: open, missing } = FLAG;
    expect([...scores.flags]).toEqual([
      0,
      beyond | short,
      beyond | failedRange,
      beyond | short,
      beyond | open,
      open,
      beyond | open,
      open,
      0,
      missing,
    ]);
  });
});
