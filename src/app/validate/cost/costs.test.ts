import { describe, expect, it } from 'vitest';
import type { FetchedSeries } from '#collect/prometheus/contract.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { readDetector } from '#resource/anomaly-detector/read.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import type { PodNames } from './chosen-pods.ts';
import { createCosts, type DetectorCost } from './costs.ts';

function detector(spec: object) {
  const object = {
    ...{ apiVersion: `${DEFAULT_GROUP}/v2`, kind: 'AnomalyDetector', metadata: { name: 'd', namespace: 'shop' } },
    spec: { targets: { matchLabels: { app: 'cart' } }, ...spec },
  };
  const { detector, problems } = readDetector(JSON.parse(JSON.stringify(object)), {
    ...{ algorithms: ALGORITHMS, group: DEFAULT_GROUP, unknownFields: 'refuse' },
  });
  if (detector === undefined) throw new Error(JSON.stringify(problems));
  return detector;
}

const of = (labels: Record<string, string>, value = 1): FetchedSeries => ({
  ...{ labels, timesMs: Float64Array.of(0), values: Float64Array.of(value) },
});

interface World {
  readonly pods?: PodNames | Readonly<Record<string, PodNames>> | undefined;
  readonly answer?: (promql: string) => readonly FetchedSeries[];
  readonly nowMs?: () => Promise<number>;
}

function setUp({ answer = () => [of({}, 7)], nowMs = async () => 60_500, ...rest }: World = {}) {
  const pods = 'pods' in rest ? rest.pods : ['a', 'b'];
  const asked: { readonly promql: string; readonly startMs: number; readonly endMs: number }[] = [];
  const costs = createCosts({
    source: {
      nowMs,
      async queryRange({ promql, startMs, endMs }) {
        asked.push({ promql, startMs, endMs });
        return answer(promql);
      },
    },
    findPods: async (_, own) => {
      if (pods === undefined) return undefined;
      return new Map(pods === 'any' || Array.isArray(pods) ? [[own, pods as PodNames]] : Object.entries(pods));
    },
    scoringMs: () => 0.001,
  });
  const ask = async (...given: Parameters<typeof costs>): Promise<DetectorCost> => {
    const cost = await costs(...given);
    if (cost === undefined) throw new Error('nobody knows');
    return cost;
  };
  return { asked, ask, costs };
}

const METRICS = { metrics: [{ name: 'up' }] };

