// A file of detectors → a file of rules for Prometheus, with what its user should know of it. What cannot be rules is refused,
// all of it at once, each with its line.
import { queryProblem } from '#collect/prometheus/bounded-query.ts';
import { chosenLabels } from '#collect/prometheus/label-matches.ts';
import type { Algorithm, PromqlTwin } from '#detect/contract.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { AlertRule } from '#model/alert.ts';
import { detectorName } from '#operator/detector-name.ts';
import { watchOf } from '#operator/watch.ts';
import { alertRuleOf } from '#resource/anomaly-detector/findings.ts';
import { meaningOf } from '#resource/anomaly-detector/meaning.ts';
import { readDetectors } from '#resource/anomaly-detector/parse.ts';
import { plansOf } from '#resource/anomaly-detector/plan.ts';
import type { Detector } from '#resource/anomaly-detector/read.ts';
import type { Problem } from '#resource/problem.ts';
import { unknownGuards } from './guard-rules.ts';
import { type RuleGroup, ruleGroup } from './rule-group.ts';
import { isRated, type SelectBy, sourceQuery } from './source-query.ts';

/** Where there is something to do about a guard that cannot be a rule. */
const UNSAID: Readonly<Record<string, string>> = {
  ends: 'cannot be written as a rule of Prometheus: leave it out, a rule ends as the score does',
};

export interface RuleFileOptions {
  /** Of detectors that name none. */
  readonly namespace: string;
  readonly selectBy: SelectBy;
  readonly alerts: boolean;
}

export interface RuleFile {
  readonly groups: readonly RuleGroup[];
  /** What its user should know, in sentences. */
  readonly notes: readonly string[];
}

/** Throws `bad-config` that lists every problem of the file. */
export function ruleFile(text: string, fileName: string, options: RuleFileOptions): RuleFile {
  const detectors = readDetectors(text, fileName, ALGORITHMS, problemsOf);
  const running = detectors.filter(({ spec }) => !spec.suspend);
  const groups = running.flatMap((detector) => groupsOf(detector, options));
  return { groups, notes: notesOf(detectors, options) };
}

/** The names of the methods that can be rules. */
export function promqlMethods(): string[] {
  return Object.entries(ALGORITHMS).flatMap(([name, { promql }]: [string, Algorithm]) =>
    promql === undefined ? [] : [name],
  );
}

function twinOf(algorithm: string): PromqlTwin | undefined {
  const known: Readonly<Record<string, Algorithm>> = ALGORITHMS;
  return known[algorithm]?.promql;
}

/** What is wrong with it as rules, and what an API server would not see. */
function problemsOf(detector: Detector): Problem[] {
  const { spec, algorithm, parameters, namespaces } = detector;
  const path = ['spec', ...(spec.algorithm === undefined ? ['method', 'name'] : ['algorithm'])];
  const twin = twinOf(algorithm);
  const can = `choose one of ${promqlMethods().join(', ')}`;
  const refused =
    twin === undefined
      ? `${algorithm} cannot be written as rules of Prometheus: ${can}`
      : twin.refusal?.(parameters, watchOf(detector, []));
  const queries = (spec.metrics ?? []).flatMap(({ query }, index) => {
    if (query === undefined || namespaces === undefined || namespaces.length === 1) return [];
    const message =
      'is asked of each namespace by itself, which one rule cannot: name one namespace in spec.namespaces';
    return [{ path: ['spec', 'metrics', index, 'query'], message }];
  });
  return [
    ...meaningOf(detector, { queryProblem }).problems,
    ...(refused === undefined ? [] : [{ path, message: refused }]),
    ...queries,
    ...[...new Set(plansOf(detector).flatMap(({ guards }) => unknownGuards(guards)))].map((guard) => {
      return { path: ['spec', 'guards', guard], message: UNSAID[guard] ?? 'cannot be written as a rule of Prometheus' };
    }),
  ];
}

function groupsOf(detector: Detector, { namespace, selectBy, alerts }: RuleFileOptions): RuleGroup[] {
  const plans = plansOf(detector);
  const watch = watchOf(detector, plans);
  const twin = twinOf(detector.algorithm);
  if (twin === undefined) return [];
  const own = detector.namespace === '' ? namespace : detector.namespace;
  const { stepMs, pods } = watch;
  return plans.map((plan) =>
    ruleGroup({
      ...{ plan, twin, stepMs },
      detector: detectorName(watch.namespaces === undefined ? own : '', detector.name),
      source: sourceQuery({ plan, pods, namespaces: watch.namespaces ?? [own], stepMs, selectBy }),
      alert: alerts ? (plan.alert ?? unsaidAlert(detector)) : undefined,
    }),
  );
}

/**
 * Of a detector that does not say whether somebody is told: rules have no page to colour, so there is an alert of it too. All
 * that it says goes with it; without `for` it fires at once.
 */
function unsaidAlert({ spec: { findings, guards }, extension }: Detector): AlertRule | undefined {
  return alertRuleOf({ ...findings, alert: true, for: findings.for ?? '0s' }, guards.ends, extension);
}

function notesOf(detectors: readonly Detector[], { namespace, selectBy, alerts }: RuleFileOptions): string[] {
  const watches = detectors.map((detector) => ({ detector, watch: watchOf(detector, plansOf(detector)) }));
  const nameless = detectors.filter((one) => one.namespace === '' && one.namespaces === undefined);
  const suspended = detectors.filter(({ spec }) => spec.suspend);
  const unsaid = alerts ? detectors.filter(({ spec }) => !spec.suspend && !spec.findings.alert) : [];
  const guessed = watches.flatMap(({ watch }) =>
    watch.plans.filter((plan) => isRated(plan) && plan.isCounter === undefined),
  );
  const labels = new Set(
    watches.flatMap(({ watch: { pods } }) => (pods.owner === undefined ? chosenLabels(pods) : [])),
  );
  const owned = watches.some(({ watch }) => watch.pods.owner !== undefined);
  const names = (some: readonly { readonly name: string }[]) => some.map(({ name }) => name).join(', ');
  return [
    ...(nameless.length === 0
      ? []
      : [`${names(nameless)}: no namespace is named, so it is ${namespace}; -n names another`]),
    ...(suspended.length === 0 ? [] : [`${names(suspended)}: suspended, so there are no rules of it`]),
    ...(unsaid.length === 0
      ? []
      : [
          `${names(unsaid)}: findings.alert is not true, and yet an alert is written, for rules have no page; --no-alerts leaves all out`,
        ]),
    ...(guessed.length === 0
      ? []
      : [`rated as counters by their names: ${[...new Set(guessed.map(({ metricName }) => metricName))].join(', ')}`]),
    ...(selectBy === 'series' || labels.size === 0
      ? []
      : [
          `pods are chosen by kube_pod_labels of kube-state-metrics: it needs --metric-labels-allowlist=pods=[${[...labels].join(',')}]`,
        ]),
    ...(selectBy === 'pods' && owned ? ['pods are chosen by kube_pod_owner of kube-state-metrics'] : []),
  ];
}
