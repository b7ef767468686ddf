// What the API tells of findings: each with the evidence of its opening and its peak. Part of the contract (contract.ts hands
// it on).
import { z } from 'zod';
import { GUARD_NAMES } from '#model/finding.ts';
import { EntitySchema, figure, leftOut, ms, severity } from './contract-words.ts';

export const GuardResultSchema = z.object({
  guard: z.enum(GUARD_NAMES),
  passed: z.boolean(),
  limit: z.union([z.number(), z.string()]),
  actual: z.union([z.number(), z.string()]),
});

export const EvidenceSchema = z.object({
  series: z.string(),
  metricName: z.string(),
  timeMs: ms,
  value: z.number(),
  expected: figure,
  lower: figure,
  upper: figure,
  score: z.number().describe('Sigmas; negative is below'),
  threshold: z.number(),
  algorithm: z.string(),
  baseline: z.object({ count: z.number(), fromMs: figure, toMs: figure }),
  points: z.number(),
  guards: z.array(GuardResultSchema),
});

export const FindingSchema = z.object({
  id: z.string(),
  detector: z.string(),
  entity: EntitySchema,
  service: z.string().describe('The service the entity belongs to; its own name for a service'),
  family: z.string(),
  metric: z.string(),
  call: z.object({ source: z.string(), destination: z.string() }).optional(),
  direction: z.enum(['above', 'below']),
  severity,
  startMs: ms,
  confirmedMs: ms,
  seenMs: ms,
  endMs: ms.optional(),
  closedMs: ms.optional(),
  closedSeenMs: ms.optional(),
  opening: EvidenceSchema,
  peak: EvidenceSchema,
  members: z.array(z.object({ series: z.string(), metricName: z.string(), peakScore: z.number(), points: z.number() })),
});

const FacetSchema = z.array(z.object({ value: z.string(), count: z.number() }));

export const FindingListSchema = z.object({
  findings: z.array(FindingSchema),
  total: z.number().describe('Of those listed'),
  leftOut,
  next: z.string().optional(),
  facets: z.object({ entity: FacetSchema, metric: FacetSchema, state: FacetSchema }),
});

export type EvidenceView = z.infer<typeof EvidenceSchema>;
export type FindingView = z.infer<typeof FindingSchema>;
export type FindingList = z.infer<typeof FindingListSchema>;
