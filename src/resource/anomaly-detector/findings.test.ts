import { describe, expect, it, test } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { convertDetector } from './convert.ts';
import { parseDetectorObject } from './parse-object.ts';

const object = (spec: object) => ({
  ...{ apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata: { name: 'a', namespace: 'shop' } },
  spec: { targets: { matchLabels: { app: 'x' } }, metrics: [{ name: 'm' }], ...spec },
});
const alertOf = (findings: object, more: object = {}) => {
  const { plans, problems } = parseDetectorObject(object({ findings, ...more }), ALGORITHMS);
  expect(problems).toEqual([]);
  return plans[0]?.alert;
};
const problemOf = (findings: object) => parseDetectorObject(object({ findings }), ALGORITHMS).problems[0];

describe('"alert on this"', () => {
  it('is not said unless it is said', () => {
    expect(alertOf({})).toBeUndefined();
    expect(alertOf({ severity: 'Critical', labels: { team: 'shop' } })).toBeUndefined();
  });

  it('has defaults: after five minutes and five points, a warning, no label of its own', () => {
    const rule = { afterMs: 300_000, afterPoints: 5, severity: 'warning', labels: {} };
    expect(alertOf({ alert: true })).toEqual(rule);
  });

  it('waits for longer where a finding lasts as long as the trouble', () => {
    const rule = { afterMs: 1_200_000, afterPoints: 20, severity: 'warning', labels: {} };
    expect(alertOf({ alert: true }, { guards: { ends: 'back' } })).toEqual(rule);
    expect(alertOf({ alert: true, for: '2m' }, { guards: { ends: 'back' } })).toMatchObject({ afterMs: 120_000 });
  });

  it('is carried by each plan, with the runbook that the detector has', () => {
    const said = {
      alert: true,
      for: '1m30s',
      severity: 'Critical',
      labels: { team: 'shop' },
      summary: 'The cart is slow',
    };
    const extension = { apiVersion: 'runbook.tidewatch.io/v1', url: 'https://wiki.example/cart' };
    expect(alertOf(said, { extension })).toEqual({
      ...{ afterMs: 90_000, severity: 'critical', labels: { team: 'shop' }, summary: 'The cart is slow' },
      runbook: 'https://wiki.example/cart',
    });
    expect(alertOf({ alert: true }, { extension: { apiVersion: 'acme.example/v1', url: 'x' } })).not.toHaveProperty(
      'runbook',
    );
  });

  it.each([
    ['a severity that there is not', { severity: 'Page' }, 'spec.findings.severity', 'Critical'],
    ['no time at all', { for: '0s' }, 'spec.findings.for', 'a duration'],
    ['more than a day', { for: '25h' }, 'spec.findings.for', 'from 1s to 24h'],
    ['a label that each alert has', { labels: { severity: 'page' } }, 'spec.findings.labels', 'each alert has'],
    ['a label that Prometheus refuses', { labels: { 'a-b': 'x' } }, 'spec.findings.labels', 'names of labels'],
    ['a label that Prometheus keeps for itself', { labels: { __x: 'x' } }, 'spec.findings.labels', 'names of labels'],
    ['an empty value', { labels: { team: '' } }, 'spec.findings.labels.team', '1 to 253'],
    ['a value of two lines', { labels: { team: 'a\nb' } }, 'spec.findings.labels.team', 'one line'],
    [
      'too many labels',
      { labels: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`l${index}`, 'x'])) },
      'spec.findings.labels',
      '1 to 16',
    ],
    ['a long summary', { summary: 'x'.repeat(301) }, 'spec.findings.summary', '300'],
  ])('%s is refused, by its path', (_, findings, path, message) => {
    expect(problemOf({ alert: true, ...findings })).toEqual({ path, message: expect.stringContaining(message) });
  });
});

test('v1 cannot say it, and loses nothing of it', () => {
  const findings = { alert: true, for: '2m', labels: { team: 'shop' }, summary: 'Slow' };
  const stored = object({ findings });
  const there = convertDetector(stored, 'v1');
  expect(there.spec).not.toHaveProperty('findings');
  expect(convertDetector(there, 'v2')).toEqual(stored);
  const changed = convertDetector({ ...there, spec: { ...(there.spec as object), threshold: 5 } }, 'v2');
  expect(changed.spec).toMatchObject({ findings, threshold: 5 });
});
