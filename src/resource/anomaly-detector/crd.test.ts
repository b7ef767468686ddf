import { describe, expect, it } from 'vitest';
import type { StructuralSchema } from '../structural-schema.ts';
import { anomalyDetectorCrd } from './crd.ts';

const crd = anomalyDetectorCrd({ algorithms: ['auto', 'z-score'], group: 'watch.example.org' });
const [version] = crd.spec.versions;
const root = version?.schema.openAPIV3Schema ?? {};
const field = (...path: string[]) => path.reduce<StructuralSchema>((here, name) => here.properties?.[name] ?? {}, root);

/** Every node of the schema with its path. */
function nodes(schema: StructuralSchema, path = ''): [path: string, schema: StructuralSchema][] {
  return [
    [path, schema],
    ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) => nodes(child, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : nodes(schema.items, `${path}[]`)),
    ...(schema.additionalProperties === undefined ? [] : nodes(schema.additionalProperties, `${path}{}`)),
  ];
}

describe('the definition of AnomalyDetector', () => {
  it('is of the group that it is installed with', () => {
    expect(crd.metadata.name).toBe('anomalydetectors.watch.example.org');
    expect(crd.spec.group).toBe('watch.example.org');
    expect(crd.spec.names).toMatchObject({ kind: 'AnomalyDetector', plural: 'anomalydetectors', shortNames: ['ad'] });
    expect(crd.spec.names).not.toHaveProperty('categories');
  });

  it('requires what D1 requires, and gives its defaults and ranges', () => {
    expect(field('spec').required).toEqual(['selector', 'metricName', 'algorithm']);
    expect(field('spec', 'algorithm')).toMatchObject({ default: 'z-score', enum: ['auto', 'z-score'] });
    expect(field('spec', 'threshold')).toMatchObject({ type: 'number', default: 3, minimum: 0, maximum: 100 });
    expect(field('spec', 'selector')).toMatchObject({ minProperties: 1, maxProperties: 32 });
  });

  it('leaves what nobody wrote out of a detector: mappings have no default', () => {
    for (const path of [['guards'], ['parameters'], ['guards', 'range'], ['guards', 'persistence']]) {
      expect(field('spec', ...path)).not.toHaveProperty('default');
    }
  });

  it('answers Pending until somebody writes a status', () => {
    expect(field('status').default).toEqual({
      state: 'Pending',
      monitoredPods: 0,
      anomalousPods: [],
      anomalousPodCount: 0,
      conditions: [],
    });
    expect(field('status', 'state').enum).toEqual(['Pending', 'NoPodsFound', 'AwaitingMetrics', 'Active', 'Error']);
    expect(field('status', 'anomalousPods')).toMatchObject({ maxItems: 100 });
  });

  it('shows the columns that one looks for', () => {
    const named = (isWide: boolean) =>
      version?.additionalPrinterColumns
        .filter(({ priority = 0 }) => priority > 0 === isWide)
        .map(({ name }) => name.toUpperCase());
    expect(named(false)).toEqual(['STATE', 'PODS', 'ANOMALOUS', 'SCORE', 'METRIC', 'LAST CHECK', 'AGE']);
    expect(named(true)).toEqual(['REASON', 'ANOMALOUS PODS', 'MESSAGE']);
  });

  it('explains every field in a sentence', () => {
    const bare = nodes(root)
      .filter(([path]) => path.startsWith('.spec.') || path.startsWith('.status'))
      .filter(([path, { description }]) => !path.endsWith('}') && !/^\S.{8,}[.!?]$/.test(description ?? ''))
      .map(([path]) => path);
    expect(bare).toEqual([]);
  });

  it('bounds every text, list and map, so that rules have a cost', () => {
    const unbounded = nodes(root)
      .filter(([path]) => path.startsWith('.spec') || path.startsWith('.status'))
      .filter(([, schema]) => {
        if (schema.type === 'string') return schema.maxLength === undefined && schema.enum === undefined;
        if (schema.type === 'array') return schema.maxItems === undefined;
        return schema.additionalProperties !== undefined && schema.maxProperties === undefined;
      });
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('speaks the dialect of Kubernetes: no unions, one type, nothing that is false', () => {
    const words = JSON.stringify(root);
    for (const foreign of ['anyOf', 'oneOf', 'propertyNames', 'const', '$schema', ':false', '\\/', '\\w']) {
      expect(words.includes(foreign), foreign).toBe(false);
    }
    expect(nodes(root).every(([, { type }]) => type === undefined || typeof type === 'string')).toBe(true);
  });
});