describe('a cost', () => {
  it('is counted by the query of the checks, as of the time of Prometheus', async () => {
    const { asked, ask } = setUp();
    expect(await ask(detector(METRICS), 'shop')).toEqual({
      ...{ namespaces: ['shop'], pods: 2 },
      // An hour in steps of half a minute, each minute.
      metrics: [{ metric: 'up', series: 7, isMore: false, samplesPerMinute: 840, cpuMsPerMinute: 0.84 }],
      denominators: [],
    });
    expect(asked).toEqual([{ promql: 'count(up{namespace="shop",pod=~"a|b"})', startMs: 60_000, endMs: 60_000 }]);
  });

  it('grows with the history and shrinks with the interval', async () => {
    const schedule = { interval: '2m', step: '10s', history: '2h' };
    const [metric] = (await setUp().ask(detector({ ...METRICS, schedule }), 'shop')).metrics;
    expect(metric?.samplesPerMinute).toBe((7 * 720) / 2);
  });

  it('of pods that nobody names is that of all pods of the namespace', async () => {
    const { asked, ask } = setUp({ pods: 'any' });
    expect((await ask(detector(METRICS), 'shop')).pods).toBeUndefined();
    expect(asked.map(({ promql }) => promql)).toEqual(['count(up{namespace="shop",pod!=""})']);
  });

  it('of no pods asks for nothing, and of no series is nothing', async () => {
    const none = setUp({ pods: [] });
    expect((await none.ask(detector(METRICS), 'shop')).metrics[0]?.series).toBe(0);
    expect(none.asked).toEqual([]);
    expect(await setUp({ pods: {} }).ask(detector(METRICS), 'shop')).toMatchObject({ namespaces: ['shop'], pods: 0 });
    const empty = setUp({ answer: () => [] });
    expect((await empty.ask(detector(METRICS), 'shop')).metrics[0]?.series).toBe(0);
  });

  it('of a query is that of its result within the namespace, without what is of other pods', async () => {
    const query = 'sum by (pod) (rate(x{namespace="other"}[5m]))';
    const { asked, ask } = setUp({ answer: () => [of({ pod: 'a' }), of({ pod: 'c' }), of({})] });
    const [metric] = (await ask(detector({ metrics: [{ name: 'x', query }] }), 'shop')).metrics;
    expect(metric?.series).toBe(2);
    expect(asked.map(({ promql }) => promql)).toEqual(['sum by (pod) (rate(x{namespace="shop"}[5m]))']);
  });

  it('has what lies beneath its metrics, which is read once for all of them and not scored', async () => {
    const query = 'sum by (service) (rate(requests_total[5m]))';
    const metrics = [{ name: 'up' }, { name: 'down' }];
    const { asked, ask } = setUp({ answer: (promql) => (promql.startsWith('sum') ? [of({}), of({})] : [of({}, 7)]) });
    const counted = await ask(
      detector({ metrics, guards: { denominator: { metricName: 'requests', min: 1 } } }),
      'shop',
    );
    expect(counted.denominators).toEqual([
      { metric: 'requests', series: 7, isMore: false, samplesPerMinute: 840, cpuMsPerMinute: 0 },
    ]);
    const queried = await ask(
      detector({ metrics, guards: { denominator: { metricName: 'requests', query, min: 1 } } }),
      'shop',
    );
    // Of a query all that it gives is read, whatever pods it is of.
    expect(queried.denominators).toMatchObject([{ metric: 'requests', series: 2, samplesPerMinute: 240 }]);
    expect(asked.map(({ promql }) => promql).filter((promql) => promql.includes('requests'))).toEqual([
      'count(requests{namespace="shop",pod=~"a|b"})',
      'sum by (service) (rate(requests_total{namespace="shop"}[5m]))',
    ]);
  });

  it('of many namespaces is that of all, each asked for by itself', async () => {
    const { asked, ask } = setUp({ pods: { bank: ['x'], shop: ['a', 'b'] } });
    const cost = await ask({ ...detector(METRICS), namespaces: [] }, '');
    expect(cost).toMatchObject({ namespaces: ['bank', 'shop'], pods: 3, metrics: [{ series: 14 }] });
    expect(asked.map(({ promql }) => promql)).toEqual([
      'count(up{namespace="bank",pod="x"})',
      'count(up{namespace="shop",pod=~"a|b"})',
    ]);
    expect((await setUp({ pods: { bank: 'any', shop: ['a'] } }).ask(detector(METRICS), '')).pods).toBeUndefined();
  });

  it('of nobody knows which namespaces is not known', async () => {
    expect(await setUp({ pods: undefined }).costs(detector(METRICS), '')).toBeUndefined();
  });

  it('that two detectors share is asked for once', async () => {
    const { asked, ask } = setUp();
    await ask(detector(METRICS), 'shop');
    await ask(detector(METRICS), 'shop');
    expect(asked).toHaveLength(1);
  });

  it('that is beyond counting is at least the most', async () => {
    const answer = () => {
      throw new AppError('too-much', 'too many');
    };
    const [metric] = (await setUp({ answer }).ask(detector(METRICS), 'shop')).metrics;
    expect(metric).toMatchObject({ series: 20_000, isMore: true });
  });

  it('of a query that Prometheus refuses is that of this one alone', async () => {
    const answer = (promql: string) => {
      if (promql.startsWith('sum')) throw new AppError('bad-input', 'refused');
      return [of({}, 3)];
    };
    const metrics = [{ name: 'x', query: 'sum by (pod) (x)' }, { name: 'up' }];
    const { metrics: costs } = await setUp({ answer }).ask(detector({ metrics }), 'shop');
    expect(costs.map(({ series, refused }) => [series, refused])).toEqual([
      [0, 'refused'],
      [3, undefined],
    ]);
  });

  it.each(['unavailable', 'forbidden', 'bad-input'] as const)('of a source that is %s is not known', async (code) => {
    const nowMs = () => Promise.reject(new AppError(code, 'away'));
    const metrics = [{ name: 'x', query: 'sum by (pod) (x)' }];
    await expect(setUp({ nowMs }).ask(detector({ metrics }), 'shop')).rejects.toMatchObject({ code });
  });
});
