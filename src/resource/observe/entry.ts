// One thing that every cluster has and that is worth watching: what is asked of Prometheus, and what is made of the answer, in
// one place. Observe mode, the shipped manifests, the scrape configuration, the recording rules and a page of the
// documentation follow from it.
import type { Guards } from '#model/plan.ts';

/** What its values are; `state` is 1 while it is so and 0 else. */
export type EntryUnit = 'cores' | 'bytes' | 'ratio' | 'seconds' | 'per-second' | 'count' | 'state';

/** Whose pods a declared detector of it selects. A detector is of pods: others' series are theirs who measure them. */
export type MeasuredBy = 'any' | 'node-exporter' | 'etcd';

export interface DeclaredAs {
  readonly pods: MeasuredBy;
  /** The same as the observed query, by the labels `namespace` and `pod` of the pods that it selects. */
  readonly promql: string;
}

export interface Entry {
  readonly summary: string;
  readonly unit: EntryUnit;
  /** What its series are of. */
  readonly of: 'pod' | 'node' | 'volume' | 'cluster';
  /** A constant. */
  readonly promql: string;
  /** Beyond it a point is anomalous. Absent: `auto`, 4 sigmas, at least twice the usual. Either: two points in a row. */
  readonly above?: number;
  readonly guards?: Partial<Guards>;
  /** Why this bound, or this least deviation, in a line. */
  readonly why: string;
  /** It reads many series for each that it gives: a recording rule keeps the answer. */
  readonly isHeavy?: true;
  /** Absent: no detector can be of it but that of observe mode. */
  readonly declared?: DeclaredAs;
}

export type Entries = Readonly<Record<string, Entry>>;

/** Of pods: observed and declared it is the same query. */
export function ofPods(entry: Omit<Entry, 'of' | 'declared'>): Entry {
  return { ...entry, of: 'pod', declared: { pods: 'any', promql: entry.promql } };
}

/**
 * Series by node, whatever the scrape calls it: by the label `node`, or else by the host of `instance`. Each is a label of
 * the target in some installation, and no exporter knows its own node's name.
 */
export function withNode(series: string): string {
  const at = `label_join(${series}, "at", "|", "node", "instance")`;
  return `label_replace(${at}, "node", "$1", "at", "[|](.+?)(:[0-9]+)?")`;
}

type Query = (by: string, series: (promql: string) => string) => string;

/** Of what the node exporter tells: observed by node, declared by the pod of the exporter. */
export function ofNodeExporter(entry: Omit<Entry, 'of' | 'declared' | 'promql'> & { readonly query: Query }): Entry {
  const { query, ...rest } = entry;
  const promql = query('node', withNode);
  return { ...rest, of: 'node', promql, declared: { pods: 'node-exporter', promql: query(POD, (series) => series) } };
}

/** Of what etcd tells: observed by member, declared by its pod. */
export function ofEtcd(
  entry: Omit<Entry, 'of' | 'declared' | 'promql'> & { readonly query: (by: string) => string },
): Entry {
  const { query, ...rest } = entry;
  const declared: DeclaredAs = { pods: 'etcd', promql: query(POD) };
  return { ...rest, of: 'cluster', promql: query('job, instance'), declared };
}

const POD = 'namespace, pod';
