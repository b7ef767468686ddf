import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsOf, parsePromql, restrictToNamespace, selectorQuery } from './promql.ts';
import { quotePromql, unquotePromql } from './promql-text.ts';
import { matchersOf, selectorsIn } from './promql-tree.ts';

const NASTY = ['"', '\\', '\n', '"}) or vector(1) #', "'`{}", '\r', '\u0000', 'é😀', '.*|.+', '$^[a](b)\\d', '\\"'];
const nasty = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }), fc.string());

describe('a query', () => {
  it.each([
    ['sum(', 'the query ends too early, at column 5', 5],
    ['', 'the query is empty', 1],
    ['up{a="x}', 'the query is no PromQL: the text in quotes does not close, or has an unknown escape at column 6', 6],
    [
      'up{a="x\\"}',
      'the query is no PromQL: the text in quotes does not close, or has an unknown escape at column 6',
      6,
    ],
    [
      'up{a="\\q"}',
      'the query is no PromQL: the text in quotes does not close, or has an unknown escape at column 6',
      6,
    ],
    ['up\n  and )', 'the query is no PromQL: ")" is not expected at line 2, column 7', 7],
  ])('"%s" has a problem: %s', (promql, problem, column) => {
    const parsed = parsePromql(promql);
    expect(parsed).toEqual({ problem, column });
  });

  it('names its metrics', () => {
    expect(metricsOf('sum(rate(b_total[5m])) / a + {__name__="c"} * {"d.e"} + {__name__=~"f.*"} - time()')).toEqual([
      'a',
      'b_total',
      'c',
      'd.e',
    ]);
    expect(metricsOf('sum(')).toEqual([]);
  });
});

