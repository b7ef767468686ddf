// What a detector's status may hold (D1), once: the CRD follows from it. The words are the resource's and never change.
// Before the first reconcile the API server itself answers with the defaults, so that a new detector is `Pending`.
import { z } from 'zod';

export const DETECTOR_STATES = ['Pending', 'NoPodsFound', 'AwaitingMetrics', 'Active', 'Error'] as const;
/** Names in `status.anomalousPods` at most; the count beside it counts all. */
export const MOST_ANOMALOUS_PODS = 100;
const MOST_CONDITIONS = 16;

const time = z.string().max(64).meta({ format: 'date-time' });
const count = z.number().int().min(0);

const condition = z
  .object({
    type: z
      .string()
      .max(316)
      .regex(/^[A-Za-z]([-A-Za-z0-9_./]*[A-Za-z0-9])?$/)
      .describe('What it says something about, in UpperCamelCase'),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds'),
    reason: z
      .string()
      .max(1024)
      .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      .describe('Why, in one word of UpperCamelCase'),
    message: z.string().max(32_768).describe('Why, in a sentence, and what to do'),
    lastTransitionTime: time.describe('When its status changed last'),
    observedGeneration: count.optional().describe('The generation of the spec that it speaks of'),
  })
  .describe('One thing that is known of the detector');

const health = z
  .object({
    series: count.describe('How many series are watched'),
    warm: z.string().max(8).describe('The share of them that is scored already, in percent'),
    warmTime: time.optional().describe('When the first score is expected, while there is none'),
    lastScoreTime: time.optional().describe('The newest point that has a score; absent before the first'),
    samplesPerMinute: count.describe('Samples that are read for it'),
    findingsPerDay: z.number().min(0).optional().describe('Findings a day, as an average that forgets with a day'),
  })
  .describe('Whether it does its work, and what that costs');

export const DetectorStatusSchema = z
  .object({
    state: z.enum(DETECTOR_STATES).default('Pending').describe('How it stands; Pending until the first reconcile ends'),
    monitoredPods: count.default(0).describe('How many pods the selector matches'),
    lastCheckTime: time.optional().describe('When the last analysis was; absent before the first'),
    anomalousPods: z
      .array(z.string().max(317).describe('The name of a pod; with its namespace before it where several are watched'))
      .max(MOST_ANOMALOUS_PODS)
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .default([])
      .describe(`The pods with a recent anomalous point; at most ${MOST_ANOMALOUS_PODS} names`),
    anomalousPodCount: count.default(0).describe('How many pods have one, also beyond the names that are told'),
    latestScore: z
      .number()
      .optional()
      .describe("The worst pod's newest score in sigmas, with its sign, as of the last check; absent before the first"),
    observedGeneration: count.optional().describe('The generation of the spec that the status speaks of'),
    health: health.optional(),
    conditions: z
      .array(condition)
      .max(MOST_CONDITIONS)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
      .default([])
      .describe('What is known beside the state'),
  })
  .describe('What was found; written by Tidewatch');
