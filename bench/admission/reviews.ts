// What the API server asks, as it asks it: a detector of 64 kB that is created, in two shapes, and a hundred to be converted.
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';

export const CONVERTED = 100;
const SIZE = 64_000;

/** More than whose queries are remembered. */
const DIFFERENT = 100;

/** Name → AdmissionReviews of about 64 kB, which are asked for in turn. */
export const ADMISSION_REVIEWS: Readonly<Record<string, readonly string[]>> = {
  // Its text of before stands in an annotation, and who owns which field beside it: as `kubectl apply` leaves it.
  'as kubectl applies it, again and again': [admissionReview(applied(16, 250))],
  // The most that a spec can hold: sixteen queries of four thousand letters.
  'all of it PromQL, never seen before': Array.from({ length: DIFFERENT }, (_, serial) =>
    admissionReview(detector('big', 16, 3900, serial)),
  ),
};

export function conversionReview(): string {
  const objects = Array.from({ length: CONVERTED }, (_, index) => stored(detector(`detector-${index}`, 1, 300), index));
  const request = { uid: 'conversion', desiredAPIVersion: `${DEFAULT_GROUP}/v1`, objects };
  return JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', request });
}

interface Detector {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: object;
}

function detector(name: string, metrics: number, queryLetters: number, serial = 0): Detector {
  return {
    metadata: { name, namespace: 'shop' },
    spec: {
      targets: { matchLabels: { app: 'cart' } },
      metrics: Array.from({ length: metrics }, (_, index) => ({
        ...{ name: `metric_${index}`, query: queryOf(serial * metrics + index, queryLetters), kind: 'Auto' },
      })),
      method: { name: 'auto' },
      threshold: 3,
      guards: { direction: 'both' },
      schedule: { interval: '1m', step: '30s', history: '1h' },
    },
  };
}

function queryOf(index: number, letters: number): string {
  const matchers: string[] = [];
  const query = () => `sum by (pod) (rate(requests_total{${matchers.join(',')}}[5m]))`;
  while (query().length < letters) matchers.push(`label_${matchers.length}=~"value_${index}|other_${matchers.length}"`);
  return query();
}

function applied(metrics: number, queryLetters: number): Detector {
  const object = detector('big', metrics, queryLetters);
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(whole(object)) };
  const managedFields: object[] = [];
  const result = () => ({ ...object, metadata: { ...object.metadata, annotations, managedFields } });
  for (let manager = 0; JSON.stringify(result()).length < SIZE; manager++) {
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f:field-${manager}-${index}`, {}]));
    managedFields.push({ manager: `manager-${manager}`, operation: 'Update', fieldsV1: { 'f:spec': fields } });
  }
  return result();
}

function stored(object: Detector, index: number): object {
  const { metadata, ...rest } = whole(object);
  const uid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return {
    ...rest,
    metadata: { ...metadata, uid, resourceVersion: '1', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
    status: { state: 'Active', monitoredPods: 3, anomalousPods: [], anomalousPodCount: 0, conditions: [] },
  };
}

function whole(object: Detector) {
  return { apiVersion: `${DEFAULT_GROUP}/v2`, kind: 'AnomalyDetector', ...object };
}

function admissionReview(object: Detector): string {
  const { name, namespace } = object.metadata;
  const kind = { group: DEFAULT_GROUP, version: 'v2', kind: 'AnomalyDetector' };
  const resource = { group: DEFAULT_GROUP, version: 'v2', resource: 'anomalydetectors' };
  const request = {
    ...{ uid: 'admission', kind, resource, requestKind: kind, requestResource: resource, name, namespace },
    ...{ operation: 'CREATE', userInfo: { username: 'admin', groups: ['system:masters'] } },
    ...{ object: whole(object), oldObject: null, dryRun: false, options: { kind: 'CreateOptions' } },
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}
