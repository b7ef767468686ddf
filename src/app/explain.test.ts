import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { kindsOf, objectSchema } from '#resource/kinds.ts';
import type { Schema } from '#resource/schema/schema.ts';
import { explain } from './explain.ts';

const OPTIONS = { group: 'monitoring.my.company' };

/** The ways to all fields of a schema. */
function waysOf(schema: Schema): string[] {
  const { properties = {} } = schema.items ?? schema;
  return Object.entries(properties).flatMap(([name, field]) => [name, ...waysOf(field).map((way) => `${name}.${way}`)]);
}

describe('explain', () => {
  it('says what a field is, what is allowed, its default and its rules', () => {
    const text = explain('anomalydetector.spec.schedule', OPTIONS);
    expect(text).toContain('VERSION:  monitoring.my.company/v2');
    expect(text).toContain('FIELD:    schedule <Object>');
    expect(text).toContain('RULES:\n  history: expected at least ten steps');
    expect(text).toContain(
      '  interval <string>\n    From one check to the next.\n    Allowed: a duration from 10s to 1h',
    );
    expect(explain('ad.spec.threshold', OPTIONS)).toContain('ALLOWED:\n  a number from 0 to 100; default 3');
    expect(explain('ad.spec.selector', { ...OPTIONS, apiVersion: 'v1' })).toContain('<map[string]string>');
  });

  it('takes the names that kubectl takes, and another version', () => {
    for (const name of ['AnomalyDetector', 'anomalydetectors', 'ad'])
      expect(explain(name, OPTIONS)).toContain('KIND:     AnomalyDetector\n');
    expect(explain('cad.spec.namespaces', OPTIONS)).toContain('KIND:     ClusterAnomalyDetector\n');
    expect(explain('ad.spec', { ...OPTIONS, apiVersion: 'monitoring.my.company/v1' })).not.toContain('targets');
    expect(explain('ad.spec.method', { ...OPTIONS, recursive: true })).toContain(
      '  medianMad <Object>\n    baselineMs <number>',
    );
  });

  it('takes the way to an item of a list as problems are told, with its number or without', () => {
    const plain = explain('ad.spec.metrics.name', OPTIONS);
    expect(explain('ad.spec.metrics[].name', OPTIONS)).toBe(plain);
    expect(explain('ad.spec.metrics[0].name', OPTIONS)).toBe(plain);
    expect(() => explain('ad.spec.metrics[x].name', OPTIONS)).toThrow('unknown field "metrics[x]"');
  });

  it('explains every field of every kind', () => {
    for (const kind of kindsOf(ALGORITHMS)) {
      for (const version of kind.versions) {
        for (const way of waysOf(objectSchema(kind, version))) {
          expect(explain(`${kind.singular}.${way}`, { ...OPTIONS, apiVersion: version.name })).toContain('FIELD:');
        }
      }
    }
  });

  it.each([
    ['anomalydetecter', 'did you mean "anomalydetector"?'],
    ['ad.spec.gards', 'ad.spec: unknown field "gards"; did you mean "guards"?'],
    ['ad.spec.threshold.x', 'unknown field "x"'],
  ])('of %s says what there is', (path, message) => {
    expect(() => explain(path, OPTIONS)).toThrow(message);
  });

  it('of a version that there is not says which there are', () => {
    expect(() => explain('ad', { ...OPTIONS, apiVersion: 'v9' })).toThrow('unknown version of AnomalyDetector "v9"');
  });
});
