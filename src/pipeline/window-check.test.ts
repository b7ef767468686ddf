import { describe, expect, test } from 'vitest';
import type { Analyser } from '#analysis/contract.ts';
import { createJudge } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { FLAG } from '#model/score.ts';
import { SERVICE_LABEL } from '#model/series.ts';
import {
  localAnalyser,
  POINTS,
  quiet,
  START,
  STEP,
  setUp,
  signal,
  spikeAt,
  windowPlan,
} from '../../test/fixtures/windows.ts';
import { RECENT_MS, WINDOW_MS } from './window-plan.ts';

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
    expect(first?.rows.tracks[0]).toMatchObject({
      detector: 'shop/a',
      labels: { [SERVICE_LABEL]: 'cart', pod: 'cart-1' },
    });
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

  test('a query is asked for as it is, and a series of it that is of no pod counts for none', async () => {
    const { check, clock, queries, written } = setUp({ 'cart-1': quiet, '': spikeAt(START - 2 * STEP) });
    await clock.advance(START);
    const plain = windowPlan('a', ['cart-1']);
    const plan = { ...plain, plan: { ...plain.plan, query: 'sum by (pod) (x)' } };
    const outcome = (await check.check([plan], signal)).get('a');
    expect(queries[0]).toMatchObject({ metricName: 'm', query: 'sum by (pod) (x)' });
    expect(outcome).toMatchObject({ kind: 'analysed', series: 2, scored: 2, anomalousPods: [] });
    expect(written.flatMap(({ rows }) => rows.findings)).toHaveLength(1);
  });

  test('one that has more series than its budget is not scored, and the others are', async () => {
    const { check, clock } = setUp({ 'cart-1': quiet, 'cart-2': quiet });
    await clock.advance(START);
    const dear = { ...windowPlan('a', ['cart-1', 'cart-2']), seriesLeft: () => 1 };
    const outcomes = await check.check([dear, windowPlan('b', ['cart-1', 'cart-2'])], signal);
    expect(outcomes.get('a')).toMatchObject({ kind: 'failed', code: 'over-budget' });
    expect(outcomes.get('a')).toHaveProperty(
      'message',
      expect.stringMatching(/^m: 2 series .* budget is 1\. .*spec\.budget\.series$/),
    );
    expect(outcomes.get('b')).toMatchObject({ kind: 'analysed', scored: 2 });
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

  test.each([600_000, -600_000])(
    'a wall clock that is off by %i ms changes nothing of what is looked at',
    async (offMs) => {
      const { check, clock, queries } = setUp({ 'cart-1': quiet }, { aheadMs: -offMs });
      await clock.advance(START + offMs);
      expect((await check.check([windowPlan('a', ['cart-1'])], signal)).get('a')).toMatchObject({ checkedMs: START });
      expect(queries).toMatchObject([{ startMs: START - WINDOW_MS, endMs: START - STEP }]);
    },
  );

  test('a detector with too many series is alone in that, and asked for alone from then on', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const wide = Array.from({ length: 9 }, (_, index) => `wide-${index}`);
    const measured = Object.fromEntries([...names, ...wide].map((pod) => [pod, quiet]));
    const { check, clock, queries } = setUp(measured, { maxSeries: 6 });
    const plans = [...names.map((name) => windowPlan(name, [name])), windowPlan('wide', wide)];
    await clock.advance(START);
    const outcomes = await check.check(plans, signal);
    for (const name of names) expect(outcomes.get(name)).toMatchObject({ kind: 'analysed', scored: 1 });
    expect(outcomes.get('wide')).toMatchObject({ kind: 'failed', code: 'too-much' });
    expect(check.stats()).toMatchObject({ checked: 5, failed: 1, tooMuch: 1 });
    const before = queries.length;
    await clock.advance(60_000);
    await check.check(plans, signal);
    const asked = queries.slice(before).map(({ pods, isDear }) => [pods.length, isDear === true]);
    expect(asked).toEqual([
      [4, false],
      [9, true],
    ]);
    for (const pod of wide.slice(2)) delete measured[pod];
    await check.check(plans, signal);
    await check.check(plans, signal);
    expect(queries.at(-1)?.pods).toHaveLength(13);
  });

  test('several that are too much together are checked in parts', async () => {
    const pods = Array.from({ length: 8 }, (_, index) => `p-${index}`);
    const { check, clock } = setUp(Object.fromEntries(pods.map((pod) => [pod, quiet])), { maxSeries: 3 });
    await clock.advance(START);
    const outcomes = await check.check(
      pods.map((pod) => windowPlan(pod, [pod])),
      signal,
    );
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(pods.map(() => 'analysed'));
  });

  test('one whose judging throws fails alone, and is judged again as a whole', async () => {
    let fails = true;
    const { check, clock, written } = setUp(
      { 'cart-1': quiet, 'cart-2': quiet },
      {
        createJudge(plan) {
          const judge = createJudge(plan);
          const advance = (seenMs: number) => {
            if (fails && plan.detector === 'shop/a') throw new RangeError('it broke');
            return judge.advance(seenMs);
          };
          return { ...judge, advance };
        },
      },
    );
    await clock.advance(START);
    const plans = [windowPlan('a', ['cart-1']), windowPlan('b', ['cart-2'])];
    const outcomes = await check.check(plans, signal);
    expect(outcomes.get('a')).toMatchObject({ kind: 'failed', code: 'internal', message: 'it broke' });
    expect(outcomes.get('b')).toMatchObject({ kind: 'analysed', scored: 1 });
    fails = false;
    await check.check(plans, signal);
    expect(written.map(({ rows }) => rows.toBlock().timesMs.length)).toEqual([POINTS, POINTS]);
  });

  test('all that it asks for shares one deadline: what comes later fails, and is asked for next time', async () => {
    const pods = ['a', 'b', 'c', 'd'];
    const { check, clock, control, queries } = setUp(Object.fromEntries(pods.map((pod) => [pod, quiet])), {
      maxSeries: 1,
    });
    await clock.advance(START);
    control.tookMs = 300;
    const outcomes = await check.check(
      pods.map((pod) => windowPlan(pod, [pod])),
      signal,
    );
    expect(queries).toHaveLength(4);
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['analysed', 'analysed', 'failed', 'failed']);
    expect(outcomes.get('d')).toMatchObject({ code: 'unavailable' });
  });
});
