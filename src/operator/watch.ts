// What a detector is to the operator: which pods, which plans, how often. Pure.
import { type LabelExpression, matchesExpressions, type Plan } from '#model/plan.ts';
import { type Labels, matchesLabels } from '#model/series.ts';
import type { Detector } from '#resource/anomaly-detector/read.ts';
import { goDurationMs } from '#resource/schema/go-duration.ts';

export interface Watch {
  /** One for each metric. */
  readonly plans: readonly Plan[];
  readonly pods: PodChoice;
  /** Where its pods are, [] for everywhere; absent: in its own namespace. */
  readonly namespaces?: readonly string[];
  readonly intervalMs: number;
  readonly stepMs: number;
  readonly windowMs: number;
  readonly maxSeries: number;
  /** Scored in this process, wherever others are. */
  readonly isHere: boolean;
  readonly isSuspended: boolean;
  /** Why it cannot be started in this version, as a sentence; absent when it can. */
  readonly unavailable?: string;
}

export interface PodChoice {
  readonly labels: Labels;
  readonly expressions: readonly LabelExpression[];
  /** In place of labels. */
  readonly owner?: { readonly kind: string; readonly name: string };
}

/** As much of a pod as it is chosen by. */
export interface ChosenPod {
  readonly labels: Labels;
  readonly owner?: { readonly kind: string; readonly name: string } | undefined;
}

/** `plans` are the detector's own. */
export function watchOf({ spec, namespaces }: Detector, plans: readonly Plan[]): Watch {
  const { targets, schedule, execution } = spec;
  const [first] = plans;
  const isElsewhere = execution.mode === 'Stream' || execution.mode === 'RecordingRules';
  return {
    plans,
    pods: {
      labels: first?.selector ?? {},
      expressions: first?.expressions ?? [],
      ...(targets?.owner !== undefined && { owner: targets.owner }),
    },
    ...(namespaces !== undefined && { namespaces }),
    // What the schema let in can be read.
    intervalMs: goDurationMs(schedule.interval) ?? 60_000,
    stepMs: goDurationMs(schedule.step) ?? 30_000,
    windowMs: goDurationMs(schedule.history) ?? 3_600_000,
    maxSeries: spec.budget.series,
    isHere: execution.mode === 'InProcess',
    isSuspended: spec.suspend,
    ...(isElsewhere && {
      unavailable: `${execution.mode} is not to be had in this version: choose Auto, InProcess or Analysers in spec.execution.mode`,
    }),
  };
}

/** Whether pods of this namespace are its to watch; `own` is the detector's. */
export function looksInto({ namespaces }: Pick<Watch, 'namespaces'>, own: string, namespace: string): boolean {
  if (namespaces === undefined) return namespace === own;
  return namespaces.length === 0 || namespaces.includes(namespace);
}

export function choosesPod({ labels, expressions, owner }: PodChoice, pod: ChosenPod): boolean {
  if (owner !== undefined) return isOwnedBy(pod, owner);
  return matchesLabels(pod.labels, labels) && matchesExpressions(pod.labels, expressions);
}

/**
 * A Deployment's pods belong to a ReplicaSet of its name and the hash of its template, and a CronJob's to a Job of its name and
 * a time: so that no right to read these is needed.
 */
function isOwnedBy({ labels, owner }: ChosenPod, { kind, name }: NonNullable<PodChoice['owner']>): boolean {
  if (owner === undefined) return false;
  if (kind === 'Deployment') {
    return owner.kind === 'ReplicaSet' && owner.name === `${name}-${labels['pod-template-hash'] ?? ''}`;
  }
  if (kind === 'CronJob') {
    return owner.kind === 'Job' && owner.name.startsWith(`${name}-`) && /^\d+$/.test(owner.name.slice(name.length + 1));
  }
  return owner.kind === kind && owner.name === name;
}

/** How the pods would be listed by hand; `own` is the detector's namespace. */
export function podsCommand(own: string, { pods, namespaces }: Pick<Watch, 'pods' | 'namespaces'>): string {
  const { labels, expressions, owner } = pods;
  const [only, ...others] = namespaces ?? [own];
  const where = only === undefined || others.length > 0 ? '-A' : `-n ${only}`;
  if (owner !== undefined) {
    const what = `kubectl get ${owner.kind.toLowerCase()}`;
    return where === '-A'
      ? `${what} -A --field-selector metadata.name=${owner.name}`
      : `${what} ${owner.name} ${where}`;
  }
  const parts = [
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ...expressions.map(({ key, operator, values }) => expressionText(key, operator, values)),
  ];
  return `kubectl get pods ${where} -l '${parts.join(',')}'`;
}

function expressionText(key: string, operator: LabelExpression['operator'], values: readonly string[]): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
