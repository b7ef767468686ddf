// What only the operator knows and the keeper's page shows: how far it is, what is stuck, how the detectors stand and which
// pods are behind which Service. It comes as JSON and is checked as strictly as a request of the REST door.
import { z } from 'zod';
import { AppError } from '#kit/errors.ts';
import { DetectorSchema, LiveSchema } from '../rest/contract-live.ts';

const MOST_DETECTORS = 10_000;
const MOST_SERVICES = 20_000;
const MOST_PODS = 10_000;
const name = z.string().max(500);
const names = z.array(name).max(MOST_PODS);

const MOST_UNSCORED = 1000;
/** Of a series; Prometheus itself has a limit of thirty labels by default where it has one. */
const MOST_LABELS = 64;
const labels = z
  .record(name, z.string().max(2000))
  .refine((given) => Object.keys(given).length <= MOST_LABELS, `at most ${MOST_LABELS} labels`);

const SeriesSchema = z.object({ labels, stepMs: z.number().positive() });

export const KeeperFactsSchema = z.object({
  state: z.enum(['warming', 'live', 'failed']),
  progress: z.number().nullable(),
  message: z.string().max(4000).nullable(),
  newestMs: z.number().nullable().describe('Time of the newest sample; null before the first'),
  samplesPerSecond: z.number(),
  droppedSamples: z.number(),
  live: LiveSchema.omit({ behindMs: true }),
  detectors: z
    .array(DetectorSchema.extend({ pods: names.describe('Names of the pods that it selects') }))
    .max(MOST_DETECTORS),
  unscored: z
    .array(SeriesSchema)
    .max(MOST_UNSCORED)
    // Of an operator before this was told.
    .default([])
    .describe('Series that are watched and have no score yet'),
  services: z.array(z.object({ namespace: name, name, pods: names })).max(MOST_SERVICES),
});

export type KeeperFacts = z.infer<typeof KeeperFactsSchema>;

/** Throws `bad-input` with the path of what is wrong. */
export function parseFacts(text: string): KeeperFacts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad-input', 'the report is no JSON', { cause });
  }
  const parsed = KeeperFactsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('bad-input', `the report's ${issue?.path.join('.') || 'whole'}: ${issue?.message}`);
}

/** The facts with no more of each list than a report may have. */
export function bounded(facts: KeeperFacts): KeeperFacts {
  const few = <T extends { readonly pods: readonly string[] }>(list: readonly T[], most: number) =>
    list.slice(0, most).map((one) => ({ ...one, pods: one.pods.slice(0, MOST_PODS) }));
  return {
    ...facts,
    unscored: facts.unscored.filter((series) => SeriesSchema.safeParse(series).success).slice(0, MOST_UNSCORED),
    detectors: few(facts.detectors, MOST_DETECTORS),
    services: few(facts.services, MOST_SERVICES),
  };
}
