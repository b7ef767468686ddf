import { describe, expect, test } from 'vitest';
import type { Analyser, AnalysisOutcome } from '#analysis/contract.ts';
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { evaluateGuards } from '#detect/guards.ts';
import { createJudge } from '#detect/index.ts';
import { planOf } from '#detect/test-stream.ts';
import { zScore } from '#detect/z-score.ts';
import { AppError } from '#kit/errors.ts';
import { FLAG } from '#model/score.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { createWindowCheck } from './window-check.ts';
import { RECENT_MS, WINDOW_MS, WINDOW_STEP_MS, type WindowPlan, windowGroup } from './window-plan.ts';
import type { WindowRows } from './window-rows.ts';
import type { WindowQuery } from './window-source.ts';

const STEP = WINDOW_STEP_MS;
const POINTS = WINDOW_MS / STEP;
const START = 10 * WINDOW_MS;
const persistence = { points: 1, of: 1, clear: 1 };

function windowPlan(key: string, pods: string[], namespace = 'shop', threshold = 3): WindowPlan {
  const plan = planOf({
    detector: `${namespace}/${key}`,
    selector: {},
    metricName: 'm',
    algorithm: 'z-score',
    threshold,
    guards: { persistence, direction: 'both', minRelativeDeviation: 0 },
  });
  const group = windowGroup(namespace, 'm', STEP, WINDOW_MS);
  const size = { windowMs: WINDOW_MS, stepMs: STEP };
  return { key, group, namespace, name: key, generation: 1, plan, pods: new Set(pods), ...size };
}

/** What the source has of each pod: a value for each step's time, undefined where there is none. */
type Measured = Record<string, (timeMs: number) => number | undefined>;

function fetched(
  measured: Measured,
  { startMs, endMs, stepMs }: WindowQuery,
  more: Record<string, string> = {},
): FetchedSeries[] {
  return Object.entries(measured).map(([pod, valueAt]) => {
    const times: number[] = [];
    for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) if (valueAt(timeMs) !== undefined) times.push(timeMs);
    return {
      labels: { __name__: 'm', namespace: 'shop', pod, ...more },
      timesMs: Float64Array.from(times),
      values: Float64Array.from(times, (timeMs) => valueAt(timeMs) ?? Number.NaN),
    };
  });
}

const localAnalyser: Analyser = {
  address: 'here',
  analyse: async (jobs) =>
    jobs.map((job): AnalysisOutcome => {
      if (job.series.values.length < 10) return { ok: false, reason: 'too-short', message: 'fewer than 10 points' };
      return { ok: true, ...zScore.create({}, { stepMs: job.series.stepMs }).score(job.series) };
    }),
  close: async () => {},
};

function setUp(
  measured: Measured,
  options: { analyser?: Analyser; whyAbsent?: (pods: readonly string[]) => string } = {},
) {
  const clock = new FakeClock();
  const queries: WindowQuery[] = [];
  const { whyAbsent } = options;
  const written: { rows: WindowRows; seenMs: number }[] = [];
  const control: { fail: Error | undefined; writeFail: Error | undefined } = { fail: undefined, writeFail: undefined };
  const check = createWindowCheck({
    clock,
    source: {
      async window(query) {
        queries.push(query);
        if (control.fail !== undefined) throw control.fail;
        return fetched(measured, query);
      },
      ...(whyAbsent === undefined ? {} : { whyAbsent: ({ pods }) => whyAbsent(pods) }),
    },
    analyser: options.analyser ?? localAnalyser,
    createJudge,
    guards: evaluateGuards,
    enrich: (_, pod) => ({ service: pod.split('-')[0] ?? '' }),
    maxSeries: 1000,
    timeoutMs: 1000,
    async write(rows, seenMs) {
      if (control.writeFail !== undefined) throw control.writeFail;
      written.push({ rows, seenMs });
    },
  });
  return { check, clock, queries, written, control };
}

const signal = new AbortController().signal;
const quiet = (timeMs: number) => Math.sin(timeMs / 100_000);
const spikeAt = (atMs: number) => (timeMs: number) => (timeMs === atMs ? 50 : quiet(timeMs));

