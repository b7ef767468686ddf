// What the API tells of one service or pod: its series with their scores, how their detectors are set, and its spans. Part of
// the contract (contract.ts hands it on).
import { z } from 'zod';
import { plannedGuards } from '#resource/anomaly-detector/planned-guards.ts';
import { FindingSchema } from './contract-findings.ts';
import { DetectorStateSchema } from './contract-live.ts';
import { TileSchema } from './contract-overview.ts';
import { EntitySchema, figure, ms } from './contract-words.ts';

export const SeriesSummarySchema = z.object({
  series: z.string(),
  entity: EntitySchema.describe('Whose it is: a service lists its pods’ series too'),
  track: z.string().describe('detector|series'),
  detector: z.string(),
  metric: z.string(),
  family: z.string(),
  call: z.object({ source: z.string(), destination: z.string() }).optional(),
  threshold: z.number(),
  measured: z.boolean(),
  openFinding: z.string().nullable(),
  latest: z.object({ timeMs: ms, value: figure, score: figure, expected: figure }).nullable(),
});

export const EntityDetailSchema = z.object({
  nowMs: ms,
  entity: EntitySchema,
  service: z.string(),
  tile: TileSchema,
  series: z.array(SeriesSummarySchema),
  callers: z.array(TileSchema),
  callees: z.array(TileSchema),
  pods: z.array(TileSchema),
  runsOn: z.array(z.string()),
  traced: FindingSchema.nullable().describe(
    'Its newest finding with spans: from a minute before it began to a minute after it was confirmed',
  ),
  detectors: z
    .array(z.object({ name: z.string(), state: DetectorStateSchema }))
    .describe('Declared ones of its namespace that select its pods'),
});

export const SeriesDataSchema = z.object({
  track: z.string(),
  detector: z.string(),
  series: z.string(),
  metric: z.string(),
  threshold: z.number(),
  stepMs: z.number(),
  timesMs: z.array(z.number()),
  values: z.array(figure),
  expected: z.array(figure),
  lower: z.array(figure),
  upper: z.array(figure),
  scores: z.array(figure),
  flags: z.array(z.number()).describe('Bits of FLAG in src/model/score.ts'),
});

export const DeployedSchema = z
  .object({
    selector: z.record(z.string(), z.string()),
    query: z.string().nullable().describe('PromQL of which the metric is the answer'),
    algorithm: z.string(),
    parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).describe('As they were given'),
    threshold: z.number(),
    guards: plannedGuards,
  })
  .describe('How a detector is set');

export const TrackSchema = z.object({
  track: z.string().describe('detector|series'),
  detector: z.string(),
  series: z.string(),
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  entity: EntitySchema,
  service: z.string(),
  stepMs: z.number(),
  deployed: DeployedSchema.nullable().describe('null where nobody watches it, or where it is not known here'),
  deployedWhy: z
    .enum(['not-watched', 'with-operator'])
    .optional()
    .describe(
      'Why it is null: nobody watches it now; or this is a keeper, whom the operator tells how detectors stand and not how they are set, which would be the settings of ten thousand every few seconds: the AnomalyDetector in the cluster says it',
    ),
});

export const SpanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentId: z.string().optional(),
  pod: z.string(),
  service: z.string(),
  operation: z.string(),
  startMs: ms,
  durationMs: z.number(),
});

export type EntityDetail = z.infer<typeof EntityDetailSchema>;
export type SeriesSummary = z.infer<typeof SeriesSummarySchema>;
export type SeriesData = z.infer<typeof SeriesDataSchema>;
export type Deployed = z.infer<typeof DeployedSchema>;
export type TrackView = z.infer<typeof TrackSchema>;
export type SpanView = z.infer<typeof SpanSchema>;