describe('a query from parts', () => {
  it.each([
    [{ metricName: 'up', matchers: [] }, 'up'],
    [
      {
        metricName: 'up',
        matchers: [
          { label: 'namespace', operator: '=', value: 'x' },
          { label: 'pod', anyOf: ['a.b', 'c'] },
        ],
      },
      'up{namespace="x",pod=~"a\\\\.b|c"}',
    ],
    [{ metricName: 'up', matchers: [{ label: 'pod', anyOf: ['a.b'] }] }, 'up{pod="a.b"}'],
    [{ metricName: 'c_total', matchers: [], rateWindowMs: 90_000 }, 'rate(c_total[90s])'],
    [
      { metricName: 'c_total', matchers: [], rateWindowMs: 1500, by: ['pod', 'b'] },
      'sum by (pod,b) (rate(c_total[1500ms]))',
    ],
    [{ metricName: 'c', matchers: [], rateWindowMs: 7_200_000, by: [] }, 'sum(rate(c[2h]))'],
    [{ metricName: 'constructor', matchers: [] }, '{__name__="constructor"}'],
    [{ metricName: 'offset', matchers: [] }, '{__name__="offset"}'],
    [{ metricName: 'atan2', matchers: [] }, '{__name__="atan2"}'],
    [{ metricName: 'a.b', matchers: [{ label: 'c.d', operator: '!=', value: '"' }] }, '{__name__="a.b","c.d"!="\\""}'],
  ] as const)('%j is %s', (parts, promql) => {
    expect(selectorQuery(parts)).toBe(promql);
    expect(parsePromql(promql)).not.toHaveProperty('problem');
  });

  it('asks for nothing when there is nothing to ask for', () => {
    expect(() => selectorQuery({ metricName: 'up', matchers: [{ label: 'pod', anyOf: [] }] })).toThrow(
      /no value of the label pod/,
    );
    expect(() => selectorQuery({ metricName: 'up', matchers: [], rateWindowMs: 0 })).toThrow(/a rate over 0 ms/);
  });

  it('holds its values as values, whatever they are', () => {
    fc.assert(
      fc.property(nasty, nasty, fc.array(nasty, { minLength: 1, maxLength: 4 }), (metricName, value, pods) => {
        const matchers = [{ label: 'a', operator: '=', value } as const, { label: 'pod', anyOf: pods }];
        const promql = selectorQuery({ metricName, matchers });
        // A carriage return outside of an escape would be another query.
        const parsed = parsePromql(promql);
        if ('problem' in parsed) throw new Error(`${promql}: ${parsed.problem}`);
        expect(parsed.promql).toBe(promql);
        const selectors = selectorsIn(parsed);
        expect(selectors).toHaveLength(1);
        const found = selectors.flatMap((selector) => matchersOf(promql, selector));
        expect(found.find(({ label }) => label === 'a')?.value).toBe(value);
        expect(metricsOf(promql)).toEqual([metricName]);
        const pod = found.find(({ label }) => label === 'pod');
        for (const one of pods) {
          if (pod?.operator === '=') expect(pod.value).toBe(one);
          else expect(new RegExp(`^(?:${pod?.value})$`, 'su').test(one)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('quotes there and back', () => {
    fc.assert(fc.property(nasty, (text) => unquotePromql(quotePromql(text)) === text));
    expect(unquotePromql("'a\\'\\x41\\101\\u0041\\U00000041'")).toBe("a'AAAA");
    for (const wrong of ['"', "'a", '"a\'', '"\\\'"', '"\\xZ"', '"\\uD800"', '"\\400"', '`a``']) {
      expect(unquotePromql(wrong), wrong).toBeUndefined();
    }
  });
});

describe('a query kept within a namespace', () => {
  it.each([
    ['up', 'up{namespace="x"}'],
    ['up{}', 'up{namespace="x"}'],
    ['{__name__="up"}', '{__name__="up",namespace="x"}'],
    ['up{a="b",}', 'up{a="b",namespace="x"}'],
    ['up{namespace="y"}', 'up{namespace="x"}'],
    ['up{namespace=~".*", a!~"b", namespace!="x"}', 'up{a!~"b",namespace="x"}'],
    ['up{"namespace"="y"}', 'up{namespace="x"}'],
    ['up{"name\\u0073pace"=~".+"}', 'up{namespace="x"}'],
    ['{"up.down", a="b"}', '{"up.down",a="b",namespace="x"}'],
    ['rate(a[5m]) / on (b) group_left (c) d', 'rate(a{namespace="x"}[5m]) / on (b) group_left (c) d{namespace="x"}'],
    ['max_over_time(a[1h:5m] offset 1d)', 'max_over_time(a{namespace="x"}[1h:5m] offset 1d)'],
    ['a @ start() offset 5m', 'a{namespace="x"} @ start() offset 5m'],
    ['sum by (a) (rate(b{c="}"}[5m])) > bool 3', 'sum by (a) (rate(b{c="}",namespace="x"}[5m])) > bool 3'],
    [
      'topk(3, a) or -b unless absent(c)',
      'topk(3, a{namespace="x"}) or -b{namespace="x"} unless absent(c{namespace="x"})',
    ],
    ['sum + on() sum', 'sum{namespace="x"} + on() sum{namespace="x"}'],
    ['a # or b\n', 'a{namespace="x"}       \n'],
    ['a{ # namespace="x"}\n b="c" }', 'a{b="c",namespace="x"}'],
    ['a # \r or b', 'a{namespace="x"}   \n or b{namespace="x"}'],
  ])('%s becomes %s', (promql, expected) => {
    expect(restrictToNamespace(promql, 'x')).toBe(expected);
  });

  it.each([
    ['vector(1)', /reads no metric/],
    ['time() + 1', /reads no metric/],
    ['"text"', /reads no metric/],
    ['info(a)', /info\(\) reads series of all/],
    ['up{', /ends too early|not expected/],
    ['up{a="b"} or secret{namespace="y', /does not close/],
  ])('%s is refused', (promql, message) => {
    expect(() => restrictToNamespace(promql, 'x')).toThrow(message);
  });

  it('holds a namespace of any letters', () => {
    fc.assert(
      fc.property(nasty, (namespace) => {
        const parsed = parsePromql(restrictToNamespace('sum(a{b="c"}) / d', namespace));
        if ('problem' in parsed) throw new Error(parsed.problem);
        const found = selectorsIn(parsed).map((one) => matchersOf(parsed.promql, one).at(-1)?.value);
        expect(found).toEqual([namespace, namespace]);
      }),
    );
  });
});
