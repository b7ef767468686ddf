// The CustomResourceDefinition of AnomalyDetector, from the definitions in v1.ts and status.ts. The API server refuses
// with it what can be judged without a cluster, and fills in what D1 promises: algorithm and threshold.
import { type StructuralSchema, structuralSchema } from '../structural-schema.ts';
import { DetectorStatusSchema } from './status.ts';
import { AnomalyDetectorSchema, DEFAULT_GROUP, KIND } from './v1.ts';

export const PLURAL = 'anomalydetectors';

export interface CrdOptions {
  /** Names of the algorithms that may be asked for. */
  readonly algorithms: readonly string[];
  /** `monitoring.my.company` unless told. */
  readonly group?: string;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
  /** 1 is for `-o wide` alone. */
  readonly priority?: number;
}

const READY = '.status.conditions[?(@.type=="Ready")]';

const COLUMNS: readonly Column[] = [
  { name: 'State', type: 'string', jsonPath: '.status.state', description: 'How it stands.' },
  { name: 'Pods', type: 'integer', jsonPath: '.status.monitoredPods', description: 'Pods that are watched.' },
  {
    name: 'Anomalous',
    type: 'integer',
    jsonPath: '.status.anomalousPodCount',
    description: 'Pods with a recent anomalous point.',
  },
  { name: 'Score', type: 'number', jsonPath: '.status.latestScore', description: "The worst pod's newest score." },
  { name: 'Metric', type: 'string', jsonPath: '.spec.metricName', description: 'The metric that is watched.' },
  { name: 'Last check', type: 'date', jsonPath: '.status.lastCheckTime', description: 'The last analysis.' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Reason', type: 'string', jsonPath: `${READY}.reason`, description: 'Why it is so.', priority: 1 },
  {
    name: 'Anomalous pods',
    type: 'string',
    jsonPath: '.status.anomalousPods',
    description: 'Their names, the worst first.',
    priority: 1,
  },
  { name: 'Message', type: 'string', jsonPath: `${READY}.message`, description: 'Why, in a sentence.', priority: 1 },
];

/** The definition as an object to print or to send. */
export function anomalyDetectorCrd({ algorithms, group = DEFAULT_GROUP }: CrdOptions) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURAL}.${group}`, labels: { 'app.kubernetes.io/name': 'tidewatch' } },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: KIND, listKind: `${KIND}List`, plural: PLURAL, singular: 'anomalydetector', shortNames: ['ad'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: COLUMNS,
          schema: { openAPIV3Schema: objectSchema(algorithms) },
        },
      ],
    },
  };
}

function objectSchema(algorithms: readonly string[]): StructuralSchema {
  const spec = structuralSchema(AnomalyDetectorSchema.shape.spec);
  const status = structuralSchema(DetectorStatusSchema);
  return {
    description: 'Watches a metric of the pods that a selector matches, and says which of them behave unusually.',
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'The version of this object’s schema.' },
      kind: { type: 'string', description: `Always ${KIND}.` },
      metadata: { type: 'object' },
      spec: {
        ...spec,
        // D1 requires it and gives it a default.
        required: [...(spec.required ?? []), 'algorithm'],
        properties: { ...spec.properties, algorithm: { ...spec.properties?.algorithm, enum: algorithms } },
      },
      status: { ...status, default: defaultsOf(status) },
    },
  };
}

/** The value in which every field has its default. */
function defaultsOf({ properties = {} }: StructuralSchema): Record<string, unknown> {
  const withDefault = Object.entries(properties).filter(([, field]) => field.default !== undefined);
  return Object.fromEntries(withDefault.map(([name, field]) => [name, field.default]));
}
