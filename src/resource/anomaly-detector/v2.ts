// AnomalyDetector v2: all that a detector can be. What v1 says is said here in the same words (`selector`, `metricName`,
// `algorithm`, `parameters`, `threshold`, `guards`), and what is new has names of its own, so that an object is the same in
// both versions where v1 can say it, even with no webhook to convert it. Rules are CEL of Kubernetes 1.30.
import { z } from 'zod';
import { onceFor } from '#kit/once-for.ts';
import {
  dnsLabel,
  duration,
  labelKey,
  labels,
  labelValue,
  list,
  metricName,
  objectName,
  oneOf,
  text,
  wholeNumber,
} from '../fields.ts';
import { rule, rules } from '../schema/structural-schema.ts';
import { calendar } from './calendar.ts';
import { findings } from './findings.ts';
import { guardsV2 } from './guards.ts';
import { type KnownAlgorithms, methodSchema } from './method.ts';
import { GUARDS_SUMMARY, parameters, selector, threshold, watchedMetric } from './v1.ts';

export const CLUSTER_KIND = 'ClusterAnomalyDetector';
export const OWNER_KINDS = ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'StatefulSet'] as const;
export const EXECUTION_MODES = ['Auto', 'InProcess', 'Analysers', 'Stream', 'RecordingRules'] as const;
export const METRIC_KINDS = ['Auto', 'Counter', 'Gauge'] as const;
/** Series that one detector may have at most: what is read in one check. */
export const MOST_SERIES = 20_000;
/** Prometheus answers no more steps at once. */
const MOST_STEPS = 11_000;

const expression = z
  .strictObject({
    key: labelKey.describe('The label'),
    operator: oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist']).describe('How its value is compared'),
    values: list(labelValue, 64).optional().describe('The values of In and NotIn'),
  })
  .meta(
    rules(
      rule(
        `(self.operator == 'In' || self.operator == 'NotIn') == (has(self.values) && size(self.values) > 0)`,
        'expected at least one value for In and NotIn, and none for Exists and DoesNotExist',
        'values',
      ),
    ),
  );

const targets = z
  .strictObject({
    matchLabels: labels.optional().describe('Labels that a pod must carry'),
    matchExpressions: list(expression, 16).optional().describe('Conditions on labels, all of which must hold'),
    owner: z
      .strictObject({
        kind: oneOf(OWNER_KINDS).describe('The kind of the owner'),
        name: objectName.describe('Its name, in the detector’s namespace'),
      })
      .optional()
      .describe('Whose pods, in place of labels'),
  })
  .meta(
    rules(
      rule(
        'has(self.owner) != (has(self.matchLabels) || (has(self.matchExpressions) && size(self.matchExpressions) > 0))',
        'expected labels (matchLabels, matchExpressions) or an owner, and not both',
      ),
    ),
  );

const metric = z
  .strictObject({
    name: metricName.describe('The metric; with a query, what its result is called'),
    query: text(4096)
      .min(1)
      .optional()
      .describe('PromQL in place of the metric itself; it must aggregate, so that its series are counted'),
    kind: oneOf(METRIC_KINDS)
      .default('Auto')
      .describe('A counter is rated first; Auto asks the metric’s metadata, and else goes by the name'),
  })
  .meta(
    rules(
      rule(
        `!has(self.query) || self.kind != 'Counter'`,
        'expected no Counter beside a query: rate() in the query says it',
        'kind',
      ),
    ),
  );

const schedule = z
  .strictObject({
    interval: duration('10s', '1h').default('1m').describe('From one check to the next'),
    step: duration('5s', '1h').default('30s').describe('From one point of a series to the next'),
    history: duration('1m', '744h').default('1h').describe('How much of the past is read and scored'),
  })
  .meta(
    rules(
      rule(
        `duration(self.history).getSeconds() >= 10 * duration(self.step).getSeconds()`,
        'expected at least ten steps: fewer points are not scored',
        'history',
      ),
      rule(
        `duration(self.history).getSeconds() <= ${MOST_STEPS} * duration(self.step).getSeconds()`,
        `expected at most ${MOST_STEPS} steps: Prometheus answers no more at once`,
        'history',
      ),
    ),
  );

// Raw JSON that others may put here; whoever uses it checks it by a type of its own.
const extension = z
  .looseObject({
    apiVersion: text(316).min(1).describe('The type that the rest has, with its version'),
  })
  .meta({ 'x-kubernetes-preserve-unknown-fields': true, maxProperties: 64 });

function fieldsV2(algorithms: KnownAlgorithms) {
  return {
    targets: targets.optional().describe('Which pods are watched'),
    metrics: list(metric, 16, 1)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .optional()
      .describe('What is watched of them'),
    method: methodSchema(algorithms).optional().describe('How points are scored; absent: auto'),
    threshold,
    guards: guardsV2.describe(GUARDS_SUMMARY).prefault({}),
    calendar: calendar.prefault({}).describe('Seasons, time zone and holidays'),
    schedule: schedule.prefault({}).describe('How often, how finely and how far back'),
    execution: z
      .strictObject({
        mode: oneOf(EXECUTION_MODES)
          .default('Auto')
          .describe('Where series are scored; Auto: on analysers where there are some'),
      })
      .prefault({})
      .describe('Where the work is done'),
    budget: z
      .strictObject({
        series: wholeNumber(1, MOST_SERIES)
          .default(MOST_SERIES)
          .describe('Series at most; with more it does not start'),
      })
      .prefault({})
      .describe('What it may cost'),
    findings: findings.prefault({}).describe('What a finding may do'),
    suspend: z.boolean().default(false).describe('Stop checking until this is false again'),
    extension: extension.optional().describe('Anything else, of a type that it names itself; kept as it is'),
    // The words of v1.
    selector: selector.optional(),
    metricName: watchedMetric.optional(),
    algorithm: z
      .enum(Object.keys(algorithms))
      .optional()
      .describe('The method’s name; its parameters are in "parameters"'),
    parameters: parameters.optional(),
  };
}

const RULES = [
  rule('has(self.targets) != has(self.selector)', 'expected targets or selector, and not both'),
  rule('has(self.metrics) != has(self.metricName)', 'expected metrics or metricName, and not both'),
  rule('!has(self.method) || !has(self.algorithm)', 'expected method or algorithm, and not both', 'method'),
];

/** No rule in CEL can see a map of values of any type, so that the schema itself says it. */
const PARAMETERS_NEED_ALGORITHM = { anyOf: [{ required: ['algorithm'] }, { not: { required: ['parameters'] } }] };

/** Made once for each registry: it is read with every object. */
export const specV2 = onceFor((algorithms: KnownAlgorithms) => {
  return z.strictObject(fieldsV2(algorithms)).meta({ ...rules(...RULES), ...PARAMETERS_NEED_ALGORITHM });
});

/** Of a detector that looks across namespaces. */
export const clusterSpecV2 = onceFor((algorithms: KnownAlgorithms) => {
  const namespaces = z
    .strictObject({
      names: list(dnsLabel, 64, 1)
        .meta({ 'x-kubernetes-list-type': 'set' })
        .optional()
        .describe('Their names; absent: all'),
    })
    .prefault({})
    .describe('The namespaces whose pods are watched');
  return z.strictObject({ namespaces, ...fieldsV2(algorithms) }).meta({
    ...rules(...RULES),
    ...PARAMETERS_NEED_ALGORITHM,
  });
});

export type SpecV2 = z.infer<ReturnType<typeof specV2>>;
export type ClusterSpecV2 = z.infer<ReturnType<typeof clusterSpecV2>>;
