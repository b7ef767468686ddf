import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { crdOf } from './crd.ts';
import { kindsOf } from './kinds.ts';
import type { Schema } from './schema/schema.ts';

const [namespaced, ofCluster] = kindsOf(ALGORITHMS).map((kind) => crdOf(kind, { group: 'watch.example.org' }));
const VERSIONS = [namespaced, ofCluster].flatMap((crd) =>
  (crd?.spec.versions ?? []).map(({ name, schema }) => ({
    name: `${crd?.spec.names.kind} ${name}`,
    root: schema.openAPIV3Schema,
  })),
);
const [v1 = {}, v2 = {}] = VERSIONS.map(({ root }) => root);
const field = (root: Schema, ...path: string[]) =>
  path.reduce<Schema>((here, name) => here.properties?.[name] ?? {}, root);

/** Every node of the schema with its path. */
function nodes(schema: Schema, path = ''): [path: string, schema: Schema][] {
  const { additionalProperties } = schema;
  return [
    [path, schema],
    ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) => nodes(child, `${path}.${name}`)),
    ...(schema.items === undefined ? [] : nodes(schema.items, `${path}[]`)),
    ...(typeof additionalProperties === 'object' ? nodes(additionalProperties, `${path}{}`) : []),
  ];
}

describe('the definition of AnomalyDetector', () => {
  it('is of the group that it is installed with, and stored in the newest version', () => {
    expect(namespaced?.metadata.name).toBe('anomalydetectors.watch.example.org');
    expect(namespaced?.spec.names).toMatchObject({ kind: 'AnomalyDetector', shortNames: ['ad'] });
    expect(namespaced?.spec.versions.map(({ name, storage }) => `${name} ${storage}`)).toEqual(['v1 false', 'v2 true']);
    expect(ofCluster?.spec.scope).toBe('Cluster');
  });

  it('requires in v1 what D1 requires, and gives its defaults and ranges', () => {
    expect(field(v1, 'spec').required).toEqual(['selector', 'metricName', 'algorithm']);
    expect(field(v1, 'spec', 'algorithm')).toMatchObject({ default: 'z-score', enum: Object.keys(ALGORITHMS) });
    expect(field(v1, 'spec', 'threshold')).toMatchObject({ type: 'number', default: 3, minimum: 0, maximum: 100 });
    expect(field(v1, 'spec', 'selector')).toMatchObject({ minProperties: 1, maxProperties: 32 });
  });

  it('keeps the types of v1 in v2, so that without a webhook an object is the same in both', () => {
    for (const name of ['selector', 'metricName', 'threshold', 'parameters']) {
      expect(field(v2, 'spec', name)).toEqual(field(v1, 'spec', name));
    }
    for (const name of Object.keys(field(v1, 'spec', 'guards').properties ?? {})) {
      expect(field(v2, 'spec', 'guards', name)).toEqual(field(v1, 'spec', 'guards', name));
    }
    expect(field(v2, 'spec', 'algorithm').enum).toEqual(field(v1, 'spec', 'algorithm').enum);
    expect(field(v2, 'status')).toEqual(field(v1, 'status'));
  });

  it('gives every method its own typed parameters', () => {
    const own = field(v2, 'spec', 'method', 'medianMad');
    expect(Object.keys(own.properties ?? {})).toEqual(Object.keys(ALGORITHMS['median-mad'].params));
    expect(field(v2, 'spec', 'method').required).toEqual(['name']);
  });

  it('leaves what nobody wrote out of a detector: mappings have no default', () => {
    const withDefault = VERSIONS.flatMap(({ root }) => nodes(field(root, 'spec')))
      .filter(([, schema]) => schema.type === 'object' && schema.default !== undefined)
      .map(([path]) => path);
    expect(withDefault).toEqual([]);
  });

  it('answers Pending until somebody writes a status', () => {
    expect(field(v2, 'status').default).toEqual({
      state: 'Pending',
      monitoredPods: 0,
      anomalousPods: [],
      anomalousPodCount: 0,
      conditions: [],
    });
    expect(field(v2, 'status', 'state').enum).toEqual(['Pending', 'NoPodsFound', 'AwaitingMetrics', 'Active', 'Error']);
    expect(field(v2, 'status', 'anomalousPods')).toMatchObject({ maxItems: 100 });
  });

  it('shows the columns that one looks for', () => {
    const columns = namespaced?.spec.versions.map(({ additionalPrinterColumns: all }) =>
      [false, true].map((isWide) =>
        all
          .filter(({ priority = 0 }) => priority > 0 === isWide)
          .map(({ name }) => name.toUpperCase())
          .join(', '),
      ),
    );
    expect(columns).toEqual([
      ['STATE, PODS, ANOMALOUS, SCORE, METRIC, LAST CHECK, AGE', 'REASON, ANOMALOUS PODS, MESSAGE'],
      [
        'STATE, PODS, ANOMALOUS, SCORE, SERIES, WARM, LAST SCORE, A DAY, AGE',
        'LAST CHECK, REASON, ANOMALOUS PODS, MESSAGE',
      ],
    ]);
  });
});

describe.each(VERSIONS)('the schema of $name', ({ root }) => {
  const inside = nodes(root).filter(([path]) => path.startsWith('.spec') || path.startsWith('.status'));

  it('explains every field in a sentence', () => {
    const bare = inside
      .filter(([path, { description }]) => !/[}\]]$/.test(path) && !/^\S.{8,}[.!?]$/.test(description ?? ''))
      .map(([path]) => path);
    expect(bare).toEqual([]);
  });

  it('bounds every text, list and map, so that rules have a cost', () => {
    const unbounded = inside.filter(([, schema]) => {
      if (schema.type === 'string') return schema.maxLength === undefined && schema.enum === undefined;
      if (schema.type === 'array') return schema.maxItems === undefined;
      return schema.additionalProperties !== undefined && schema.maxProperties === undefined;
    });
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('speaks the dialect of Kubernetes: one type, nothing that is false but defaults, nothing of ours', () => {
    const words = JSON.stringify(root).replaceAll('"default":false', '');
    for (const foreign of ['oneOf', 'propertyNames', 'const', '$schema', ':false', '\\/', '\\w', '"expected"']) {
      expect(words.includes(foreign), foreign).toBe(false);
    }
    expect(nodes(root).every(([, { type }]) => type === undefined || typeof type === 'string')).toBe(true);
  });
});
