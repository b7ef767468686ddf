import { describe, expect, it } from 'vitest';
import { parsePromql } from '#collect/prometheus/promql.ts';
import type { Algorithm } from '#detect/contract.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { completeParams } from '#detect/settings.ts';
import { promqlMethods, ruleFile } from './rule-file.ts';

const OPTIONS = { namespace: 'default', selectBy: 'pods', alerts: true } as const;

function manifest(spec: string, metadata = '{ name: slow, namespace: shop }', kind = 'AnomalyDetector'): string {
  return `apiVersion: monitoring.my.company/v2\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n`;
}

const EMA = '{ targets: { matchLabels: { app: cart } }, metrics: [{ name: latency }], method: { name: ema } }';
const ALL = '{ targets: { matchLabels: { app: cart } }, metrics: [{ name: latency }] }';

describe('rules of detectors', () => {
  it('are of every method that says it can be', () => {
    expect(promqlMethods()).toEqual(
      expect.arrayContaining(['ema', 'rolling-z-score', 'seasonal-bands', 'static-threshold', 'z-score']),
    );
  });

  it.each(promqlMethods())('%s reads only what is recorded before it, and records score, value and band', (name) => {
    const known: Readonly<Record<string, Algorithm>> = ALGORITHMS;
    const algorithm = known[name];
    const given = name === 'static-threshold' ? { above: 3, below: -1 } : {};
    const rules =
      algorithm?.promql?.rules(completeParams(algorithm.params, given), {
        stepMs: 30_000,
        of: (one) => `{__name__="tw:${one}"}`,
      }) ?? [];
    const names = new Set(['value']);
    for (const { name: own, expr } of rules) {
      expect(parsePromql(expr)).not.toHaveProperty('problem');
      const now = expr.replaceAll(/"\}\[\w+\] offset \w+/g, '').replaceAll(/last_over_time\(\{__name__="tw:\w+/g, '');
      for (const [, read = ''] of now.matchAll(/tw:(\w+)/g)) expect(names).toContain(read);
      names.add(own);
    }
    for (const figure of ['score', 'expected', 'lower', 'upper']) expect(names).toContain(figure);
  });

  it('are a group for each metric, evaluated as often as it has points', () => {
    const spec = EMA.replace(
      '[{ name: latency }]',
      '[{ name: latency }, { name: calls_total }], schedule: { step: 1m }',
    );
    const { groups, notes } = ruleFile(manifest(spec), 'f', OPTIONS);
    expect(groups.map(({ name, interval }) => [name, interval])).toEqual([
      ['tidewatch/shop/slow/latency', '1m'],
      ['tidewatch/shop/slow/calls_total', '1m'],
    ]);
    expect(groups[0]?.rules[0]).toMatchObject({
      record: 'tidewatch:value',
      labels: { detector: 'shop/slow', metric: 'latency' },
    });
    expect(groups[0]?.rules.at(-1)).toMatchObject({ alert: 'TidewatchAnomaly', labels: { severity: 'warning' } });
    expect(notes).toEqual([
      'slow: findings.alert is not true, and yet an alert is written, for rules have no page; --no-alerts leaves all out',
      'rated as counters by their names: calls_total',
      'pods are chosen by kube_pod_labels of kube-state-metrics: it needs --metric-labels-allowlist=pods=[app]',
    ]);
  });

  function alertOf(findings: string, rest = '', step = '30s') {
    const spec = EMA.replace('{ targets', `{ findings: ${findings}, schedule: { step: ${step} }, ${rest} targets`);
    const { groups, notes } = ruleFile(manifest(spec), 'f', OPTIONS);
    return { alert: groups[0]?.rules.at(-1), notes: notes.filter((note) => note.includes('findings')) };
  }

  it('tell of an alert all that its detector says', () => {
    const findings = '{ alert: true, for: 90s, severity: Critical, labels: { team: shop }, summary: The cart is slow }';
    const runbook = 'extension: { apiVersion: runbook.tidewatch.io/v1, url: "https://wiki.example.org/cart" },';
    expect(alertOf(findings, runbook)).toMatchObject({
      alert: {
        for: '90s',
        labels: { team: 'shop', severity: 'critical', detector: 'shop/slow', metric: 'latency' },
        annotations: { summary: 'The cart is slow', runbook_url: 'https://wiki.example.org/cart' },
      },
      notes: [],
    });
  });

  it.each([
    ['{ alert: true }', '30s', '5m'],
    // Five points take longer than five minutes.
    ['{ alert: true }', '2m', '10m'],
    ['{ alert: true, for: 1m }', '2m', '1m'],
    ['{ for: 1m }', '30s', '1m'],
    ['{}', '30s', undefined],
  ])('of findings %s with a point each %s wait %s', (findings, step, wait) => {
    expect(alertOf(findings, '', step).alert?.for).toBe(wait);
  });

  it('tell what a detector says that does not say whether somebody is told, and that it does not', () => {
    const { alert, notes } = alertOf('{ labels: { team: shop }, severity: Info, summary: Slow }');
    expect(alert).toMatchObject({ labels: { team: 'shop', severity: 'info' }, annotations: { summary: 'Slow' } });
    expect(notes).toEqual([expect.stringContaining('slow: findings.alert is not true')]);
  });

  it('keep braces of its words from being taken for a template', () => {
    const { alert } = alertOf(`{ alert: true, summary: '{{ a }} {b}', labels: { team: 'x{{y' } }`);
    expect(alert?.annotations?.summary).toBe('{{ "{{" }} a }} {b}');
    expect(alert?.labels?.team).toBe('x{{ "{{" }}y');
  });

  it('are recording rules alone when no alert is wanted', () => {
    const { groups } = ruleFile(manifest(EMA), 'f', { ...OPTIONS, alerts: false });
    expect(groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined)).toEqual([]);
  });

  it('of a suspended detector are none, and it is said', () => {
    const { groups, notes } = ruleFile(manifest(EMA.replace('{ targets', '{ suspend: true, targets')), 'f', OPTIONS);
    expect(groups).toEqual([]);
    expect(notes).toContain('slow: suspended, so there are no rules of it');
  });

  it('of a detector without a namespace are in the one that is told', () => {
    const { groups, notes } = ruleFile(manifest(EMA, '{ name: slow }'), 'f', { ...OPTIONS, namespace: 'bank' });
    expect(groups[0]?.name).toBe('tidewatch/bank/slow/latency');
    expect(notes).toContain('slow: no namespace is named, so it is bank; -n names another');
  });

  it('of a v1 and of a cluster detector are as of any other', () => {
    const old = `apiVersion: monitoring.my.company/v1\nkind: AnomalyDetector\nmetadata: { name: old }\nspec: { selector: { app: a }, metricName: m }\n`;
    const wide = manifest(
      EMA.replace('{ targets', '{ namespaces: {}, targets'),
      '{ name: wide }',
      'ClusterAnomalyDetector',
    );
    const { groups } = ruleFile(`${old}---\n${wide}`, 'f', OPTIONS);
    expect(groups.map(({ name }) => name)).toEqual(['tidewatch/default/old/m', 'tidewatch/*/wide/latency']);
    expect(groups[1]?.rules[0]?.expr).toContain(
      '(latency{pod!=""} and on (namespace, pod) kube_pod_labels{label_app="cart"})',
    );
  });

  it('are refused for what PromQL cannot say, all at once, with lines and what can', () => {
    const text = `${manifest(ALL)}---\n${manifest(EMA.replace('ema', 'cusum'), '{ name: other }')}`;
    const problem = `cannot be written as rules of Prometheus: choose one of ${promqlMethods().join(', ')}`;
    expect(() => ruleFile(text, 'f.yaml', OPTIONS)).toThrow(
      `f.yaml: 2 problems\n  f.yaml:4:1 spec.method.name: auto ${problem}\n  f.yaml:9:96 spec.method.name: cusum ${problem}`,
    );
  });

  it.each([
    ['season: week', 'season week cannot be written as rules of Prometheus: day can'],
    ['timeZone: Europe/Berlin', 'timeZone Europe/Berlin cannot be written as rules of Prometheus, which count in UTC'],
    ['buckets: 288', 'cannot be written as rules of Prometheus unless a bucket is a whole number of steps'],
  ])('are refused for seasonal bands with %s', (given, sentence) => {
    const bands = EMA.replace('name: ema', `name: seasonal-bands, seasonalBands: { ${given} }`);
    const spec = bands.replace('{ targets', '{ schedule: { step: 7m, history: 2h }, targets');
    expect(() => ruleFile(manifest(spec), 'f', OPTIONS)).toThrow(sentence);
  });

  it('are refused for a query that no webhook would let in, and for one of many namespaces', () => {
    const query = (promql: string) => EMA.replace('name: latency', `name: latency, query: '${promql}'`);
    expect(() => ruleFile(manifest(query('sum(')), 'f', OPTIONS)).toThrow(/spec\.metrics\[0\]\.query/);
    const wide = query('max by (pod) (latency)').replace('{ targets', '{ namespaces: { names: [a, b] }, targets');
    expect(() => ruleFile(manifest(wide, '{ name: w }', 'ClusterAnomalyDetector'), 'f', OPTIONS)).toThrow(
      'is asked of each namespace by itself',
    );
  });
});
