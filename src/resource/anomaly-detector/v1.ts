// AnomalyDetector v1: the small one. What it says, v2 can say too, in the same words.
import { z } from 'zod';
import { THRESHOLD_PARAM } from '#detect/index.ts';
import { labels, metricName } from '../fields.ts';
import { guards } from './guards.ts';

export { DEFAULT_GROUP } from '#model/api-group.ts';
export const KIND = 'AnomalyDetector';

const MOST_PARAMETERS = 64;

// Kubernetes has no word for "one of three types": any is let in but lists and mappings, by bounds that none can meet. Null is
// let in with them, and means what is not there.
const parameterValue = z.union([z.number(), z.string(), z.boolean(), z.null()]).meta({
  'x-kubernetes-preserve-unknown-fields': true,
  expected: 'expected a number, a text, true or false',
  ...{ maxLength: 253, minItems: 1, maxItems: 0, minProperties: 1, maxProperties: 0 },
});

export const selector = labels.describe('Labels that a pod must carry; on a tape, a series');
export const watchedMetric = metricName.describe('The metric to watch');
export const threshold = z
  .number()
  .min(THRESHOLD_PARAM.min)
  .max(THRESHOLD_PARAM.max)
  .default(THRESHOLD_PARAM.default)
  .describe(THRESHOLD_PARAM.summary);
export const GUARDS_SUMMARY = 'What a point beyond the threshold must pass to become a finding';
export const parameters = z
  .record(z.string(), parameterValue)
  .meta({ maxProperties: MOST_PARAMETERS })
  .describe('The algorithm’s own parameters');

/** `algorithms` are the names that may be asked for. */
export function specV1(algorithms: readonly string[]) {
  return z.strictObject({
    selector,
    metricName: watchedMetric,
    // D1 requires it and gives it a default.
    algorithm: z.enum(algorithms).default('z-score').describe('How points are scored'),
    threshold,
    guards: guards.describe(GUARDS_SUMMARY).prefault({}),
    parameters: parameters.default({}),
  });
}

/** As read, with every default filled in. */
export type SpecV1 = z.infer<ReturnType<typeof specV1>>;
