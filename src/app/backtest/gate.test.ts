import { expect, it } from 'vitest';
import type { FaultsReport } from './faults/faults-report.ts';
import { gateFailure, judgeGates } from './gate.ts';
import { junitReport } from './junit.ts';
import type { BacktestReport, BacktestRow } from './report.ts';

const row = (detector: string, findings: number): BacktestRow => ({
  ...{ detector, series: 1, findings, findingsPerDay: findings, findingsPerSeriesAndDay: findings, redRatio: 0 },
});
const caught = (injected: number, count: number) => ({
  ...{ injected, caught: count, caughtRatio: injected === 0 ? null : count / injected, medianDelayMinutes: null },
});

const injection: FaultsReport = {
  ...{ seed: 1, rounds: 1, kinds: [], skipped: [], faults: [], total: caught(10, 6) },
  detectors: [
    { detector: 'loud', ...caught(5, 5) },
    { detector: 'deaf', ...caught(5, 1) },
    { detector: 'flat', ...caught(0, 0) },
  ],
};

const report: BacktestReport = {
  ...{ source: 'a<b>&"c', from: '2024-01-01T00:00:00.000Z', to: '2024-01-02T00:00:00.000Z', recordedMinutes: 1440 },
  total: row('', 12),
  detectors: [row('loud', 11), row('deaf', 1), row('flat', 0)],
  ...{ denominators: [], unscored: [] },
  ...{ faults: [], coloured: 0, unexplained: { findings: 0, of: 0 }, medianDelayMinutes: null, injection },
};

const failed = (limits: Parameters<typeof judgeGates>[2], blind: readonly string[] = []) =>
  judgeGates(report, blind, limits)
    .filter(({ state }) => state === 'failed')
    .map(({ detector, gate }) => `${gate} ${detector}`);

it('a gate holds for each detector and for all together', () => {
  expect(failed({ maxFindingsPerDay: 12 })).toEqual([]);
  expect(failed({ maxFindingsPerDay: 11 })).toEqual(['max-findings-per-day ']);
  expect(failed({ maxFindingsPerDay: 10 })).toEqual(['max-findings-per-day loud', 'max-findings-per-day ']);
  expect(failed({ minCaught: 0.2 })).toEqual([]);
  expect(failed({ minCaught: 0.5 })).toEqual(['min-caught deaf']);
  expect(failed({ minCaught: 0.7 })).toEqual(['min-caught deaf', 'min-caught ']);
});

it('without a limit there is none, and a detector that sees nothing holds none', () => {
  expect(judgeGates(report, ['blind'], {})).toEqual([]);
  expect(failed({ maxFindingsPerDay: 100 }, ['blind'])).toEqual(['sees-something blind']);
});

