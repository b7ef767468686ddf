// What the API tells of alerts, and what it takes from an Alertmanager. Part of the contract (contract.ts hands it on).
import { z } from 'zod';
import { ms } from './contract-words.ts';

const texts = z.record(z.string(), z.string());

export const AlertSchema = z.object({
  key: z.string(),
  source: z.enum(['own', 'alertmanager']).describe('own: of a detector that alerts; else an Alertmanager sent it'),
  name: z.string().describe('Its label alertname'),
  severity: z.string().describe("Its label severity, whatever that says; '' without one"),
  summary: z.string().describe("Of its annotations; '' without one"),
  labels: texts,
  annotations: texts,
  entity: z
    .object({ kind: z.enum(['pod', 'service', 'node']), namespace: z.string(), name: z.string() })
    .nullable()
    .describe('What its labels name'),
  startsMs: ms,
  heardMs: ms.describe('When it last began, or was last heard of'),
  link: z.string().describe("Of ours a path of the page, of others an http(s) address, or ''"),
});

export const AlertListSchema = z.object({
  nowMs: ms,
  alerts: z.array(AlertSchema).describe('Those that fire, the newest first'),
  leftOut: z.number().describe('Oldest ones that are not listed because there are too many; else 0'),
});

/**
 * What is longer is cut, and what is more left out: refusing it would lose the whole group, for an Alertmanager does not send
 * again after a 4xx. Which alert it is, all of its labels say.
 */
export const MOST_ANNOTATION = 8192;
export const MOST_LABEL = 1024;
export const MOST_NAME = 256;
export const MOST_NAMED = 64;
/** Of a longer address there is no link: a part of it leads elsewhere. */
export const MOST_LINK = 2048;
const MOST_ALERTS = 1000;
const time = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(Date.parse(text)), 'expected a time, e.g. 2026-12-25T08:00:00Z');

/** Alertmanager's webhook, version 4, as far as it is used; what more is in it is passed over, for it may grow. */
export const AlertmanagerWebhookSchema = z
  .object({
    version: z.literal('4').describe('Of the format'),
    alerts: z
      .array(
        z.object({
          status: z.enum(['firing', 'resolved']),
          labels: texts.describe(`The first ${MOST_NAMED} are shown, each cut after ${MOST_LABEL} characters`),
          annotations: texts.default({}).describe(`As labels, and cut after ${MOST_ANNOTATION} characters`),
          startsAt: time,
          endsAt: time.optional().describe('Of one that fires, the year 1'),
          generatorURL: z.string().default('').describe(`No link where it is longer than ${MOST_LINK} characters`),
        }),
      )
      .max(MOST_ALERTS),
  })
  .readonly();

export const HeardSchema = z.object({
  heard: z.number().describe('Alerts of others, which are kept'),
  own: z.number().describe('That are ours and came back'),
  leftEarly: z.number().describe('Resolved ones of others, the oldest, that had to make room'),
});

export type AlertView = z.infer<typeof AlertSchema>;
export type AlertList = z.infer<typeof AlertListSchema>;
