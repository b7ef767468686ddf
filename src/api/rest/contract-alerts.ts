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

/** Longer annotations are cut: refusing them would lose the whole group, for an Alertmanager does not send again after a 4xx. */
export const MOST_ANNOTATION = 8192;
/** Of a longer address there is no link: a part of it leads elsewhere. */
export const MOST_LINK = 2048;
const MOST_ALERTS = 1000;
const MOST_LABELS = 64;
const bounded = (most?: number) =>
  z
    .record(z.string().min(1).max(256), most === undefined ? z.string() : z.string().max(most))
    .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `at most ${MOST_LABELS} of them`);
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
          labels: bounded(1024),
          annotations: bounded().default({}).describe(`What is longer than ${MOST_ANNOTATION} characters is cut`),
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
