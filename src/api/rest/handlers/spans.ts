// Spans of a service, its callers and callees around a moment, slowest first. Recordings have spans of some minutes only:
// where there are none, it is told when the nearest ones are.
import { AppError } from '#kit/errors.ts';
import type { Store, TimeRange } from '#store/contract.ts';
import type { Handler } from '../context.ts';
import { type Inventory, neighboursOf, type Thing } from '../inventory.ts';

const MINUTE_MS = 60_000;
const MOST_SPANS = 200;
/** The store gives them in its own order: enough are read that the slowest of any minute are among them. */
export const MOST_READ = 5000;
/** How far around the nearest ones are looked for: near at first, so that little is read where there are many. */
const NEAR_MS = [5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS];

export const spans: Handler<'spans'> = async (context, { query }) => {
  if (query.toMs < query.fromMs) {
    throw new AppError('bad-usage', `toMs: expected at least fromMs (${query.fromMs}), got ${query.toMs}`);
  }
  const { inventory, nowMs } = await context.moments.now();
  const own = [...inventory.things.values()].filter(
    ({ entity }) => entity.kind === 'service' && entity.name === query.service,
  );
  if (own.length === 0) throw new AppError('not-found', `nothing is known of a service "${query.service}"`);
  const services = servicesAround(inventory, own);
  const range = { fromMs: query.fromMs, toMs: Math.min(query.toMs, nowMs) + 1 };
  if (range.fromMs >= range.toMs) return { spans: [], recorded: false, nearestMs: null };
  const found = await context.store.spans({ range, services, limit: MOST_READ });
  const recorded = found.length > 0 || (await context.store.spans({ range, limit: 1 })).length > 0;
  const nearestMs = found.length > 0 ? null : await nearestTo(context.store, range, services, nowMs);
  return { spans: found.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, MOST_SPANS), recorded, nearestMs };
};

/** Names of those whose spans tell of a service: itself, its callers and callees. */
export function servicesAround(inventory: Inventory, own: readonly Thing[]): string[] {
  const around = own.flatMap((thing) => [
    thing,
    ...neighboursOf(inventory, thing, 'callers'),
    ...neighboursOf(inventory, thing, 'callees'),
  ]);
  return [...new Set(around.map(({ entity }) => entity.name))];
}

/** Start of the span nearest to a range that has none. */
async function nearestTo(store: Store, { fromMs, toMs }: TimeRange, services: readonly string[], nowMs: number) {
  const distance = (startMs: number): number => Math.max(fromMs - startMs, startMs - toMs);
  for (const nearMs of NEAR_MS) {
    const range = { fromMs: fromMs - nearMs, toMs: Math.min(toMs + nearMs, nowMs + 1) };
    const starts = (await store.spans({ range, services, limit: MOST_READ })).map(({ startMs }) => startMs);
    if (starts.length > 0)
      return starts.reduce((best, startMs) => (distance(startMs) < distance(best) ? startMs : best));
  }
  return null;
}
