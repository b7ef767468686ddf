// AnomalyDetector v1: the resource's one definition. Parser, error texts, defaults and the CRD (crd.ts) follow from it.
// Each message says what is expected; who reports a problem adds where it is and what was found. `meta` holds what JSON
// schema cannot say otherwise, in Kubernetes' words: limits of maps, and rules in CEL beside those of `refine`.
import { z } from 'zod';

/** Unless an installation has another. */
export const DEFAULT_GROUP = 'monitoring.my.company';
export const API_VERSION = `${DEFAULT_GROUP}/v1` as const;
export const KIND = 'AnomalyDetector';

/** `message` is both the type's and the bounds' error, so that a wrong value always says what a right one is. */
function number(min: number, max: number, message: string) {
  return z.number(message).min(min, message).max(max, message);
}

function wholeNumber(min: number, max: number) {
  const message = `expected a whole number from ${min} to ${max}`;
  return number(min, max, message).int(message);
}

function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, `expected one of: ${names.join(', ')}`);
}

const MAP = 'expected a mapping';

/** A rule that the API server checks as well; `field` is where it tells of it. */
function cel(rule: string, message: string, field?: string) {
  return {
    'x-kubernetes-validations': [{ rule, message, ...(field === undefined ? {} : { fieldPath: `.${field}` }) }],
  };
}

// Grammar of Kubernetes labels: the resource's selector will select pods by them.
const LABEL_KEY =
  'expected a label name (letters, digits, "-", "_", "."; no more than 63, after an optional "domain/")';
const labelKeyPattern = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?[/])?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelKey = z.string().max(317).regex(labelKeyPattern, LABEL_KEY);
const LABEL_VALUE = 'expected a text of at most 63 letters, digits, "-", "_", "." (put quotes round numbers and true)';
const labelValue = z
  .string(LABEL_VALUE)
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, LABEL_VALUE)
  .meta({ maxLength: 63 });

const MOST_LABELS = 32;
const MOST_PARAMETERS = 64;
const SELECTOR = 'expected at least one label, e.g. {app: frontend}';
const DNS_LABEL = 'expected a DNS label: lower-case letters, digits and "-", at most 63';
const dnsLabel = z.string(DNS_LABEL).regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, DNS_LABEL);
const METRIC_NAME = 'expected a Prometheus metric name, e.g. container_cpu_usage_seconds_total';
const DEVIATION = 'expected a number of 0 or more, in the unit of the metric';
const RELATIVE = 'expected a ratio of 0 or more (write 0.5 for 50 %)';
const BOUND = 'expected a number, in the unit of the metric';
const MAX_POINTS = 1000;

const AT_LEAST_POINTS = 'expected at least as many as "points"';
const persistence = z
  .strictObject(
    {
      points: wholeNumber(1, MAX_POINTS).default(1).describe('Anomalous points that open a finding'),
      of: wholeNumber(1, MAX_POINTS).optional().describe('… among the last so many; as many as points when absent'),
      clear: wholeNumber(1, MAX_POINTS).default(1).describe('Normal points in a row that end it'),
    },
    MAP,
  )
  .refine((value) => value.of === undefined || value.of >= value.points, {
    path: ['of'],
    message: AT_LEAST_POINTS,
  })
  .meta(cel('!has(self.of) || !has(self.points) || self.of >= self.points', AT_LEAST_POINTS, 'of'));

const MORE_THAN_MIN = 'expected more than "min"';
const range = z
  .strictObject(
    {
      min: z.number(BOUND).optional().describe('The least that is believed; absent: no bound'),
      max: z.number(BOUND).optional().describe('The most that is believed; absent: no bound'),
    },
    MAP,
  )
  .refine((value) => value.min === undefined || value.max === undefined || value.min < value.max, {
    path: ['max'],
    message: MORE_THAN_MIN,
  })
  .meta(cel('!has(self.min) || !has(self.max) || self.min < self.max', MORE_THAN_MIN, 'max'));

const guards = z.strictObject(
  {
    direction: oneOf(['above', 'below', 'both']).default('both').describe('Which side of the expected value counts'),
    minAbsoluteDeviation: number(0, Number.MAX_VALUE, DEVIATION)
      .default(0)
      .describe('Least distance from the expected value, in the unit of the metric; 0 switches it off'),
    minRelativeDeviation: number(0, Number.MAX_VALUE, RELATIVE)
      .default(0)
      .describe('Least distance as a ratio of the expected value, 1 is 100 %; 0 switches it off'),
    range: range.prefault({}).describe('Values outside are a sensor’s error and not believed'),
    persistence: persistence.prefault({}).describe('For how long it must last'),
    missing: oneOf(['ignore', 'end'])
      .default('ignore')
      .describe('What a missing point does to a run of anomalous ones: passed over, or it ends the run'),
  },
  MAP,
);

// Kubernetes has no word for "one of three types": any is let in but lists and mappings, by bounds that none can meet.
const parameterValue = z.union([z.number(), z.string(), z.boolean()], 'expected a number, a text, true or false').meta({
  'x-kubernetes-preserve-unknown-fields': true,
  ...{ maxLength: 253, minItems: 1, maxItems: 0, minProperties: 1, maxProperties: 0 },
});

const spec = z.strictObject(
  {
    selector: z
      .record(labelKey, labelValue, SELECTOR)
      .refine((labels) => Object.keys(labels).length > 0, SELECTOR)
      .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `expected at most ${MOST_LABELS} labels`)
      .meta({
        ...{ minProperties: 1, maxProperties: MOST_LABELS },
        ...cel(`self.all(name, name.matches('${labelKeyPattern.source}'))`, LABEL_KEY),
      })
      .describe('Labels that a pod must carry; on a tape, a series'),
    metricName: z
      .string(METRIC_NAME)
      .max(500, METRIC_NAME)
      .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, METRIC_NAME)
      .describe('The metric to watch'),
    algorithm: z.string('expected the name of an algorithm').default('z-score').describe('How points are scored'),
    threshold: number(0, 100, 'expected a number from 0 to 100')
      .default(3)
      .describe('Sigmas: a point is anomalous where |score| is greater'),
    guards: guards.prefault({}).describe('What a point beyond the threshold must pass to become a finding'),
    parameters: z
      .record(z.string(), parameterValue, MAP)
      .refine((all) => Object.keys(all).length <= MOST_PARAMETERS, `expected at most ${MOST_PARAMETERS} parameters`)
      .meta({ maxProperties: MOST_PARAMETERS })
      .default({})
      .describe('The algorithm’s own parameters'),
  },
  MAP,
);

const notes = z.record(z.string(), z.string('expected a text'), MAP).optional();
const metadata = z.strictObject(
  { name: dnsLabel, namespace: dnsLabel.optional(), labels: notes, annotations: notes },
  MAP,
);

export const AnomalyDetectorSchema = z.strictObject(
  {
    apiVersion: z.literal(API_VERSION, `expected ${API_VERSION}`),
    kind: z.literal(KIND, `expected ${KIND}`),
    metadata,
    spec,
  },
  MAP,
);

/** As read, with every default filled in. */
export type AnomalyDetector = z.infer<typeof AnomalyDetectorSchema>;
/** As somebody may write it. */
export type AnomalyDetectorInput = z.input<typeof AnomalyDetectorSchema>;
