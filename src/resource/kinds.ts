// All kinds of resources with their versions, in one place: CRDs, validation, documentation and `explain` follow from this list.
import type { z } from 'zod';
import { onceFor } from '#kit/once-for.ts';
import type { KnownAlgorithms } from './anomaly-detector/method.ts';
import { DetectorStatusSchema } from './anomaly-detector/status.ts';
import { KIND, specV1 } from './anomaly-detector/v1.ts';
import { CLUSTER_KIND, clusterSpecV2, specV2 } from './anomaly-detector/v2.ts';
import type { KindSchema } from './schema/check-object.ts';
import type { Schema } from './schema/schema.ts';
import { structuralSchema } from './schema/structural-schema.ts';

export type VersionName = 'v1' | 'v2';
/** The one in which objects are stored, and which all code reads. */
export const HUB = 'v2' satisfies VersionName;

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  /** Of 1 and more: only with `-o wide`. */
  readonly priority?: number;
}

export interface KindVersion {
  readonly name: VersionName;
  readonly spec: z.ZodType;
  readonly columns: readonly Column[];
}

export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
  readonly description: string;
  readonly versions: readonly KindVersion[];
}

const STATE: Column = { name: 'State', type: 'string', jsonPath: '.status.state', description: 'How it stands.' };
const PODS: Column = {
  name: 'Pods',
  type: 'integer',
  jsonPath: '.status.monitoredPods',
  description: 'Pods that are watched.',
};
const ANOMALOUS: Column = {
  name: 'Anomalous',
  type: 'integer',
  jsonPath: '.status.anomalousPodCount',
  description: 'Pods with a recent anomalous point.',
};
const METRIC: Column = {
  name: 'Metric',
  type: 'string',
  jsonPath: '.spec.metricName',
  description: 'The metric that is watched.',
};
const LAST_CHECK: Column = {
  name: 'Last check',
  type: 'date',
  jsonPath: '.status.lastCheckTime',
  description: 'The last analysis.',
};
const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const HEALTH: readonly Column[] = [
  { name: 'Series', type: 'integer', jsonPath: '.status.health.series', description: 'Series that are watched.' },
  {
    name: 'Warm',
    type: 'string',
    jsonPath: '.status.health.warm',
    description: 'The share of them that is scored already.',
  },
  {
    name: 'Last score',
    type: 'date',
    jsonPath: '.status.health.lastScoreTime',
    description: 'The newest point that has a score.',
  },
  {
    ...{ name: 'A day', type: 'number', jsonPath: '.status.health.findingsPerDay' },
    description: 'Findings a day.',
  },
];

const SCORE: Column = {
  ...{ name: 'Score', type: 'number', jsonPath: '.status.latestScore' },
  description: "The worst pod's newest score.",
};

const READY = '.status.conditions[?(@.type=="Ready")]';
const WIDE: readonly Column[] = [
  { name: 'Reason', type: 'string', jsonPath: `${READY}.reason`, description: 'Why it is so.', priority: 1 },
  {
    ...{ name: 'Anomalous pods', type: 'string', jsonPath: '.status.anomalousPods' },
    ...{ description: 'Their names, the worst first.', priority: 1 },
  },
  { name: 'Message', type: 'string', jsonPath: `${READY}.message`, description: 'Why, in a sentence.', priority: 1 },
];

const V1_COLUMNS = [STATE, PODS, ANOMALOUS, SCORE, METRIC, LAST_CHECK, AGE, ...WIDE];
const V2_COLUMNS = [STATE, PODS, ANOMALOUS, SCORE, ...HEALTH, AGE, { ...LAST_CHECK, priority: 1 }, ...WIDE];

/** Made once for each registry. */
export const kindsOf = onceFor((algorithms: KnownAlgorithms): readonly Kind[] => {
  return [
    {
      kind: KIND,
      plural: 'anomalydetectors',
      singular: 'anomalydetector',
      shortNames: ['ad'],
      isNamespaced: true,
      description: 'Watches metrics of the pods that it selects in its namespace, and says which behave unusually.',
      versions: [
        { name: 'v1', spec: specV1(Object.keys(algorithms)), columns: V1_COLUMNS },
        { name: 'v2', spec: specV2(algorithms), columns: V2_COLUMNS },
      ],
    },
    {
      kind: CLUSTER_KIND,
      plural: 'clusteranomalydetectors',
      singular: 'clusteranomalydetector',
      shortNames: ['cad'],
      isNamespaced: false,
      description:
        'Watches metrics of the pods that it selects in many namespaces; for those who may look across them.',
      versions: [{ name: 'v2', spec: clusterSpecV2(algorithms), columns: V2_COLUMNS }],
    },
  ];
});

const schemas = new WeakMap<KindVersion, Schema>();

/** The schema of whole objects of this version. */
export function objectSchema({ kind, description }: Kind, version: KindVersion): Schema {
  const known = schemas.get(version);
  if (known !== undefined) return known;
  const status = structuralSchema(DetectorStatusSchema);
  const schema: Schema = {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'The version of this object’s schema.' },
      kind: { type: 'string', description: `Always ${kind}.` },
      metadata: { type: 'object' },
      spec: { description: 'What is to be watched, and how.', ...specSchema(version) },
      status: { ...status, default: defaultsOf(status) },
    },
  };
  schemas.set(version, schema);
  return schema;
}

function specSchema({ name, spec }: KindVersion): Schema {
  const schema = structuralSchema(spec);
  // D1 requires the field and gives it a default.
  return name === 'v1' ? { ...schema, required: [...(schema.required ?? []), 'algorithm'] } : schema;
}

/** The value in which every field has its default. */
function defaultsOf({ properties = {} }: Schema): Record<string, unknown> {
  const withDefault = Object.entries(properties).filter(([, field]) => field.default !== undefined);
  return Object.fromEntries(withDefault.map(([name, field]) => [name, field.default]));
}

export interface KindOfObject extends KindSchema {
  readonly of: Kind;
  readonly version: KindVersion;
}

/** For the group that was asked for last: a process has one. */
const kindsOfGroup = new WeakMap<KnownAlgorithms, { readonly group: string; readonly all: readonly KindOfObject[] }>();

/** Every kind in every version, as objects of it are checked; `group` is the installation's. */
export function kindSchemas(algorithms: KnownAlgorithms, group: string): readonly KindOfObject[] {
  const known = kindsOfGroup.get(algorithms);
  if (known?.group === group) return known.all;
  const all = kindsOf(algorithms).flatMap((of) =>
    of.versions.map((version) => ({
      of,
      version,
      kind: of.kind,
      isNamespaced: of.isNamespaced,
      apiVersion: `${group}/${version.name}`,
      schema: objectSchema(of, version),
    })),
  );
  kindsOfGroup.set(algorithms, { group, all });
  return all;
}
