import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUnexplained, judgeFaults, minutesIn, quietStretches, REACTION_MS, redMinutes } from './answer-key.ts';
import type { Entity } from './entity.ts';
import type { Evidence, Finding } from './finding.ts';

const T = Date.parse('2022-08-22T04:00:00Z');
const MINUTE = 60_000;
const FAULT = { timeMs: T, pod: 'cart-1', service: 'cart', type: 'cpu' };
const EVIDENCE: Evidence = {
  series: 's',
  metricName: 'm',
  timeMs: T,
  value: 1,
  expected: 0,
  lower: 0,
  upper: 0,
  score: 9,
  threshold: 6,
  algorithm: 'auto',
  baseline: { count: 1, fromMs: 0, toMs: 0 },
  points: 3,
  guards: [],
};

function finding(kind: Entity['kind'], name: string, seenMs: number, closedSeenMs?: number): Finding {
  return {
    id: `${kind}-${name}-${seenMs}`,
    detector: 'd',
    entity: { kind, namespace: 'shop', name },
    family: 'm',
    metric: 'm',
    direction: 'above',
    startMs: seenMs,
    confirmedMs: seenMs,
    seenMs,
    ...(closedSeenMs === undefined ? {} : { endMs: closedSeenMs, closedMs: closedSeenMs, closedSeenMs }),
    opening: EVIDENCE,
    peak: EVIDENCE,
    members: [],
  };
}

const serviceOf = (entity: Entity) => (entity.kind === 'pod' ? (entity.name.split('-')[0] ?? '') : entity.name);
const judge = (findings: readonly Finding[], nowMs = T + 60 * MINUTE) =>
  judgeFaults([FAULT], findings, nowMs, serviceOf)[0];

describe('a fault', () => {
  it('is coloured by the first new finding on its own pod or service', () => {
    const judged = judge([finding('service', 'cart', T + 3 * MINUTE), finding('pod', 'cart-1', T + 2 * MINUTE)]);
    expect(judged).toMatchObject({ outcome: 'coloured', delayMs: 2 * MINUTE, finding: { entity: { name: 'cart-1' } } });
    expect(judged?.neighbours).toEqual([]);
  });

  it.each([
    ['confirmed at the moment of injection', T, 'missed'],
    ['confirmed one millisecond later', T + 1, 'coloured'],
    ['confirmed when the five minutes end', T + REACTION_MS, 'coloured'],
    ['confirmed after them', T + REACTION_MS + 1, 'missed'],
    ['open since before', T - MINUTE, 'missed'],
  ])('with a finding %s', (_, seenMs, outcome) => {
    expect(judge([finding('pod', 'cart-1', seenMs)])?.outcome).toBe(outcome);
  });

  it('is not coloured by a neighbour, which is named', () => {
    const others = [
      finding('service', 'web', T + MINUTE),
      finding('pod', 'ads-1', T + MINUTE),
      finding('pod', 'ads-2', T + MINUTE),
    ];
    expect(judge(others)).toMatchObject({ outcome: 'neighbour-only', neighbours: ['ads', 'web'] });
  });

  it('is not coloured by another pod of its service', () => {
    expect(judge([finding('pod', 'cart-2', T + MINUTE)])).toMatchObject({
      outcome: 'neighbour-only',
      neighbours: ['cart-2'],
    });
  });

  it('is not coloured by a service that has the name of its pod', () => {
    expect(judge([finding('service', 'cart-1', T + MINUTE)])?.outcome).toBe('neighbour-only');
  });

  it('is pending until its five minutes are over, unless it is coloured already', () => {
    expect(judge([], T + REACTION_MS - 1)?.outcome).toBe('pending');
    expect(judge([], T + REACTION_MS)?.outcome).toBe('missed');
    const own = finding('pod', 'cart-1', T + 2 * MINUTE);
    expect(judge([own], T + 2 * MINUTE - 1)?.outcome).toBe('pending');
    expect(judge([own], T + 2 * MINUTE)?.outcome).toBe('coloured');
  });
});

describe('quiet time', () => {
  it('of the recording of 08:24 to 24:00 is 876 minutes', () => {
    const quiet = quietStretches([
      { fromMs: Date.parse('2022-08-21T08:24:00Z'), toMs: Date.parse('2022-08-22T00:00:00Z'), warmUp: true },
      { fromMs: T, toMs: T + 60 * MINUTE, warmUp: false },
    ]);
    expect(quiet.map(minutesIn)).toEqual([876]);
  });

  it('that is shorter than an hour is none', () => {
    expect(quietStretches([{ fromMs: T, toMs: T + 30 * MINUTE, warmUp: true }])).toEqual([]);
  });

  it.each([
    ['no finding', [], 0],
    ['a second of one', [finding('pod', 'a', T + 1000, T + 2000)], 1],
    ['a second across the minute', [finding('pod', 'a', T + MINUTE - 500, T + MINUTE + 500)], 2],
    ['one that closes on the minute', [finding('pod', 'a', T, T + MINUTE)], 1],
    ['two at once', [finding('pod', 'a', T, T + 2 * MINUTE), finding('pod', 'b', T + MINUTE, T + 3 * MINUTE)], 3],
    ['one that stays open', [finding('pod', 'a', T + 8 * MINUTE)], 2],
    ['one from before to after', [finding('pod', 'a', T - MINUTE, T + 99 * MINUTE)], 10],
    ['one before', [finding('pod', 'a', T - 2 * MINUTE, T)], 0],
    ['one after', [finding('pod', 'a', T + 10 * MINUTE)], 0],
  ])('with %s has the red minutes that follow', (_, findings, expected) => {
    expect(redMinutes(findings, { fromMs: T, toMs: T + 10 * MINUTE })).toBe(expected);
  });

  it('never has more red minutes than minutes, and more findings never make fewer', () => {
    const time = fc.integer({ min: -20 * MINUTE, max: 60 * MINUTE });
    const findings = fc.array(
      fc
        .tuple(time, fc.integer({ min: 0, max: 30 * MINUTE }))
        .map(([from, length]) => finding('pod', 'a', T + from, T + from + length)),
    );
    fc.assert(
      fc.property(findings, time, time, (all, from, to) => {
        const stretch = { fromMs: T + from, toMs: T + to };
        const red = redMinutes(all, stretch);
        expect(red).toBeLessThanOrEqual(minutesIn(stretch));
        expect(redMinutes(all.slice(1), stretch)).toBeLessThanOrEqual(red);
      }),
    );
  });
});

describe('countUnexplained', () => {
  const segments = [
    { fromMs: T - 100 * MINUTE, toMs: T - 50 * MINUTE, warmUp: true },
    { fromMs: T - 10 * MINUTE, toMs: T + 60 * MINUTE, warmUp: false },
  ];

  it('counts what was confirmed outside the five minutes of every fault, and leaves the warm-up alone', () => {
    const findings = [-70, -1, 1, 5, 6, 30].map((minute) => ({ seenMs: T + minute * MINUTE }));
    expect(countUnexplained([FAULT], findings, segments)).toEqual({ findings: 3, of: 5 });
    expect(countUnexplained([], findings, segments)).toEqual({ findings: 5, of: 5 });
  });
});
