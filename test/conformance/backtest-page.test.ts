// What the page says of a detector, held to what the product says: the YAML of a back-test passes `validate`'s own reading
// and is the same plan again, and a rule means in the browser what it means in CEL.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrackView } from '#api/rest/contract.ts';
import { createJudging } from '#app/validate/judge.ts';
import type { Algorithm, Param, Params, ParamValues } from '#detect/contract.ts';
import { ALGORITHMS, GUARD_PARAMS } from '#detect/index.ts';
import { plansOf } from '#resource/anomaly-detector/plan.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { checkParameters } from '#resource/parameters.ts';
import { fits, planOf, type Settings, settingsOf, withValue } from '../../web/core/backtest/settings.ts';
import { stopsOf } from '../../web/core/backtest/stops.ts';
import { yamlOf } from '../../web/core/backtest/yaml.ts';

const TRACK: TrackView = {
  ...{ track: '|m', detector: '', series: 'm', metric: 'pod_latency_seconds', labels: {}, stepMs: 60_000 },
  entity: { kind: 'pod', namespace: 'shop', name: 'cart-5f6585d649-fnmft' },
  ...{ service: 'cart', deployed: null },
};
const EXTENT = { min: -2, max: 40 };

/** Each text that a method may be given is one of these kinds. */
const TEXTS = ['Europe/Berlin', '2026-12-25', '--12-25'];

/** What `tidewatch validate` reads in it, which must be without a remark. */
function planIn(text: string) {
  const judging = createJudging({ group: DEFAULT_GROUP, schemas: [] });
  judging.judgeFile({ file: 'a.yaml', text, isNamed: true });
  expect(judging.result().remarks).toEqual([]);
  const [good] = judging.detectors;
  return good === undefined ? undefined : plansOf(good.detector)[0];
}

/** Any value at which a control of the page can stand. */
function valueFor(param: Param): fc.Arbitrary<string | number | boolean> {
  switch (param.kind) {
    case 'number':
      return fc.constantFrom(...stopsOf(param, EXTENT));
    case 'choice':
      return fc.constantFrom(...param.choices);
    case 'text':
      return fc.constantFrom(...TEXTS.filter((text) => fits(param, text)));
    case 'boolean':
      return fc.boolean();
  }
}

const valuesFor = (params: Params) =>
  fc.record(Object.fromEntries(Object.entries(params).map(([name, param]) => [name, valueFor(param)])), {
    requiredKeys: [],
  });

const anySettings = fc.constantFrom(...Object.values(ALGORITHMS)).chain(({ name, params }) =>
  fc
    .tuple(valuesFor(params), valuesFor(GUARD_PARAMS), fc.constantFrom(0, 2.5, 3, 100))
    .map(([own, guards, threshold]) => {
      let settings: Settings = { method: name as Settings['method'], threshold, parameters: {}, guards: {} };
      for (const [key, value] of Object.entries(own)) settings = withValue(settings, 'parameters', key, value);
      for (const [key, value] of Object.entries(guards)) settings = withValue(settings, 'guards', key, value);
      return settings;
    }),
);

describe('the YAML of a back-test', () => {
  test('is read by the product as the plan that the page ran', () => {
    fc.assert(
      fc.property(anySettings, (given) => {
        const { rangeMin, rangeMax } = given.guards;
        const crossed = rangeMin !== undefined && rangeMax !== undefined && rangeMin >= rangeMax;
        let settings = crossed ? withValue(given, 'guards', 'rangeMin', undefined) : given;
        if (settings.method === 'static-threshold') settings = { ...settings, parameters: { above: 3.5 } };
        const plan = planIn(yamlOf(TRACK, settings));
        const { threshold, guards, algorithm } = planOf(settings, TRACK.metric);
        expect(plan).toMatchObject({
          threshold,
          guards,
          algorithm,
          metricName: TRACK.metric,
          selector: { app: 'cart' },
        });
        expect(plan?.parameters).toMatchObject(settings.parameters);
      }),
    );
  });

  test('says nothing that is a default', () => {
    const plain = { method: 'auto', threshold: 3, parameters: {}, guards: {} } as const;
    expect(yamlOf(TRACK, plain)).toBe(`apiVersion: ${DEFAULT_GROUP}/v2
kind: AnomalyDetector
metadata:
  name: pod-latency-seconds
  namespace: shop
spec:
  targets:
    matchLabels:
      app: cart
  metrics:
  - name: pod_latency_seconds
`);
  });

  test('keeps what its detector watches, whatever is in the names', () => {
    const query = 'sum by (pod) (rate(x{a="b # c: d"}[3m]))';
    const deployed: TrackView['deployed'] = {
      ...{ selector: { 'app.kubernetes.io/name': 'true' }, query, algorithm: 'ema', parameters: { minPoints: 40 } },
      threshold: 5,
      guards: {
        ...{ direction: 'below', minAbsoluteDeviation: 1e-7, minRelativeDeviation: 0 },
        ...{ range: { min: -1 }, persistence: { points: 2, of: 5, clear: 3 }, missing: 'end' },
      },
    };
    const track = { ...TRACK, detector: 'shop/front-cpu', deployed };
    const plan = planIn(yamlOf(track, settingsOf(deployed) as Settings));
    const { parameters: _, ...rest } = deployed;
    expect(plan).toMatchObject({ ...rest, detector: 'front-cpu', parameters: { minPoints: 40 } });
  });
});

describe('a rule of parameters', () => {
  const ruled = Object.values(ALGORITHMS as Readonly<Record<string, Algorithm>>).filter(({ rules }) => rules);

  test('is there to be tested', () => expect(ruled.length).toBeGreaterThan(0));

  test.each(ruled)('of $name holds in the page where CEL says so', (algorithm) => {
    fc.assert(
      fc.property(valuesFor(algorithm.params), (given) => {
        const values = given as ParamValues;
        if (!Object.entries(values).every(([name, value]) => fits(algorithm.params[name] as Param, value))) return;
        const broken = checkParameters(values, algorithm, []).problems.map(({ message }) => message);
        const here = (algorithm.rules ?? []).filter(({ holds }) => !holds(values)).map(({ message }) => message);
        expect(broken).toEqual(here);
      }),
    );
  });
});
