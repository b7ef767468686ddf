// The cluster of the scale run, made up from numbers alone, so that the stand-in for Prometheus, the objects on the API server and
// whoever checks the scores agree without a word. Ten labels a series, as long and as often repeated as a cluster's own.
import { fnv1a } from '#model/partition.ts';
import type { Labels } from '#model/series.ts';

export interface Size {
  readonly detectors: number;
  /** Of each detector: its pods times the containers of each. */
  readonly perDetector: number;
}

export const PODS_AN_APP = 5;
/** Detectors of one app, each on a metric of its own. */
export const METRICS = 10;
const APPS_A_NAMESPACE = 20;
const PODS_A_NODE = 40;

const SERVICES = ['checkout', 'payment', 'cart', 'recommendation', 'shipping', 'catalogue', 'frontend', 'currency'];
const CONTAINERS = ['server', 'istio-proxy', 'log-forwarder', 'config-reloader', 'otel-agent'];
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

export interface App {
  readonly namespace: string;
  readonly name: string;
  readonly pods: readonly string[];
}

export interface Detector {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly metricName: string;
}

export function appsOf({ detectors }: Size): App[] {
  return Array.from({ length: Math.ceil(detectors / METRICS) }, (_, index) => {
    const name = `${SERVICES[index % SERVICES.length]}-service-${index}`;
    const namespace = `team-${Math.floor(index / APPS_A_NAMESPACE)}-production`;
    const replicaSet = lettersOf(`${name} replicas`, 10);
    const pods = Array.from(
      { length: PODS_AN_APP },
      (_pod, pod) => `${name}-${replicaSet}-${lettersOf(`${name} ${pod}`, 5)}`,
    );
    return { namespace, name, pods };
  });
}

/** By metric, then by app: the first fifth of them watches the first fifth of the metrics of every pod. */
export function detectorsOf(size: Size): Detector[] {
  const apps = appsOf(size);
  const all = Array.from({ length: METRICS }, (_, metric) =>
    apps.map(({ namespace, name }) => ({
      namespace,
      name: `${name}-${metric}`,
      app: name,
      metricName: metricName(metric),
    })),
  );
  return all.flat().slice(0, size.detectors);
}

function metricName(metric: number): string {
  return `container_resource_${['usage', 'wait', 'queue', 'latency', 'error'][metric % 5]}_ratio_${metric}`;
}

/** The labels of a pod's series, one for each container, without the metric's name. */
export function labelsOf({ namespace, name, pods }: App, pod: string, perDetector: number): Labels[] {
  const seed = fnv1a(pod);
  const hex = (from: string, count: number) => fnv1a(from).toString(16).padStart(8, '0').slice(0, count);
  const uid = `${hex(pod, 8)}-${hex(`${pod}1`, 4)}-4${hex(`${pod}2`, 3)}-a${hex(`${pod}3`, 3)}-${hex(`${pod}4`, 8)}${hex(`${pod}5`, 4)}`;
  const node = `ip-10-0-${(seed >>> 4) % 64}-${Math.floor(pods.indexOf(pod) / PODS_A_NODE) + (seed % 8)}.eu-central-1.compute.internal`;
  return Array.from({ length: Math.ceil(perDetector / PODS_AN_APP) }, (_, container) => ({
    container: CONTAINERS[container] ?? `container-${container}`,
    endpoint: 'https-metrics',
    image: `registry.example.com/${namespace}/${CONTAINERS[container] ?? name}:v1.${seed % 9}.${container}`,
    instance: `10.${seed % 256}.${(seed >>> 8) % 256}.${(seed >>> 16) % 256}:10250`,
    job: `${namespace}/kubelet`,
    namespace,
    node,
    pod,
    service: name,
    uid,
  }));
}

/** As many values repeat as there are of these; two series in a thousand have a spike somewhere in a day. */
export const VARIANTS = 1024;
const SPIKES_EVERY = 2880;

export function variantOf(metricName: string, pod: string, container: number): number {
  return (fnv1a(`${pod} ${metricName}`) + container) % VARIANTS;
}

/** What was measured at a time, whoever asks: noise about 0.4, flat enough that no score of it is beyond 3. */
export function valueAt(variant: number, step: number): number {
  const noise = (Math.imul(variant + 1, 0x9e3779b1) ^ Math.imul(step, 0x85ebca6b)) >>> 0;
  const mixed = Math.imul(noise ^ (noise >>> 15), 0x2c1b3c6d) >>> 0;
  const isSpike = variant % 16 === 0 && (step + variant * 37) % SPIKES_EVERY === 0;
  return Math.round(4000 + (mixed / 2 ** 32) * 400 + (isSpike ? 4000 : 0)) / 10_000;
}

function lettersOf(text: string, count: number): string {
  return Array.from({ length: count }, (_, index) => LETTERS[fnv1a(`${index} ${text}`) % LETTERS.length]).join('');
}
