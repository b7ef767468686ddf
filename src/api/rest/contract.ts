// The REST API's one definition: each route with the schemas of what goes in and what comes out. Handlers, validation,
// the OpenAPI document and the page's types follow from it. Times are epoch milliseconds UTC; a number that is not
// there is null (JSON has no NaN).
import { z } from 'zod';
import {
  AnomalySchema,
  DetectorListSchema,
  DetectorStateSchema,
  LiveSchema,
  ScrapeTargetsSchema,
} from './contract-live.ts';

export * from './contract-live.ts';

const ms = z.number().describe('Epoch milliseconds UTC');
const figure = z.number().nullable().describe('null is missing');
const severity = z.enum(['red', 'amber', 'green']);
/** What a caller names. Longer than any name of Kubernetes, and short enough to be looked for among all there are. */
const word = z.string().max(400);
const leftOut = z.number().describe('Oldest findings that are not listed because there are too many; else 0');

export const EntitySchema = z.object({
  kind: z.enum(['pod', 'service', 'node', 'other']),
  namespace: z.string(),
  name: z.string(),
});

export const GuardResultSchema = z.object({
  guard: z.enum(['direction', 'absolute', 'relative', 'range', 'persistence']),
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

const FacetSchema = z.array(z.object({ value: z.string(), count: z.number() }));
export const FindingListSchema = z.object({
  findings: z.array(FindingSchema),
  total: z.number().describe('Of those listed'),
  leftOut,
  next: z.string().optional(),
  facets: z.object({ entity: FacetSchema, metric: FacetSchema, state: FacetSchema }),
});

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

export const ReplayCommandSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('play') }),
  z.object({ action: z.literal('pause') }),
  z.object({ action: z.literal('speed'), speed: z.union([z.number().min(0.1).max(100_000), z.literal('max')]) }),
  z.object({ action: z.literal('jump'), toMs: ms }),
]);

const range = { fromMs: z.coerce.number().optional(), toMs: z.coerce.number().optional() };

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  /** The parts of the path that stand in braces. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
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
export type EntityRef = z.infer<typeof EntitySchema>;
export type FindingView = z.infer<typeof FindingSchema>;
export type EvidenceView = z.infer<typeof EvidenceSchema>;
export type ReplayState = z.infer<typeof ReplaySchema>;
export type ReplayCommand = z.infer<typeof ReplayCommandSchema>;
export type Tile = z.infer<typeof TileSchema>;
export type Felt = z.infer<typeof FeltSchema>;
export type Overview = z.infer<typeof OverviewSchema>;
export type Timeline = z.infer<typeof TimelineSchema>;
export type EntityDetail = z.infer<typeof EntityDetailSchema>;
export type SeriesSummary = z.infer<typeof SeriesSummarySchema>;
export type SeriesData = z.infer<typeof SeriesDataSchema>;
export type SpanView = z.infer<typeof SpanSchema>;
export type AnswerKey = z.infer<typeof AnswerKeySchema>;
export type FindingList = z.infer<typeof FindingListSchema>;
export type Health = z.infer<typeof HealthSchema>;
export type About = z.infer<typeof AboutSchema>;
