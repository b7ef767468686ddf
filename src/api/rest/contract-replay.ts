// What the API tells of what it shows, a tape that is played or a live cluster, and what moves the tape; and, of a tape whose
// faults are known, what was seen of them. Part of the contract (contract.ts hands it on).
import { z } from 'zod';
import { LiveSchema } from './contract-live.ts';
import { leftOut, ms } from './contract-words.ts';

export const SegmentSchema = z.object({
  name: z.string(),
  fromMs: ms,
  toMs: ms,
  shiftedMs: z.number().describe('Played minus recorded'),
  warmUp: z.boolean(),
});

/** What is shown and how it stands: a tape that is played, or a live cluster. Also the event `replay` of the stream. */
export const ReplaySchema = z.object({
  mode: z.enum(['replay', 'live']),
  live: LiveSchema.nullable().describe('null for a replay'),
  tape: z
    .object({ name: z.string(), source: z.string(), fromMs: ms, toMs: ms, segments: z.array(SegmentSchema) })
    .describe('Live: the last day, or what is kept of it'),
  nowMs: ms.describe('The playhead, live the time now: everything seen up to here is on the page'),
  state: z
    .enum(['catching-up', 'playing', 'paused', 'ended', 'failed', 'warming', 'live'])
    .describe('Live it is warming (from history), live or failed'),
  speed: z.union([z.number(), z.literal('max')]),
  /** 0..1 while catching up after a start or a jump, and while warming. */
  progress: z.number().nullable(),
  message: z.string().nullable().describe('Why it failed'),
  samplesPerSecond: z.number(),
  droppedSamples: z.number().describe('Left out: older than their series, or of no known series'),
});

export const ReplayCommandSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('play') }),
  z.object({ action: z.literal('pause') }),
  z.object({ action: z.literal('speed'), speed: z.union([z.number().min(0.1).max(100_000), z.literal('max')]) }),
  z.object({ action: z.literal('jump'), toMs: ms }),
]);

export const AnswerKeySchema = z.object({
  nowMs: ms,
  complete: z.boolean().describe('Whether the tape has been played to its end'),
  faults: z.array(
    z.object({
      timeMs: ms,
      pod: z.string(),
      service: z.string(),
      type: z.string(),
      outcome: z
        .enum(['coloured', 'neighbour-only', 'missed', 'pending'])
        .describe(
          'neighbour-only: only other services were coloured, whether or not they call it; pending: its 5 min are not over',
        ),
      delayMs: z.number().nullable(),
      finding: z.string().nullable(),
      neighbours: z.array(z.string()).describe('Any other services coloured in the same five minutes'),
    }),
  ),
  coloured: z.number(),
  unexplained: z
    .object({ findings: z.number(), of: z.number() })
    .describe('Findings of the hours with faults that were confirmed in no fault’s five minutes; late effects count'),
  quiet: z.object({ minutes: z.number(), red: z.number() }).describe('Over all findings, listed or not'),
  leftOut,
});

export type ReplayState = z.infer<typeof ReplaySchema>;
export type ReplayCommand = z.infer<typeof ReplayCommandSchema>;
export type AnswerKey = z.infer<typeof AnswerKeySchema>;
