// What the API tells of a live cluster: what is watched, what is stuck, and how the detectors and one service stand.
// Part of the contract (contract.ts hands it on), in a file of its own because a replay has none of it.
import { z } from 'zod';
import { ms } from './contract-words.ts';

export const TroubleSchema = z.object({
  kind: z
    .enum(['prometheus-away', 'api-server-away', 'watch-stalled', 'right-missing', 'nothing-found', 'other'])
    .describe('For the words of the page; `what` has the particulars'),
  what: z.string().describe('What is stuck, with address, verb or resource, and what was answered'),
  sinceMs: ms,
  remedy: z.string().describe('What to do, as a sentence or a command'),
  blocking: z.boolean().describe('Whether /readyz fails for it'),
});

export const LiveSchema = z.object({
  cluster: z.string(),
  prometheus: z.string().nullable().describe('Its address; null as long as none was found'),
  series: z.number().describe('Series that are watched'),
  stepMs: z.number().describe('The longest time between two samples of one series'),
  behindMs: z.number().nullable().describe('Age of the newest sample; null before the first'),
  troubles: z.array(TroubleSchema).describe('What is stuck, the worst first; empty when all is well'),
});

export const DetectorStateSchema = z
  .enum(['Active', 'Pending', 'NoPodsFound', 'AwaitingMetrics', 'Error'])
  .describe('From best to worst');

export const AnomalySchema = z.object({
  status: DetectorStateSchema.describe(
    'The worst state of the detectors that select its pods. Where none does, what watches by itself counts: Active once there is a score, else AwaitingMetrics',
  ),
  latestScore: z.number().describe("Its worst pod's newest score, with its sign; 0 before the first"),
});

export const DetectorSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  state: DetectorStateSchema,
  monitoredPods: z.number(),
  anomalousPods: z.array(z.string()).describe('Names, at most a hundred'),
  anomalousPodCount: z.number().describe('All of them'),
  lastCheckMs: ms.nullable().describe('Of the last analysis; null before the first'),
  lastScoreMs: ms.nullable().describe('Time of its newest score; null before the first'),
  series: z.number(),
  message: z.string().describe("Why it is in this state; '' when there is nothing to say"),
});

export const DetectorListSchema = z.object({
  nowMs: ms,
  detectors: z.array(DetectorSchema).describe('With anomalous pods first, then the worst state'),
  observed: z
    .array(
      z.object({
        name: z.string(),
        metric: z.string(),
        what: z.string().describe('What it watches, in English'),
        series: z.number(),
      }),
    )
    .describe('What watches a cluster by itself, without a resource'),
});

/** What Prometheus' HTTP service discovery takes. */
export const ScrapeTargetsSchema = z.array(
  z.object({ targets: z.array(z.string()).describe('host:port'), labels: z.record(z.string(), z.string()) }),
);

export type ScrapeTargets = z.infer<typeof ScrapeTargetsSchema>;
export type Trouble = z.infer<typeof TroubleSchema>;
export type LiveState = z.infer<typeof LiveSchema>;
export type DetectorState = z.infer<typeof DetectorStateSchema>;
export type Anomaly = z.infer<typeof AnomalySchema>;
export type DetectorView = z.infer<typeof DetectorSchema>;
