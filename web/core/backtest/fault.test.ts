import { describe, expect, test } from 'vitest';
import { FAULT_KINDS, FAULT_POINTS, type FaultKind } from '#stats/fault.ts';
import { createRng } from '#stats/rng.ts';
import { readFault, writeFault } from './address.ts';
import { type ChosenFault, hasSize, isFault, layFault, usualFault } from './fault.ts';
import { createBacktest, type History, type RunPorts } from './run.ts';
import { DEFAULTS, planOf, withValue } from './settings.ts';

const MINUTE = 60_000;
const DAY = 1440;
const COUNT = 3 * DAY;
const FROM = Date.UTC(2026, 0, 5);
const ALL = { fromMs: FROM, toMs: FROM + COUNT * MINUTE };
const through: RunPorts = { nowMs: () => 0, goesOn: async () => true };

/** Three days that are alike, with noise of one sigma about levels from 96 to 104, and an hour that was not measured. */
const HISTORY: History = (() => {
  const random = createRng(5);
  const rows = Array.from({ length: COUNT }, (_, i) => i).filter((i) => i < 2 * DAY || i >= 2 * DAY + 60);
  return {
    ...{ labels: { __name__: 'm' }, stepMs: MINUTE },
    timesMs: Float64Array.from(rows, (i) => FROM + i * MINUTE),
    values: Float64Array.from(rows, (i) => 100 + 4 * Math.sin((2 * Math.PI * i) / DAY) + random.normal()),
  };
})();
const SETTINGS = { ...DEFAULTS, method: 'median-mad', threshold: 6 } as const;
const PLAN = planOf(SETTINGS, 'm');

const SPIKE: ChosenFault = { kind: 'spike', size: 16, atMs: FROM + DAY * MINUTE, points: 3 };
const tried = async (fault: ChosenFault, plan = PLAN) => {
  const outcome = await createBacktest(HISTORY).run({ plan, fault }, through);
  if (outcome?.fault === undefined) throw new Error('it was not laid');
  return { ...outcome, fault: outcome.fault };
};

describe('a fault', () => {
  test('changes its own points alone, and is the same each time', () => {
    const laid = layFault(HISTORY, SPIKE);
    expect(laid).toMatchObject({ first: DAY, last: DAY + 2, span: { fromMs: SPIKE.atMs, stepMs: MINUTE } });
    const changed = [...HISTORY.values.keys()].filter((row) => laid?.history.values[row] !== HISTORY.values[row]);
    expect(changed).toEqual([DAY, DAY + 1, DAY + 2]);
    const moved = (laid?.history.values[DAY] ?? 0) - (HISTORY.values[DAY] ?? 0);
    expect(moved / 16).toBeGreaterThan(0.8);
    expect(moved / 16).toBeLessThan(1.3);
    const noise: ChosenFault = { ...SPIKE, kind: 'noise', points: 30 };
    expect(layFault(HISTORY, noise)).toEqual(layFault(HISTORY, noise));
  });

  test('ends with the history, and beyond it there is none', () => {
    const end = HISTORY.timesMs.at(-1) ?? 0;
    expect(layFault(HISTORY, { ...SPIKE, atMs: end })).toMatchObject({ span: { fromMs: end, toMs: end } });
    expect(layFault(HISTORY, { ...SPIKE, atMs: end + 1 })).toBeUndefined();
  });

  test.each(FAULT_KINDS)('that is a %s begins where it can be seen, within what is shown', (kind: FaultKind) => {
    const range = { fromMs: FROM + 1.2 * DAY * MINUTE, toMs: FROM + 2.9 * DAY * MINUTE };
    const fault = usualFault(kind, HISTORY, range);
    expect(isFault(fault)).toBe(true);
    expect(fault.size !== 0).toBe(hasSize(kind));
    expect(fault.atMs).toBeGreaterThanOrEqual(range.fromMs);
    expect(fault.atMs).toBeLessThanOrEqual(range.toMs);
    const [least, most] = FAULT_POINTS[kind];
    expect(fault.points).toBeGreaterThanOrEqual(least);
    expect(fault.points).toBeLessThanOrEqual(most);
    expect(usualFault(kind, HISTORY, range)).toEqual(fault);
    expect(usualFault(kind, HISTORY, range, true).size).toBe(-fault.size || 0);
  });

  test('of a series of two points is laid all the same', () => {
    const two = { ...HISTORY, timesMs: HISTORY.timesMs.slice(0, 2), values: HISTORY.values.slice(0, 2) };
    const fault = usualFault('shift', two, ALL);
    expect(layFault(two, fault)?.span.toMs).toBe(FROM + MINUTE);
  });
});

describe('what becomes of it', () => {
  test('it is caught by a finding that was not there without it', async () => {
    const { fault, points, findings } = await tried(SPIKE);
    expect(fault).toMatchObject({ delayMs: 0, why: undefined, fromMs: SPIKE.atMs });
    expect(points.values[DAY]).toBe(layFault(HISTORY, SPIKE)?.history.values[DAY]);
    const clean = await createBacktest(HISTORY).run({ plan: PLAN }, through);
    expect(clean?.fault).toBeUndefined();
    expect(findings.length).toBe((clean?.findings.length ?? 0) + 1);
  });

  test('it is caught later where persistence asks for more points', async () => {
    const guards = withValue(SETTINGS, 'guards', 'persistencePoints', 3);
    expect((await tried(SPIKE, planOf(guards, 'm'))).fault.delayMs).toBe(2 * MINUTE);
  });

  test.each([
    ['below-threshold', { ...SETTINGS, threshold: 100 }, SPIKE],
    ['direction', withValue(SETTINGS, 'guards', 'direction', 'below'), SPIKE],
    ['persistence', withValue(SETTINGS, 'guards', 'persistencePoints', 9), SPIKE],
    ['absolute', withValue(SETTINGS, 'guards', 'minAbsoluteDeviation', 900), SPIKE],
    ['range', withValue(SETTINGS, 'guards', 'rangeMax', 50), SPIKE],
    ['no-score', SETTINGS, { ...SPIKE, atMs: FROM }],
  ] as const)('it is missed for %s', async (why, settings, fault) => {
    expect((await tried(fault, planOf(settings, 'm'))).fault).toMatchObject({ why, delayMs: undefined });
  });
});

describe('the address', () => {
  test.each([SPIKE, { kind: 'drop-out', size: 0, atMs: FROM, points: 20 } as const])('holds a $kind', (fault) => {
    const query = new URLSearchParams('series=a&f.size=99&f.x=1');
    const written = writeFault(query, fault);
    expect(readFault(new URLSearchParams(written.toString()))).toEqual(fault);
    expect(written.get('series')).toBe('a');
    expect(writeFault(written, undefined).toString()).toBe('series=a&f.x=1');
  });

  test.each([
    '',
    'fault=quake',
    'fault=spike',
    'fault=spike&f.size=0&f.at=1&f.points=3',
    'fault=spike&f.size=99&f.at=1&f.points=3',
  ])('with nonsense lays none: "%s"', (query) => expect(readFault(new URLSearchParams(query))).toBeUndefined());
});
