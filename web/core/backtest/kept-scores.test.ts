import { describe, expect, test } from 'vitest';
import type { Algorithm, OnlineScorer, ParamValues } from '#detect/contract.ts';
import { ALGORITHMS, type AlgorithmName, createEngine } from '#detect/index.ts';
import { createRng } from '#stats/rng.ts';
import { layFault } from './fault.ts';
import { keepScores } from './kept-scores.ts';
import { createBacktest, type History, type RunPorts } from './run.ts';
import { DEFAULTS, planOf } from './settings.ts';

const MINUTE = 60_000;
const FROM = 1_760_000_000_000;
const COUNT = 600;
const through: RunPorts = { nowMs: () => 0, goesOn: async () => true };
const PLAN = planOf({ ...DEFAULTS, method: 'median-mad' }, 'm');

/** With a season that `auto` takes up, a gap, and a step that is found. */
const HISTORY: History = (() => {
  const random = createRng(7);
  const values = Float64Array.from({ length: COUNT }, (_, i) => 50 + 20 * Math.sin(i / 23) + random.normal());
  values.fill(Number.NaN, 90, 95);
  values.fill(160, 400, 408);
  return { labels: { __name__: 'm' }, stepMs: MINUTE, timesMs: values.map((_, i) => FROM + i * MINUTE), values };
})();

/** What a method must have, and what makes one fast that is slow. */
const GIVEN: Readonly<Record<string, ParamValues>> = {
  'static-threshold': { above: 70 },
  'isolation-forest': { trees: 10, windowMs: 3_600_000 },
};

const fresh = () => createBacktest(HISTORY);

describe('kept scores', () => {
  test.each(Object.keys(ALGORITHMS) as AlgorithmName[])(
    'of %s are judged anew as if they were worked out again',
    async (method) => {
      const settings = { ...DEFAULTS, method, parameters: GIVEN[method] ?? {} };
      const guards = { direction: 'above', minAbsoluteDeviation: 3, persistencePoints: 2, persistenceOf: 3 };
      const [loose, strict] = [planOf({ ...settings, threshold: 2 }, 'm'), planOf({ ...settings, guards }, 'm')];
      const kept = fresh();
      const first = await kept.run({ plan: loose }, through);
      expect(kept.scoresAlike({ plan: loose }, { plan: strict })).toBe(true);
      expect(await kept.run({ plan: strict }, through)).toEqual(await fresh().run({ plan: strict }, through));
      expect(await kept.run({ plan: loose }, through)).toEqual(first);
    },
  );

  test.each(Object.keys(ALGORITHMS) as AlgorithmName[])(
    'of %s go on from a state where a fault begins as if all were scored with it',
    async (method) => {
      const plan = planOf({ ...DEFAULTS, method, parameters: GIVEN[method] ?? {} }, 'm');
      const fault = { kind: 'shift', size: 12, atMs: FROM + 333 * MINUTE, points: 40 } as const;
      const laid = layFault(HISTORY, fault);
      const both = await fresh().run({ plan, fault }, through);
      const faulty = await createBacktest(laid?.history ?? HISTORY).run({ plan }, through);
      expect(both).toMatchObject({ points: faulty?.points, findings: faulty?.findings });
      expect(both?.points.values).not.toEqual(HISTORY.values);
    },
  );

  test('are worked out once', () => {
    let steps = 0;
    const { create } = ALGORITHMS['median-mad'];
    const counting: Algorithm = {
      ...ALGORITHMS['median-mad'],
      create(values, deps) {
        const { score, online } = create(values, deps);
        if (online === undefined) throw new Error('it goes point by point');
        const step: OnlineScorer['step'] = (...args) => {
          steps++;
          online.step(...args);
        };
        return { score, online: { ...online, step } };
      },
    };
    const { algorithm, scored, branch } = keepScores(counting, COUNT);
    for (const threshold of [6, 4, 2]) {
      const engine = createEngine([{ ...PLAN, threshold }], { 'median-mad': algorithm });
      engine.addSeries([{ id: 0, labels: HISTORY.labels, stepMs: MINUTE }]);
      const { timesMs, values } = HISTORY;
      engine.step({ timesMs, seenMs: timesMs, ids: new Uint32Array(COUNT), values });
      expect(steps).toBe(COUNT);
    }
    expect(scored()).toBe(COUNT);
    // One of sixteen states is near enough.
    const known = branch(333).scored();
    expect(known).toBeLessThanOrEqual(333);
    expect(known).toBeGreaterThan(333 - COUNT / 15);
  });

  test('go on where a run was left', async () => {
    const kept = fresh();
    let [ms, blocks] = [0, 0];
    expect(
      await kept.run({ plan: PLAN }, { nowMs: () => (ms += 8), goesOn: async () => ++blocks < 5 }),
    ).toBeUndefined();
    expect(await kept.run({ plan: PLAN }, through)).toEqual(await fresh().run({ plan: PLAN }, through));
  });

  test('are not those of other parameters, however many were in between', async () => {
    const kept = fresh();
    for (let minutes = 30; minutes < 50; minutes++) {
      const plan = { ...PLAN, parameters: { baselineMs: minutes * MINUTE } };
      expect(kept.scoresAlike({ plan }, { plan: PLAN })).toBe(false);
      await kept.run({ plan }, through);
    }
    const first = { ...PLAN, parameters: { baselineMs: 30 * MINUTE } };
    expect(await kept.run({ plan: first }, through)).toEqual(await fresh().run({ plan: first }, through));
  });

  test('are those of a default that is named', () => {
    const baselineMs = Number(ALGORITHMS['median-mad'].params.baselineMs?.default);
    expect(fresh().scoresAlike({ plan: PLAN }, { plan: { ...PLAN, parameters: { baselineMs } } })).toBe(true);
  });
});