describe('a check', () => {
  test('asks for the window less the step that may be filling, and gives the scores to the store', async () => {
    const { check, clock, queries, written } = setUp({ 'cart-1': quiet });
    await clock.advance(START + 12_345);
    const plan = windowPlan('a', ['cart-1']);
    const outcome = (await check.check([plan], signal)).get('a');
    const asked = { namespace: 'shop', metricName: 'm', pods: ['cart-1'] };
    expect(queries).toEqual([{ ...asked, startMs: START - WINDOW_MS, endMs: START - STEP, stepMs: STEP }]);
    expect(outcome).toMatchObject({ kind: 'analysed', anomalousPods: [], series: 1, scored: 1, warming: 0 });
    const [first] = written;
    expect(first?.rows.toBlock().timesMs).toHaveLength(POINTS);
    expect(first?.rows.tracks[0]).toMatchObject({ detector: 'shop/a', labels: { service: 'cart', pod: 'cart-1' } });
  });

  test('the next one adds what is new, and leaves what was said as it was', async () => {
    const { check, clock, written } = setUp({ 'cart-1': quiet });
    const plan = windowPlan('a', ['cart-1']);
    await clock.advance(START);
    await check.check([plan], signal);
    await clock.advance(2 * STEP);
    await check.check([plan], signal);
    expect([...(written[1]?.rows.toBlock().timesMs ?? [])]).toEqual([START, START + STEP]);
  });

  test('a point of the last minutes that is judged otherwise when it is scored again is written again', async () => {
    // Lonely it stands out; among its like it does not.
    const rising = (timeMs: number) => quiet(timeMs) + (timeMs >= START - 2 * STEP ? 20 : 0);
    const { check, clock, written } = setUp({ 'cart-1': rising });
    const plan = windowPlan('a', ['cart-1'], 'shop', 7);
    await clock.advance(START);
    await check.check([plan], signal);
    const first = written[0]?.rows.toBlock();
    expect((first?.flags.at(-1) ?? 0) & FLAG.beyondThreshold).toBe(FLAG.beyondThreshold);
    await clock.advance(6 * STEP);
    await check.check([plan], signal);
    const again = written[1]?.rows.toBlock();
    const row = again?.timesMs.indexOf(START - STEP) ?? -1;
    expect(row).toBeGreaterThanOrEqual(0);
    expect((again?.flags[row] ?? 0) & FLAG.beyondThreshold).toBe(0);
  });

  test('names the pods with an anomalous point in the last minutes, the worst first, and forgets them after', async () => {
    const atMs = START - 2 * STEP;
    const { check, clock } = setUp({
      'cart-1': quiet,
      'cart-2': spikeAt(atMs),
      'cart-3': (timeMs) => spikeAt(atMs)(timeMs) * 0.8,
    });
    const plan = windowPlan('a', ['cart-1', 'cart-2', 'cart-3']);
    await clock.advance(START);
    expect((await check.check([plan], signal)).get('a')).toMatchObject({ anomalousPods: ['cart-2', 'cart-3'] });
    await clock.advance(RECENT_MS + 2 * STEP);
    expect((await check.check([plan], signal)).get('a')).toMatchObject({ anomalousPods: [] });
  });

  test('an anomalous point is a finding, told once and closed later', async () => {
    const { check, clock, written } = setUp({ 'cart-2': spikeAt(START - 2 * STEP) });
    const plan = windowPlan('a', ['cart-2']);
    await clock.advance(START);
    await check.check([plan], signal);
    await clock.advance(STEP);
    await check.check([plan], signal);
    const findings = written.flatMap(({ rows }) => rows.findings);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(1);
    expect(findings.at(-1)).toMatchObject({ detector: 'shop/a', entity: { kind: 'pod', name: 'cart-2' } });
    expect(findings.at(-1)?.closedMs).toBeDefined();
  });

  test('detectors of one group share a query, and each sees only its own pods and namespace', async () => {
    const { check, clock, queries } = setUp({ 'cart-1': quiet, 'ads-1': quiet, 'other-1': quiet });
    await clock.advance(START);
    const outcomes = await check.check([windowPlan('a', ['cart-1']), windowPlan('b', ['ads-1', 'cart-1'])], signal);
    expect(queries).toHaveLength(1);
    expect(outcomes.get('a')).toMatchObject({ series: 1 });
    expect(outcomes.get('b')).toMatchObject({ series: 2 });
    const foreign = windowPlan('c', ['cart-1'], 'elsewhere');
    expect((await check.check([foreign], signal)).get('c')).toMatchObject({ kind: 'no-metrics' });
  });

  test('a pod with fewer than ten points is warming up; without any series there are no metrics', async () => {
    const young = (timeMs: number) => (timeMs > START - 6 * STEP ? 1 : undefined);
    const { check, clock } = setUp({ 'cart-1': quiet, 'cart-2': young });
    await clock.advance(START);
    const both = (await check.check([windowPlan('a', ['cart-1', 'cart-2'])], signal)).get('a');
    expect(both).toMatchObject({ kind: 'analysed', scored: 1, warming: 1, refused: 0 });
    const none = (await check.check([windowPlan('b', ['gone-1'])], signal)).get('b');
    expect(none).toMatchObject({ kind: 'no-metrics' });
  });

  test('how long the warm-up still takes is known, and no longer said once something is scored', async () => {
    const since = (timeMs: number) => (at: number) => (at >= timeMs ? 1 : undefined);
    const { check, clock } = setUp({ 'cart-1': since(START), 'cart-2': since(START + 3 * STEP) });
    const plan = windowPlan('a', ['cart-1', 'cart-2']);
    await clock.advance(START + 5 * STEP);
    expect((await check.check([plan], signal)).get('a')).toMatchObject({ scored: 0, warming: 2, warmMs: 5 * STEP });
    await clock.advance(5 * STEP);
    const warm = (await check.check([plan], signal)).get('a');
    expect(warm).toMatchObject({ scored: 1, warming: 1 });
    expect(warm).not.toHaveProperty('warmMs');
  });

  test('a source that knows why pods have no series is asked about those, and only those', async () => {
    const whyAbsent = (pods: readonly string[]) => `nothing of ${pods.join()}`;
    const { check, clock } = setUp({ 'cart-1': quiet }, { whyAbsent });
    await clock.advance(START);
    const outcomeOf = async (pods: string[]) => (await check.check([windowPlan('a', pods)], signal)).get('a');
    expect(await outcomeOf(['cart-1', 'cart-2'])).toMatchObject({ scored: 1, absent: 'nothing of cart-2' });
    expect(await outcomeOf(['cart-3'])).toMatchObject({ kind: 'no-metrics', absent: 'nothing of cart-3' });
    expect(await outcomeOf(['cart-1'])).not.toHaveProperty('absent');
  });

  test('a failed query is an outcome with its reason, and nothing is written', async () => {
    const { check, clock, control, written } = setUp({ 'cart-1': quiet });
    control.fail = new AppError('unavailable', 'Prometheus does not answer');
    await clock.advance(START);
    const outcome = (await check.check([windowPlan('a', ['cart-1'])], signal)).get('a');
    expect(outcome).toMatchObject({ kind: 'failed', code: 'unavailable', message: 'Prometheus does not answer' });
    expect(written).toHaveLength(0);
  });

  test('what could not be stored is judged again: no point and no finding is lost', async () => {
    const { check, clock, control, written } = setUp({ 'cart-2': spikeAt(START - 2 * STEP) });
    const plan = windowPlan('a', ['cart-2']);
    await clock.advance(START);
    control.writeFail = new AppError('disk-full', 'no room');
    expect((await check.check([plan], signal)).get('a')).toMatchObject({ kind: 'failed', code: 'disk-full' });
    control.writeFail = undefined;
    await check.check([plan], signal);
    expect(written[0]?.rows.toBlock().timesMs).toHaveLength(POINTS);
    expect(written[0]?.rows.findings.length).toBeGreaterThan(0);
  });

  test('series that an analyser refuses are counted with its reason; the others are scored', async () => {
    const picky: Analyser = {
      ...localAnalyser,
      analyse: async (jobs) => {
        const [, ...rest] = await localAnalyser.analyse(jobs);
        return [{ ok: false, reason: 'refused', message: 'it knows no such algorithm' }, ...rest];
      },
    };
    const { check, clock } = setUp({ 'cart-1': quiet, 'cart-2': quiet }, { analyser: picky });
    await clock.advance(START);
    expect((await check.check([windowPlan('a', ['cart-1', 'cart-2'])], signal)).get('a')).toMatchObject({
      scored: 1,
      refused: 1,
      message: 'it knows no such algorithm',
    });
  });
});
