// What only the operator knows and the keeper's page shows: how far it is, what is stuck, how the detectors stand, which pods
// are behind which Service, and what should be scraped. It comes as JSON and is checked as strictly as a request of the REST door.
import { z } from 'zod';
import { AppError } from '#kit/errors.ts';
import { DetectorSchema, LiveSchema, ScrapeTargetsSchema } from '../rest/contract-live.ts';
import { createNameReader } from './pod-names.ts';

/** What a report may have. */
export const MOST = {
  detectors: 10_000,
  services: 20_000,
  targets: 20_000,
  unscored: 1000,
  /** Of a detector or a service. */
  pods: 10_000,
  /** Of all of them, each as often as it is named. */
  named: 2_000_000,
} as const;

const name = z.string().max(500);
const names = z.array(name).max(MOST.pods);

/** Of a series; Prometheus itself has a limit of thirty labels by default where it has one. */
const MOST_LABELS = 64;
const labels = z
  .record(name, z.string().max(2000))
  .refine((given) => Object.keys(given).length <= MOST_LABELS, `at most ${MOST_LABELS} labels`);

export const SeriesSchema = z.object({ labels, stepMs: z.number().positive() });

const FactsSchema = z.object({
  state: z.enum(['warming', 'live', 'failed']),
  progress: z.number().nullable(),
  message: z.string().max(4000).nullable(),
  newestMs: z.number().nullable().describe('Time of the newest sample; null before the first'),
  samplesPerSecond: z.number(),
  droppedSamples: z.number(),
  live: LiveSchema.omit({ behindMs: true }),
  detectors: z
    .array(DetectorSchema.extend({ pods: names.describe('Names of the pods that it selects') }))
    .max(MOST.detectors),
  unscored: z
    .array(SeriesSchema)
    .max(MOST.unscored)
    // Of an operator before this was told; so for what follows.
    .default([])
    .describe('Series that are watched and have no score yet'),
  services: z.array(z.object({ namespace: name, name, pods: names })).max(MOST.services),
  scrapeTargets: ScrapeTargetsSchema.max(MOST.targets).default([]),
  leftOut: z
    .object({ detectors: z.number(), services: z.number(), scrapeTargets: z.number() })
    .default({ detectors: 0, services: 0, scrapeTargets: 0 })
    .describe('How many did not fit into the report'),
});

export type KeeperFacts = z.infer<typeof FactsSchema>;

const place = z.number().int().nonnegative();
/** Runs of places in `podNames`; an operator before there were any tells the names. */
const pods = z.union([z.array(place).max(2 * MOST.pods), names]);

const PackedSchema = FactsSchema.extend({
  detectors: z.array(DetectorSchema.extend({ pods })).max(MOST.detectors),
  services: z.array(z.object({ namespace: name, name, pods })).max(MOST.services),
  podNames: z.array(name).max(MOST.named).default([]),
});

export type PackedFacts = z.infer<typeof PackedSchema>;

/** Throws `bad-input` with the path of what is wrong. */
export function parseFacts(text: string): KeeperFacts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad-input', 'the report is no JSON', { cause });
  }
  const parsed = PackedSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError('bad-input', `the report's ${issue?.path.join('.') || 'whole'}: ${issue?.message}`);
  }
  const { podNames, ...facts } = parsed.data;
  const reader = createNameReader(podNames, MOST.named);
  const unpack = <T extends { readonly pods: readonly (number | string)[] }>(one: T) => ({
    ...one,
    pods: isNames(one.pods) ? [...one.pods] : reader.read(one.pods as readonly number[]),
  });
  return { ...facts, detectors: facts.detectors.map(unpack), services: facts.services.map(unpack) };
}

function isNames(list: readonly (number | string)[]): list is readonly string[] {
  return typeof list[0] !== 'number';
}
