// What the API tells at a glance: tiles of services and pods, what users feel, and the strip of the day. Part of the contract
// (contract.ts hands it on).
import { z } from 'zod';
import { SegmentSchema } from './contract-replay.ts';
import { EntitySchema, figure, leftOut, ms, severity } from './contract-words.ts';

export const TileSchema = z.object({
  entity: EntitySchema,
  service: z.string(),
  severity: severity.describe('red: a finding is open; amber: one ended in the last 10 minutes; else green'),
  impact: z.number().describe('0..1, for the size of the tile'),
  openFindings: z.number(),
  sinceMs: ms
    .nullable()
    .describe('Start of the oldest open finding, or end (its last anomalous point) of the last one'),
  worst: z
    .object({ id: z.string(), metric: z.string(), score: z.number(), value: z.number(), expected: figure })
    .nullable(),
  series: z.number(),
  pods: z.array(z.string()).describe('For a service: its pods'),
});

export const FeltSchema = z.object({
  metric: z.string(),
  series: z.string(),
  kind: z.enum(['success-ratio', 'latency']),
  value: figure,
  expected: figure,
  measured: z.boolean().describe('false: zero throughout, so it was never measured'),
  severity: severity.describe(
    'The worse of its findings and, for a success ratio, of its value: red < 95 %, amber < 99 %',
  ),
  unusual: z
    .boolean()
    .describe(
      'A latency beyond its detector’s threshold and twice its usual or more, whether or not a finding is open',
    ),
});

export const OverviewSchema = z.object({
  nowMs: ms,
  unhealthy: z.number().describe('Services with an open finding, their pods and calls counted in'),
  quiet: z.number(),
  sinceMs: ms.nullable().describe('Oldest open finding; or, when all is quiet, when the last one ended'),
  felt: z.array(FeltSchema),
  services: z.array(TileSchema).describe('Worst first'),
  pods: z.array(TileSchema).describe('Worst first'),
  warmingUp: z.boolean(),
  leftOut,
});

export const TimelineSchema = z.object({
  fromMs: ms,
  toMs: ms,
  segments: z.array(SegmentSchema),
  felt: z.object({ series: z.string(), timesMs: z.array(z.number()), values: z.array(figure) }).nullable(),
  faults: z.number().describe('Injected into the recording, played or not; 0 when nobody knows'),
  findings: z.array(
    z.object({
      id: z.string(),
      startMs: ms,
      endMs: ms.nullable(),
      severity,
      entity: EntitySchema,
      service: z.string(),
      metric: z.string(),
    }),
  ),
});

export type Tile = z.infer<typeof TileSchema>;
export type Felt = z.infer<typeof FeltSchema>;
export type Overview = z.infer<typeof OverviewSchema>;
export type Timeline = z.infer<typeof TimelineSchema>;
