import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deployed } from '#api/rest/contract.ts';
import type { Param } from '#detect/contract.ts';
import { ALGORITHMS, GUARD_PARAMS } from '#detect/index.ts';
import { readSettings, writeSettings } from './address.ts';
import { DEFAULTS, fits, planOf, problemOf, type Settings, settingsOf, withMethod, withValue } from './settings.ts';

const DEPLOYED: Deployed = {
  ...{ selector: {}, query: null, algorithm: 'median-mad', parameters: { minPoints: 20, baselineMs: 600_000 } },
  threshold: 4,
  guards: {
    ...{ direction: 'above', minAbsoluteDeviation: 0, minRelativeDeviation: 1 },
    ...{ range: { max: 9 }, persistence: { points: 2, of: 2, clear: 3 }, missing: 'ignore' },
  },
};

describe('settings', () => {
  test('of a detector hold what differs from the defaults, and give its plan again', () => {
    const settings = settingsOf(DEPLOYED);
    expect(settings).toEqual({
      method: 'median-mad',
      threshold: 4,
      parameters: { baselineMs: 600_000 },
      guards: { direction: 'above', minRelativeDeviation: 1, rangeMax: 9, persistencePoints: 2, persistenceClear: 3 },
    });
    const { algorithm, threshold, guards } = DEPLOYED;
    expect(planOf(settings as Settings, 'm')).toMatchObject({ algorithm, threshold, guards, metricName: 'm' });
  });

  test('of a method of another version are not known', () => {
    expect(settingsOf({ ...DEPLOYED, algorithm: 'constructor' })).toBeUndefined();
  });

  test('forget a value that is the default again', () => {
    const changed = withValue(DEFAULTS, 'parameters', 'minPoints', 30);
    expect(changed.parameters).toEqual({ minPoints: 30 });
    expect(withValue(changed, 'parameters', 'minPoints', 20)).toEqual(DEFAULTS);
    expect(withValue(changed, 'parameters', 'minPoints', undefined)).toEqual(DEFAULTS);
    expect(withValue(changed, 'parameters', 'minPoints', 5)).toEqual(DEFAULTS);
  });

  test('never ask for more points than are looked at', () => {
    const some = withValue(withValue(DEFAULTS, 'guards', 'persistencePoints', 2), 'guards', 'persistenceOf', 5);
    expect(some.guards).toEqual({ persistencePoints: 2, persistenceOf: 5 });
    expect(planOf(withValue(some, 'guards', 'persistencePoints', 7), 'm').guards.persistence).toEqual({
      ...{ points: 7, of: 7, clear: 1 },
    });
  });

  test('of a static threshold begin with a bound that few values pass', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i === 7 ? Number.NaN : i));
    expect(withMethod(DEFAULTS, 'static-threshold', values).parameters).toEqual({ above: 995 });
    expect(problemOf(withMethod(DEFAULTS, 'static-threshold', values))).toBeUndefined();
    expect(problemOf({ ...DEFAULTS, method: 'static-threshold' })).toBe('expected "above", "below" or both');
    expect(problemOf({ ...DEFAULTS, guards: { rangeMin: 3, rangeMax: 2 } })).toContain('rangeMin');
  });
});

const valueFor = (param: Param): fc.Arbitrary<number | string | boolean> => {
  if (param.kind === 'boolean') return fc.boolean();
  if (param.kind === 'text') {
    return fc.constantFrom(...['Europe/Berlin', '2026-12-25', '--12-25'].filter((text) => fits(param, text)));
  }
  if (param.kind === 'choice') return fc.constantFrom(...param.choices);
  const { min = -1e9, max = 1e9, integer = false } = param;
  return integer ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
};

const anySettings = fc.constantFrom(...Object.values(ALGORITHMS)).chain((algorithm) =>
  fc.record({
    method: fc.constant(algorithm.name),
    threshold: fc.double({ min: 0, max: 100, noNaN: true }),
    parameters: fc.record(Object.fromEntries(Object.entries(algorithm.params).map(([k, p]) => [k, valueFor(p)])), {
      requiredKeys: [],
    }),
    guards: fc.record(Object.fromEntries(Object.entries(GUARD_PARAMS).map(([k, p]) => [k, valueFor(p)])), {
      requiredKeys: [],
    }),
  }),
);

/** Without what is a default: as any change leaves them. */
function settled({ method, threshold, parameters, guards }: Settings): Settings {
  let settings: Settings = { method, threshold, parameters: {}, guards: {} };
  for (const [name, value] of Object.entries(parameters)) settings = withValue(settings, 'parameters', name, value);
  for (const [name, value] of Object.entries(guards)) settings = withValue(settings, 'guards', name, value);
  return settings;
}

describe('the address', () => {
  test('holds any settings, and nothing else of it is lost', () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const settings = settled(given as Settings);
        const query = new URLSearchParams('series=a%7Cb&method=ema&p.halfLifeMs=5&g.x=1&range=all');
        const written = new URLSearchParams(writeSettings(query, settings).toString());
        expect(written.get('series')).toBe('a|b');
        expect(written.get('range')).toBe('all');
        expect(plain(readSettings(written))).toEqual(plain(settings));
      }),
    );
  });

  test('without a method says nothing, and with nonsense says the defaults', () => {
    expect(readSettings(new URLSearchParams('threshold=4'))).toBeUndefined();
    expect(readSettings(new URLSearchParams('method=no'))).toBeUndefined();
    const odd = 'method=ema&threshold=x&p.halfLifeMs=-3&p.minPoints=1.5&p.no=3&g.direction=up&g.persistencePoints=';
    expect(readSettings(new URLSearchParams(odd))).toEqual({ ...DEFAULTS, method: 'ema' });
    expect(writeSettings(new URLSearchParams('method=ema&g.a=1&of=x'), undefined).toString()).toBe('of=x');
  });
});

/** −0 is written as 0. */
function plain(settings: Settings | undefined): unknown {
  return JSON.parse(JSON.stringify(settings ?? null));
}
