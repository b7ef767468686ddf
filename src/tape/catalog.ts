// The catalog at the end of a tape, as JSON: the header, which says what this is (at the end, because a live recording
// learns its own end last), where the blocks lie and what time they cover, and which series there are. It is checked whole
// before anything relies on it.
import { z } from 'zod';
import type { SeriesInfo } from '#model/series.ts';
import { Malformed } from './bytes.ts';
import type { TapeHeader } from './contract.ts';
import { MAX_BLOCK_BYTES } from './layout.ts';
import { MAX_TIME_MS } from './times.ts';

/** More than a recording has; pages draw each of them. */
const MAX_SEGMENTS = 1000;
const MAX_FAULTS = 100_000;
/** One is enough to act on, and a hostile catalog can have millions. */
const MOST_PROBLEMS = 3;

const whole = z.int().nonnegative();
const time = z.int().min(-MAX_TIME_MS).max(MAX_TIME_MS);

const HeaderSchema = z
  .object({
    name: z.string(),
    source: z.string(),
    licence: z.string(),
    fromMs: time,
    toMs: time,
    segments: z
      .array(
        z
          .object({ name: z.string(), fromMs: time, toMs: time, shiftedMs: time, warmUp: z.boolean() })
          .refine(({ fromMs, toMs }) => fromMs <= toMs, 'a segment ends before it begins'),
      )
      .max(MAX_SEGMENTS, `there are more than ${MAX_SEGMENTS} segments`),
    answerKey: z
      .array(z.object({ timeMs: time, pod: z.string(), service: z.string(), type: z.string() }))
      .max(MAX_FAULTS, `there are more than ${MAX_FAULTS} faults`),
  })
  .refine(({ fromMs, toMs }) => fromMs <= toMs, 'it ends before it begins')
  .refine(
    (tape) => tape.segments.every(({ fromMs, toMs }) => fromMs >= tape.fromMs && toMs <= tape.toMs),
    'a segment reaches beyond the time of the tape',
  );

/** A block's place, the times it covers (`…TimeMs` of its samples, absent without any), and how much it holds. */
const BlockSchema = z.object({
  offset: whole,
  length: whole.min(1).max(0xffffffff),
  rawLength: whole.min(1).max(MAX_BLOCK_BYTES),
  crc: whole.max(0xffffffff),
  firstSeenMs: time,
  lastSeenMs: time,
  firstTimeMs: time.optional(),
  lastTimeMs: time.optional(),
  signals: whole.min(1),
  samples: whole,
  spans: whole,
  series: whole,
});

export const SeriesSchema = z.object({
  id: whole.max(0xffffffff),
  stepMs: z.number().positive(),
  labels: z.record(
    z.string().refine((name) => name !== '__proto__'),
    z.string(),
  ),
});

const CatalogSchema = z.object({ header: HeaderSchema, blocks: z.array(BlockSchema), series: z.array(SeriesSchema) });

export type BlockEntry = z.infer<typeof BlockSchema>;

export interface Catalog {
  readonly header: Omit<TapeHeader, 'version'>;
  readonly blocks: readonly BlockEntry[];
  /** In the order they are declared; a series that is declared again is there again. */
  readonly series: readonly SeriesInfo[];
}

/** Throws `Malformed` for what could not be read back, such as a header that ends before it begins. */
export function encodeCatalog(catalog: Catalog): Buffer {
  return Buffer.from(JSON.stringify(check(CatalogSchema, catalog)), 'utf8');
}

/** The catalog of a tape whose blocks lie from `fromOffset` to `toOffset`. Throws `Malformed`. */
export function decodeCatalog(bytes: Buffer, fromOffset: number, toOffset: number): Catalog {
  const catalog = check(CatalogSchema, JSON.parse(bytes.toString('utf8')));
  let offset = fromOffset;
  let seenMs = Number.NEGATIVE_INFINITY;
  let series = 0;
  for (const [index, block] of catalog.blocks.entries()) {
    if (block.offset !== offset) throw new Malformed(`block ${index} does not begin where the one before ends`);
    if (block.firstSeenMs < seenMs || block.lastSeenMs < block.firstSeenMs) {
      throw new Malformed(`block ${index} is not in the order of time`);
    }
    offset += block.length;
    seenMs = block.lastSeenMs;
    series += block.series;
  }
  if (offset !== toOffset) throw new Malformed('its blocks do not fill the place they have');
  if (series !== catalog.series.length) throw new Malformed('its blocks declare other series than it names');
  distinctSeries(catalog.series);
  return catalog;
}

/** Each series once, in the order of first mention. Throws `Malformed` when an id stands for two. */
export function distinctSeries(series: readonly SeriesInfo[]): SeriesInfo[] {
  const byId = new Map<number, SeriesInfo>();
  for (const info of series) {
    const known = byId.get(info.id);
    if (known === undefined) byId.set(info.id, info);
    else if (!sameSeries(known, info)) throw new Malformed(`id ${info.id} stands for two series`);
  }
  return [...byId.values()];
}

export function sameSeries(a: SeriesInfo, b: SeriesInfo): boolean {
  const names = Object.keys(a.labels);
  return (
    a.stepMs === b.stepMs &&
    names.length === Object.keys(b.labels).length &&
    names.every((name) => a.labels[name] === b.labels[name])
  );
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Malformed(
    z.prettifyError(new z.ZodError(result.error.issues.slice(0, MOST_PROBLEMS))).replaceAll(/\s+/g, ' '),
  );
}
