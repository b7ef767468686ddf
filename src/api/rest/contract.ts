// The REST API's one definition: each route with the schemas of what goes in and what comes out (by subject in contract-*.ts).
// Handlers, validation, the OpenAPI document and the page's types follow from it. Times are epoch milliseconds UTC; a number
// that is not there is null (JSON has no NaN).
import { z } from 'zod';
import { AlertListSchema, AlertmanagerWebhookSchema, HeardSchema } from './contract-alerts.ts';
import { FindingListSchema, FindingSchema } from './contract-findings.ts';
import { AnomalySchema, DetectorListSchema, ScrapeTargetsSchema } from './contract-live.ts';
import { OverviewSchema, TimelineSchema } from './contract-overview.ts';
import { AnswerKeySchema, ReplayCommandSchema, ReplaySchema } from './contract-replay.ts';
import { EntityDetailSchema, SeriesDataSchema, SpanSchema, TrackSchema } from './contract-series.ts';
import { figure, word } from './contract-words.ts';

export * from './contract-alerts.ts';
export * from './contract-findings.ts';
export * from './contract-live.ts';
export * from './contract-overview.ts';
export * from './contract-replay.ts';
export * from './contract-series.ts';
export { type EntityRef, EntitySchema } from './contract-words.ts';

export const ErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  choices: z.array(z.string()).optional().describe('What could have been meant, where that is a few'),
});

export const AboutSchema = z.object({
  version: z.string(),
  data: z.string().describe('Where its data lies'),
  watchCommand: z.string(),
});

/** What /healthz says while the process lives; /readyz says whether it is any use. */
export const HealthSchema = z.object({
  status: z.literal('ok'),
  stream: z
    .object({
      clients: z.number(),
      dropped: z.number().describe('Let go because they did not read'),
      refused: z.number().describe('Turned away because there were too many'),
    })
    .describe('Listeners of the event stream'),
});

const range = { fromMs: z.coerce.number().optional(), toMs: z.coerce.number().optional() };

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  /** The parts of the path that stand in braces. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Whether pages are to ask again for what they show; else a command moved the replay. */
  readonly changes?: boolean;
  /** 64 KiB unless told. */
  readonly mostBodyBytes?: number;
  readonly reply: z.ZodType;
}

export const ROUTES = {
  about: { method: 'GET', path: '/api/about', summary: 'What this is and where its data lies', reply: AboutSchema },
  replay: { method: 'GET', path: '/api/replay', summary: 'What is shown, and how it stands', reply: ReplaySchema },
  control: {
    method: 'POST',
    path: '/api/replay',
    summary: 'Play, pause, set the speed, or jump',
    body: ReplayCommandSchema,
    reply: ReplaySchema,
  },
  overview: { method: 'GET', path: '/api/overview', summary: 'What is wrong now, worst first', reply: OverviewSchema },
  timeline: {
    method: 'GET',
    path: '/api/timeline',
    summary: 'The strip of the day: what users felt and what was found',
    reply: TimelineSchema,
  },
  entity: {
    method: 'GET',
    path: '/api/entity',
    summary: 'One service or pod with its series and neighbours',
    query: z.object({ key: word.describe('kind/namespace/name') }),
    reply: EntityDetailSchema,
  },
  series: {
    method: 'GET',
    path: '/api/series',
    summary: 'Samples, band and scores of one track',
    // A track's key holds all labels of its series.
    query: z.object({ track: z.string().max(4000), ...range }),
    reply: SeriesDataSchema,
  },
  tracks: {
    method: 'GET',
    path: '/api/tracks',
    summary: 'Series as detectors watch them, by the words of their names, with the settings of the detector',
    query: z.object({
      text: z.string().max(200).optional().describe('Words that all are in the detector’s or the series’ name'),
      track: z.string().max(4000).optional().describe('This one alone'),
      detector: word.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
    reply: z.object({ tracks: z.array(TrackSchema), total: z.number() }),
  },
  findings: {
    method: 'GET',
    path: '/api/findings',
    summary: 'Episodes with facets; pages by cursor',
    query: z.object({
      ...range,
      entity: word.optional(),
      service: word.optional(),
      metric: word.optional(),
      state: z.enum(['open', 'closed']).optional(),
      text: z.string().max(200).optional(),
      order: z.enum(['newest', 'worst']).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      cursor: word.optional(),
    }),
    reply: FindingListSchema,
  },
  finding: {
    method: 'GET',
    path: '/api/finding',
    summary: 'One episode with its evidence',
    query: z.object({ id: word }),
    reply: FindingSchema,
  },
  alerts: {
    method: 'GET',
    path: '/api/alerts',
    summary: 'What fires: detectors that alert, and what an Alertmanager sent',
    query: z.object({ entity: word.optional().describe('kind/namespace/name; of a service its pods’, too') }),
    reply: AlertListSchema,
  },
  hearAlertmanager: {
    method: 'POST',
    path: '/api/alerts/alertmanager',
    summary: 'For `webhook_configs` of an Alertmanager, whose alerts are shown beside the findings',
    body: AlertmanagerWebhookSchema,
    mostBodyBytes: 4 * 1024 * 1024,
    changes: true,
    reply: HeardSchema,
  },
  spans: {
    method: 'GET',
    path: '/api/spans',
    summary: 'Spans of a service, its callers and callees around a moment, slowest first',
    query: z.object({ service: word, fromMs: z.coerce.number(), toMs: z.coerce.number() }),
    reply: z.object({
      spans: z.array(SpanSchema),
      recorded: z.boolean().describe('Whether any span was recorded then'),
      nearestMs: figure.describe('Where there are none: start of the nearest one within an hour before or after'),
    }),
  },
  answerKey: {
    method: 'GET',
    path: '/api/answer-key',
    summary: 'What was injected and what was seen',
    reply: AnswerKeySchema,
  },
  anomaly: {
    method: 'GET',
    path: '/api/anomaly/{serviceName}',
    summary:
      'How one Kubernetes Service stands: 404 when there is none, 409 with `choices` when several namespaces have one',
    params: z.object({ serviceName: word.min(1) }),
    query: z.object({ namespace: word.optional().describe('Settles which one is meant') }),
    reply: AnomalySchema,
  },
  detectors: {
    method: 'GET',
    path: '/api/detectors',
    summary: 'Detectors and how they stand',
    reply: DetectorListSchema,
  },
  scrapeTargets: {
    method: 'GET',
    path: '/api/scrape-targets',
    summary:
      'Pods of detectors whose metric nobody scrapes, for `http_sd_configs` of a Prometheus without its operator',
    reply: ScrapeTargetsSchema,
  },
} as const satisfies Record<string, Route>;

/** Server-sent events at /api/stream: `replay` with a ReplayState each second, `changed` when findings changed. */
export const STREAM_PATH = '/api/stream';

export type RouteName = keyof typeof ROUTES;
export type Reply<Name extends RouteName> = z.infer<(typeof ROUTES)[Name]['reply']>;
export type Health = z.infer<typeof HealthSchema>;
export type About = z.infer<typeof AboutSchema>;