it('quiet for want of a denominator is not quiet', () => {
  const beneath = { detector: 'flat', metricName: 'requests', series: 4, seriesWithout: 4, pointsWithout: 1 };
  const judged = (given: object, limits = { maxFindingsPerDay: 100 }) => {
    const own = { ...report, denominators: [{ ...beneath, ...given }] };
    return judgeGates(own, [], limits).find(({ gate }) => gate === 'has-denominator');
  };
  expect(judged({})).toMatchObject({ detector: 'flat', state: 'failed', message: expect.stringContaining('requests') });
  expect(judged({ seriesWithout: 1, pointsWithout: 0.25 })).toMatchObject({
    state: 'not-judged',
    message: expect.stringMatching(/requests is never there for 1 of 4 series, and not for 25\.0 % of the points/),
  });
  expect(judged({ seriesWithout: 0, pointsWithout: 0.9 })?.state).toBe('not-judged');
  expect(judged({ seriesWithout: 0, pointsWithout: 0.01 })?.state).toBe('passed');
  expect(judgeGates({ ...report, denominators: [beneath] }, [], {})).toEqual([]);
  expect(
    gateFailure(judgeGates({ ...report, denominators: [beneath] }, [], { maxFindingsPerDay: 100 }))?.split('\n'),
  ).toEqual([
    'a gate needs detectors that see something; 1 of 3 never have the denominator that they ask for',
    '  flat: its denominator requests is never there, so that nothing could be a finding',
  ]);
  // Without a gate JUnit says it all the same, and does not call it passed.
  const xml = junitReport({ ...report, denominators: [beneath] }, [], { startMs: 0, tookMs: 0 });
  expect(xml).toContain('tests="5" failures="0" errors="0" skipped="1"');
  expect(xml).toMatch(/name="has-denominator" time="0">\s*<skipped message="its denominator requests is never there/);
});

it('quiet because no point was scored is not quiet', () => {
  const rows = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([detector, seriesUnscored]) => ({
      detector,
      series: 4,
      seriesUnscored,
      mostValues: 9,
    }));
  const judged = (counts: Readonly<Record<string, number>>) =>
    judgeGates({ ...report, unscored: rows(counts) }, [], { maxFindingsPerDay: 100 });
  const states = (counts: Readonly<Record<string, number>>) =>
    judged(counts).map(({ detector, gate, state }) => `${gate} ${detector} ${state}`);
  expect(states({ deaf: 4 })).toEqual([
    'scores-something deaf failed',
    'max-findings-per-day loud passed',
    'max-findings-per-day deaf not-judged',
    'max-findings-per-day flat passed',
    'max-findings-per-day  passed',
  ]);
  expect(states({ deaf: 3 })).toContain('scores-something deaf not-judged');
  expect(states({ deaf: 2 })).toContain('scores-something deaf passed');
  expect(states({ deaf: 4, flat: 4, loud: 4 })).toContain('max-findings-per-day  not-judged');
  expect(gateFailure(judged({ deaf: 4 }))?.split('\n')).toEqual([
    'a gate needs detectors that see something; 1 of 3 scored no point',
    '  deaf: nothing was judged: no point of its 4 series was scored (9 values at most, too few to score by)',
  ]);
  const xml = junitReport({ ...report, unscored: rows({ deaf: 4 }) }, [], { startMs: 0, tookMs: 0 });
  expect(xml).toContain('tests="5" failures="0" errors="0" skipped="2"');
});

it('says of what failed first all together, then the detectors', () => {
  const sentences = gateFailure(judgeGates(report, ['blind'], { maxFindingsPerDay: 10, minCaught: 0.5 }));
  expect(sentences?.split('\n')).toEqual([
    'a gate needs detectors that see something; 1 of 4 match no series',
    '  blind: it matches no series',
    '12.0 findings a day (12 in all) are more than the 10 that --max-findings-per-day allows',
    '  loud: 11.0 findings a day (11 in all) are more than the 10 that --max-findings-per-day allows',
    '--min-caught holds for all together, but not for each detector:',
    '  deaf: 1 of 5 injected faults caught (20 %), fewer than the 50 % that --min-caught asks for',
  ]);
  expect(gateFailure(judgeGates(report, [], { maxFindingsPerDay: 12 }))).toBeUndefined();
});

it('JUnit has a case for each detector and gate, with its numbers, and nothing that breaks out of it', () => {
  const times = { startMs: Date.UTC(2026, 0, 1), tookMs: 1500 };
  const xml = junitReport(report, judgeGates(report, [], { minCaught: 0.5 }), times);
  expect(xml).toContain('tests="4" failures="1" errors="0" skipped="1" time="1.500" timestamp="2026-01-01T00:00:00"');
  expect(xml).toContain('<testcase classname="deaf" name="min-caught" time="0">');
  expect(xml.match(/<failure /g)).toHaveLength(1);
  expect(xml).toContain('<failure type="gate-failed" message="1 of 5 injected faults caught (20 %), fewer than');
  expect(xml).toContain('name="a&lt;b&gt;&amp;&quot;c"');
  expect(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')).toBe(true);
  const free = junitReport(report, [], times);
  expect(free).toContain('tests="4" failures="0"');
  expect(free).toContain('11.0 findings a day (11 in all); no gate was asked for');
});
